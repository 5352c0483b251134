"""A resource as its manifest describes it: one class for all, told apart by their parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from instep.connectors.custom import times, walking
from instep.connectors.custom.describing import OneResource
from instep.connectors.custom.form import Form, number
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.parts import Call, ListCall, NoPages, Paging
from instep.connectors.custom.placeholders import LEFT_OUT, filled, path_of
from instep.connectors.custom.placeholders import Values as Placeholders
from instep.connectors.custom.places import UNTOLD, blended, dig, plant
from instep.core.errors import Gone, OutcomeUnknown, RecordRejected, UserError
from instep.core.records import Record, Value, Values, Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import ReadOnlyResource, Resource

CALL = "call"
"""The entry of a request's `carry` that names the call it was made from."""


PARENT = "parent"
"""The entry of a request's `carry` with the id of the parent it is made below."""


class DescribedResource(Resource):
    """One resource of a manifest."""

    app: ClassVar[Manifest]
    part: ClassVar[OneResource]
    form: ClassVar[Form]
    base_url: ClassVar[str]
    """As the connector has it, with `{setting}`."""

    # Reading

    def list(self) -> Request:
        """Ask for every record, or for one parent's where it has a list of its own."""
        below = self.part.parent.list if self.part.parent else None
        if below is not None and (self.parent_id is not None or self.part.list is None):
            return self._begin("children", below, {})
        return self._begin("list", self._needed(self.part.list), {})

    def changes(self, since: str) -> Request:
        """Ask for what changed, where the app can tell; else for everything."""
        call, cursor = self.part.changes, self.part.cursor
        if call is None or cursor is None:
            return self.list()
        after = partial(
            times.since, since, cursor.param_format, cursor.timezone, inclusive=cursor.inclusive
        )
        return self._begin("changes", call, {"since": after})

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Go on as the manifest's paging says."""
        call = self._call_of(last)
        ids = [str(dig(row, self.part.id.path)) for row in self._rows(call, reply)]
        return walking.following(last, reply, ids, self._paging(call), self._address)

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page; what the app marks as deleted is left out."""
        rows = self._rows(self._call_answering(reply), reply)
        found = [self._read(row) for row in rows if not self._is_deleted(row)]
        parent = self.part.parent
        if parent is None or self.parent_id is None or self._lists_below:
            return found
        return [each for each in found if each.values.get(parent.field) == self.parent_id]

    def get(self, record_id: str) -> Request:
        """Ask for one record."""
        return self._request("get", self.part.get, {"id": lambda: record_id})

    def record(self, reply: Reply) -> Record:
        """Read the record and its version. Raises Gone where the app marks it as deleted."""
        row = dig(reply.body, self.part.get.record)
        if not isinstance(row, dict):
            raise RecordRejected(f"{self.app.title} answered without the record.")
        if self._is_deleted(row):
            raise Gone(f"{self.app.title} says that it was deleted.")
        return self._read(row, reply)

    def find(self, field: str, value: str) -> Request | None:
        """Ask for the records with exactly this value, where the manifest knows how."""
        call = self.part.find.get(field)
        if call is None:
            return None
        return self._begin(f"find.{field}", call, {"value": lambda: value})

    # Writing

    def create(self, values: Values) -> Request:
        """Ask to create a record. Raises UserError where the manifest knows no way."""
        call = self.part.create
        if call is None:
            raise UserError(f"The {self.name} of this app can only be read, not created.")
        fields = self.form.new(values)
        request = self._request("create", call, self._written(values))
        return self._with_fields(request, call.wrap, fields)

    def created(self, reply: Reply) -> Record:
        """Read the new record, as far as the app tells it. Raises OutcomeUnknown without an id."""
        row = dig(reply.body, self.part.create.record if self.part.create else ())
        if dig(row, self.part.id.path) is UNTOLD:
            raise OutcomeUnknown(f"{self.app.title} created a record and did not say its id.")
        return self._named(row, reply)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:
        """Ask for the fields in one call, then for what has calls of its own."""
        calls = self._calls_apart(record_id, write)
        fields = self.form.changed(write.set)
        if not fields:
            return calls
        call = self.part.update
        if call is None:
            raise UserError(f"The {self.name} of this app can only be read, not changed.")
        given = {"id": lambda: self._sent_id(record_id), **self._written(write.set)}
        request = self._with_fields(self._request("update", call, given), call.wrap, fields)
        return [self._guarded(self._identified(request, record_id), version), *calls]

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read what the app answered to the update; other calls leave the version unknown."""
        place = self.part.update.record if self.part.update else ()
        values: dict[str, Value] = {}
        version: str | None = None
        for reply in replies:
            row = dig(reply.body, place)
            if isinstance(row, dict) and dig(row, self.part.id.path) is not UNTOLD:
                named = self._named(row, reply)
                values, version = {**values, **named.values}, named.version
        told = {name: value for name, value in values.items() if name not in self.form.apart}
        return (values, version) if len(replies) == 1 else (told, None)

    def delete(self, record_id: str) -> Request | None:
        """Ask to delete one record; None where the manifest knows no way."""
        call = self.part.delete
        if call is None:
            return None
        return self._request("delete", call, {"id": lambda: record_id}, repeatable=True)

    # What they stand on

    def _begin(self, name: str, call: ListCall, given: Placeholders) -> Request:
        paging = self._paging(call)
        size = "" if isinstance(paging, NoPages) else paging.size
        request = self._request(name, call, {"page.size": lambda: size, **given}, repeatable=True)
        return walking.first(request, paging)

    def _request(
        self, name: str, call: Call, given: Placeholders, *, repeatable: bool | None = None
    ) -> Request:
        """Return a call with its placeholders filled in."""
        values = {**self._open(), **given}
        headers = {**self.app.http.headers, **call.headers}
        params = {key: filled(value, values) for key, value in call.params.items()}
        return Request(
            call.method,
            path_of(call.path, values),
            {key: str(value) for key, value in params.items() if value is not LEFT_OUT},
            json=None if call.body is None else filled(call.body, values),
            headers={key: str(filled(value, values)) for key, value in headers.items()},
            # a PUT and a PATCH say what is to be afterwards: saying it twice changes nothing
            repeatable=True if call.method in ("PUT", "PATCH") else repeatable,
            carry={CALL: name} | ({} if self.parent_id is None else {PARENT: self.parent_id}),
        )

    def _open(self) -> dict[str, Callable[[], Any]]:
        config = self.account.config
        settings = {f"config.{name}": partial(config.get, name, "") for name in self.app.config}
        return {**settings, "parent.id": lambda: self._sent_parent(self._parent())}

    def _written(self, values: Values) -> dict[str, Callable[[], Any]]:
        """Return the placeholders of the record; one that is not written leaves its entry out."""

        def sent(name: str) -> Any:
            return self.form.outgoing(name, values[name]) if name in values else LEFT_OUT

        return {f"record.{name}": partial(sent, name) for name in self.part.fields}

    def _with_fields(
        self, request: Request, wrap: Sequence[str | int], fields: Mapping[str, Any]
    ) -> Request:
        body = blended(request.json or {}, plant({}, wrap, dict(fields)))
        return replace(request, json=body)

    def _identified(self, request: Request, record_id: str) -> Request:
        """Return an update that says which record it is about, where its path does not."""
        part = self.part.id
        if part.goes == "query":
            return request.with_query(**{part.name: record_id})
        if part.goes == "path" or self.part.update is None:
            return request
        place = (*self.part.update.wrap, *part.path)
        return request.with_json(**plant(request.json or {}, place, self._sent_id(record_id)))

    def _guarded(self, request: Request, version: str | None) -> Request:
        rule = self.part.version
        if rule is None or rule.write_header is None or version is None:
            return request
        headers = {**request.headers, rule.write_header: version}
        return replace(request, headers=headers)

    def _calls_apart(self, record_id: str, write: Write) -> Sequence[Request]:
        """Return the calls for words that are added and removed one by one, and for the parent."""
        calls = []
        for name, field in self.part.fields.items():
            for several, call in ((write.add, field.add), (write.remove, field.remove)):
                for word in several.get(name, ()) if call is not None else ():
                    given: Placeholders = {"id": lambda: record_id, "value": partial(str, word)}
                    calls.append(self._request("words", self._sure(call), given))
        return [*calls, *self._link(record_id, write)]

    def _link(self, record_id: str, write: Write) -> Sequence[Request]:
        parent = self.part.parent
        if parent is None or parent.link is None or parent.field not in write.set:
            return []
        value = write.set[parent.field]
        if value is None:
            raise RecordRejected(f"{self.app.title} cannot take a record from its {parent.kind}.")
        given = {"id": lambda: record_id, "parent.id": lambda: self._sent_parent(str(value))}
        return [self._request("link", parent.link, given)]

    def _sure(self, call: Call | None) -> Call:
        if call is None:
            raise UserError(f"The manifest of {self.app.title} lacks a call.")
        return call

    def _needed(self, call: ListCall | None) -> ListCall:
        if call is None:
            self._parent()  # says that a parent is needed
            raise UserError(f"The manifest of {self.app.title} has no list of {self.name}.")
        return call

    def _sent_id(self, record_id: str) -> Any:
        return number(record_id) if self.part.id.sent_as == "number" else record_id

    def _sent_parent(self, parent_id: str) -> Any:
        """Return a parent's id as the parents' own resource sends it."""
        kind = self.parent.kind if self.parent is not None else ""
        parts = [each.id for each in self.app.resources.values() if each.kind == kind]
        return number(parent_id) if any(part.sent_as == "number" for part in parts) else parent_id

    def _paging(self, call: ListCall) -> Paging:
        whole = self.part.list.paging if self.part.list else None
        return call.paging or whole or NoPages(type="none")

    def _call_of(self, request: Request) -> ListCall:
        return self.part.reading[request.carry[CALL]]

    def _call_answering(self, reply: Reply) -> ListCall:
        """Return the call whose records a reply holds; where they stand may differ from call to call."""
        calls = self.part.reading.values()
        fitting = [call for call in calls if isinstance(dig(reply.body, call.records), list)]
        return max(fitting, key=lambda call: len(call.records), default=next(iter(calls)))

    def _rows(self, call: ListCall, reply: Reply) -> Sequence[Any]:
        rows = dig(reply.body, call.records)
        if isinstance(rows, list):
            return [row for row in rows if isinstance(row, dict)]
        if rows is UNTOLD or rows is None:
            raise UserError(
                f"{self.app.title} answered without the list of {self.name}; check `records` in "
                "its manifest."
            )
        return [rows] if isinstance(rows, dict) else []

    def _is_deleted(self, row: Any) -> bool:
        rule = self.part.deletions
        return rule.path is not None and dig(row, rule.path) == rule.value

    def _read(self, row: Any, reply: Reply | None = None) -> Record:
        return self._record(row, self.form.whole(row), reply)

    def _named(self, row: Any, reply: Reply | None = None) -> Record:
        return self._record(row, self.form.named(row), reply)

    def _record(self, row: Any, values: dict[str, Value], reply: Reply | None) -> Record:
        parent = self.part.parent
        if parent is not None and parent.link is None and self._lists_below and self.parent_id:
            # what a parent's own list shows belongs to it, though it may not say so
            values[parent.field] = values.get(parent.field) or self.parent_id
        record_id = dig(row, self.part.id.path)
        if record_id is UNTOLD or record_id is None:
            raise UserError(
                f"{self.app.title} sent a record without an id; check `id` of {self.name} in its "
                "manifest."
            )
        return Record(str(record_id), values, self._version(row, reply), self._changed_at(row))

    def _version(self, row: Any, reply: Reply | None) -> str | None:
        rule = self.part.version
        if rule is None:
            return None
        if rule.header is not None:
            return reply.headers.get(rule.header.lower()) if reply is not None else None
        found = dig(row, rule.path or ())
        return None if found is UNTOLD or found is None else str(found)

    def _changed_at(self, row: Any) -> str | None:
        rule = self.part.cursor
        if rule is None:
            return None
        found = dig(row, rule.field)
        if found is UNTOLD:
            return None
        return times.instant(found, rule.record_format, rule.timezone)

    @property
    def _lists_below(self) -> bool:
        """Whether a list can be one parent's own."""
        parent = self.part.parent
        return parent is not None and (parent.list is not None or not parent.listed_together)

    @property
    def _address(self) -> str:
        return self.base_url.format_map(self.account.config)


class ReadDescribed(ReadOnlyResource, DescribedResource):
    """One whose records a manifest only lets be read."""
