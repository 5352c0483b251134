"""The wire of an app in memory: the same requests and replies, no socket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from instep.connectors.memory.app import FINDABLE, MemoryApp, named, stamp
from instep.connectors.memory.contacts import Contacts
from instep.core.errors import OutcomeUnknown, RetryLater
from instep.core.records import Record, Value, Write
from instep.sdk.request import JsonObject, Reply, Request

_KNOWN = {field.name for field in Contacts.fields}


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
            case ("GET", ["contacts"]):
                return self._page(request.query)
            case ("GET", ["contacts", "find"]):
                found = self._app.holders(request.query["field"], request.query["value"])
                return Reply(200, {}, {"contacts": [_body(each) for each in found], "next": None})
            case ("POST", ["contacts"]):
                return self._create(request.json)
            case ("GET" | "PATCH", ["contacts", record_id]):
                return self._one(record_id, request, headers)
        return _problem(404, f"There is no {request.method} {request.path}.")

    def _page(self, query: Mapping[str, str]) -> Reply:
        after = datetime.fromisoformat(query["after"]) if "after" in query else None
        records, more = self._app.page(after, int(query["limit"]))
        body = {
            "contacts": [_body(each) for each in records],
            "next": stamp(more) if more else None,
        }
        return Reply(200, {}, body)

    def _create(self, sent: JsonObject) -> Reply:
        if unknown := sent.keys() - _KNOWN:
            return _problem(422, f"Unknown fields: {', '.join(sorted(unknown))}.")
        for name in FINDABLE if self._app.quirks.refuses_duplicates else ():
            twins = self._app.holders(name, str(sent.get(name) or ""))
            if twins:
                there = {"existing_id": twins[0].id, "matching_field": name}
                return _problem(409, f"A contact with this {name} exists.", **there)
        return _whole(201, self._app.add(_values(sent)))

    def _one(self, record_id: str, request: Request, headers: Mapping[str, str]) -> Reply:
        try:
            record = self._app.read(record_id)
        except KeyError:
            return _problem(404, f"There is no contact {record_id}.")
        if request.method == "GET":
            return _whole(200, record)
        if headers.get("if-match", record.version) != record.version:
            return _problem(412, f"Contact {record_id} was changed meanwhile.")
        sent = request.json
        if unknown := {*sent["set"], *sent["add"], *sent["remove"]} - _KNOWN:
            return _problem(422, f"Unknown fields: {', '.join(sorted(unknown))}.")
        write = Write(_values(sent["set"]), _words(sent["add"]), _words(sent["remove"]))
        return _whole(200, self._app.edit(record_id, write))


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
