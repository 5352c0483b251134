"""The wire of an app in memory: the same requests and replies, no socket."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from instep.connectors.memory.app import MemoryApp, named
from instep.connectors.memory.belongings import Notes, Tasks
from instep.connectors.memory.businesses import Businesses
from instep.connectors.memory.contacts import Contacts
from instep.connectors.memory.kinds import KINDS, PARENT, Kind
from instep.connectors.memory.shelf import stamp
from instep.core.errors import OutcomeUnknown, RetryLater
from instep.core.records import Record, Value, Write
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Resource

RESOURCES: tuple[type[Resource], ...] = (Contacts, Businesses, Tasks, Notes)

_RESOURCES = {resource.name: resource for resource in RESOURCES}


def open_transport(config: Mapping[str, str]) -> MemoryTransport:
    """Return the wire to the app that the connection's settings name."""
    return MemoryTransport(named(config["name"]))


class MemoryTransport:
    """Carries requests to one app in memory."""

    def __init__(self, app: MemoryApp) -> None:
        self._app = app

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Answer as the app would. Raises OutcomeUnknown or RetryLater for a dropped reply."""
        self._app.calls[request.method] += 1
        sent = {name.lower(): text for name, text in {**headers, **request.headers}.items()}
        refusal = self._refusal(sent)
        if refusal is not None:
            return refusal
        reply = self._answer(request, sent)
        if request.method != "GET" and self._app.faults.dropped:
            self._app.faults.dropped -= 1
            broken = RetryLater if request.safe_to_repeat else OutcomeUnknown
            raise broken(f"The app {self._app.name} gave no answer.")
        return reply

    async def close(self) -> None:
        """Nothing to let go of."""

    def _refusal(self, headers: Mapping[str, str]) -> Reply | None:
        faults = self._app.faults
        if headers.get("authorization") != f"Bearer {self._app.token}":
            return _problem(401, "The token is not valid.")
        if faults.throttled:
            faults.throttled -= 1
            wait = {"retry-after": f"{faults.throttled_seconds:g}"}
            return Reply(429, wait, {"message": "Too many calls."})
        if faults.failing:
            faults.failing -= 1
            return _problem(faults.failing_status, "The app has a fault.")
        return None

    def _answer(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Find the call that a request means."""
        match (request.method, request.path.strip("/").split("/")):
            case ("GET", [""]):
                return Reply(200, {}, {"name": self._app.name})
            case ("GET", [plural, "find"]) if plural in _RESOURCES:
                return self._find(_RESOURCES[plural], request.query)
            case (_, ["contacts", parent_id, plural, *rest]) if _has(plural, below=True):
                return self._place(_RESOURCES[plural], parent_id, rest, request, headers)
            case (_, [plural, *rest]) if _has(plural, below=False):
                return self._place(_RESOURCES[plural], None, rest, request, headers)
            case ("GET", [plural]) if plural in _RESOURCES and _kind(plural).together:
                return self._page(_RESOURCES[plural], None, request.query)
            case _:
                return _unknown(request)

    def _place(
        self,
        resource: type[Resource],
        parent_id: str | None,
        rest: Sequence[str],
        request: Request,
        headers: Mapping[str, str],
    ) -> Reply:
        """Answer a call of a collection or of one record in it."""
        if parent_id is not None and self._there(parent_id, PARENT) is None:
            return _problem(404, f"There is no contact {parent_id}.")
        match (request.method, rest):
            case ("GET", []):
                return self._page(resource, parent_id, request.query)
            case ("POST", []):
                return self._create(resource, parent_id, request.json)
            case ("GET" | "PATCH" | "DELETE", [record_id]):
                return self._one(resource, parent_id, record_id, request, headers)
        return _unknown(request)

    def _find(self, resource: type[Resource], query: Mapping[str, str]) -> Reply:
        found = self._app.holders(query["field"], query["value"], resource.canonical)
        return Reply(200, {}, {resource.name: [_body(each) for each in found], "next": None})

    def _page(
        self, resource: type[Resource], parent_id: str | None, query: Mapping[str, str]
    ) -> Reply:
        after = datetime.fromisoformat(query["after"]) if "after" in query else None
        limit = int(query["limit"])
        records, more = self._app.page(after, limit, resource.canonical, parent_id)
        body = {
            resource.name: [_body(each) for each in records],
            "next": stamp(more) if more else None,
        }
        return Reply(200, {}, body)

    def _create(self, resource: type[Resource], parent_id: str | None, sent: JsonObject) -> Reply:
        if refusal := _refusal_of(resource, sent.keys()):
            return refusal
        if missing := [each.field for each in resource.required if not sent.get(each.field)]:
            return _problem(422, f"Missing fields: {', '.join(missing)}.")
        kind = resource.canonical
        for name in KINDS[kind].findable if self._app.quirks.refuses_duplicates else ():
            twins = self._app.holders(name, str(sent.get(name) or ""), kind)
            if twins:
                there = {"existing_id": twins[0].id, "matching_field": name}
                return _problem(409, f"A {kind} with this {name} exists.", **there)
        belongs = {str(KINDS[kind].parent): parent_id} if parent_id is not None else {}
        return _whole(201, self._app.add({**_values(sent), **belongs}, kind))

    def _one(
        self,
        resource: type[Resource],
        parent_id: str | None,
        record_id: str,
        request: Request,
        headers: Mapping[str, str],
    ) -> Reply:
        kind = resource.canonical
        record = self._there(record_id, kind)
        if record is None or _parent_of(record, kind) != parent_id:
            return _problem(404, f"There is no {kind} {record_id}.")
        if request.method == "GET":
            return _whole(200, record)
        if headers.get("if-match", record.version) != record.version:
            return _problem(412, f"The {kind} {record_id} was changed meanwhile.")
        if request.method == "DELETE":
            self._app.remove(record_id, kind)
            return Reply(200, {}, {})
        sent = request.json
        if refusal := _refusal_of(resource, {*sent["set"], *sent["add"], *sent["remove"]}):
            return refusal
        write = Write(_values(sent["set"]), _words(sent["add"]), _words(sent["remove"]))
        return _whole(200, self._app.edit(record_id, write, kind))

    def _there(self, record_id: str, kind: str) -> Record | None:
        try:
            return self._app.read(record_id, kind)
        except KeyError:
            return None


def _kind(plural: str) -> Kind:
    return KINDS[_RESOURCES[plural].canonical]


def _has(plural: str, *, below: bool) -> bool:
    """Whether there are such records, and whether they are reached below a contact."""
    return plural in _RESOURCES and (_kind(plural).parent is not None) == below


def _parent_of(record: Record, kind: str) -> Value:
    belongs_by = KINDS[kind].parent
    return None if belongs_by is None else record.values[belongs_by]


def _refusal_of(resource: type[Resource], names: Collection[str]) -> Reply | None:
    """Refuse fields that the app does not have, or does not let anybody write."""
    known = {field.name for field in resource.fields if not field.readonly}
    unknown = sorted({*names} - known)
    return _problem(422, f"Unknown fields: {', '.join(unknown)}.") if unknown else None


def _unknown(request: Request) -> Reply:
    return _problem(404, f"There is no {request.method} {request.path}.")


def _problem(status: int, message: str, **more: str) -> Reply:
    return Reply(status, {}, {"message": message, **more})


def _whole(status: int, record: Record) -> Reply:
    return Reply(status, {"etag": str(record.version)}, _body(record))


def _body(record: Record) -> JsonObject:
    values = {
        name: [*value] if isinstance(value, tuple) else value
        for name, value in record.values.items()
    }
    return {**values, "id": record.id, "version": record.version, "changed_at": record.changed_at}


def _values(sent: JsonObject) -> dict[str, Value]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in sent.items()
    }


def _words(sent: JsonObject) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in sent.items()}
