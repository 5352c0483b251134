"""What all resources of Insightly share: lists by offset, changes by search, PUT with the id inside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from instep.connectors.insightly import custom
from instep.connectors.insightly.form import Form
from instep.connectors.insightly.times import zone_named
from instep.connectors.insightly.walk import PAGE, first_page, next_page
from instep.core.errors import RecordRejected
from instep.core.records import Field, Record, Value, Values, Write
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Cursor, Resource


class ListedResource(Resource):
    """A resource at `path`, whose records' numbers stand under `key`.

    `form` reads and writes records. `searched` are the canonical fields that can be searched by,
    with Insightly's names for them. A deleted record simply stops appearing: only a full scan
    shows it.
    """

    path: ClassVar[str]
    key: ClassVar[str]
    form: ClassVar[Form]
    searched: ClassVar[Mapping[str, str]] = {}
    guarded = True  # facts: apps 1.2 (If-Match)
    apart: ClassVar[Collection[str]] = ()
    """Fields whose own calls answer without the record."""
    has_custom: ClassVar[bool] = True
    """Whether an instance can have fields of its own on these records."""
    # pages come in order of id, not of change (facts: apps 1.4 rule 1)
    cursor = Cursor(overlap_seconds=120, ordered=False)

    # Reading

    def list(self) -> Request:
        """Ask for every record, in order of id."""
        return first_page(self.path)

    def changes(self, since: str) -> Request:
        """Ask for the records changed after `since`, in order of id."""
        return first_page(f"{self.path}/Search", updated_after_utc=just_before(since))

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Continue one row before the end of the page."""
        return next_page(last, reply, [row[self.key] for row in reply.body])

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page; the ETag of a list is not a record's version."""
        return [self._whole(row) for row in reply.body]

    def get(self, record_id: str) -> Request:
        """Ask for one record."""
        return Request("GET", self._place(record_id))

    def record(self, reply: Reply) -> Record:
        """Read the record and its version."""
        return self._whole(reply.body, reply.headers.get("etag"))

    def find(self, field: str, value: str) -> Request | None:
        """Ask for the records with exactly this value, where the field can be searched by."""
        # facts: apps 1.2, search
        searched = self.searched.get(field)
        if searched is None:
            return None
        query = {"field_name": searched, "field_value": value, "top": str(PAGE)}
        return Request("GET", f"{self.path}/Search", query)

    # Custom fields

    def ask_custom_fields(self) -> Request | None:
        """Ask which fields the instance made for these records."""
        return custom.asked(self.path) if self.has_custom else None

    def custom_fields(self, reply: Reply) -> Sequence[Field]:
        """Read the answer."""
        return custom.declared(reply)

    # Writing

    def create(self, values: Values) -> Request:
        """Ask to create a record."""
        body = self.form.new(values, self._zone)
        body |= custom.rows(self._custom.new(values, self._zone))
        return Request("POST", self.path, json=self._finished(body))

    def created(self, reply: Reply) -> Record:
        """Read the new record and its version."""
        return self._whole(reply.body, reply.headers.get("etag"))

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:
        """Ask for the plain fields by PUT, guarded by `version`, then for what has its own calls."""
        calls = self._calls_apart(record_id, write)
        body = self.form.changed(write.set, self._zone)
        body |= custom.rows(self._custom.changed(write.set, self._zone))
        body = self._finished(body)
        if not body:
            return calls
        # facts: apps 1.2 (the id travels in the body, null empties a field)
        body[self.key] = number_of(record_id, self.canonical)
        guard = {} if version is None else {"If-Match": version}
        return [Request("PUT", self.path, json=body, headers=guard, repeatable=True), *calls]

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read the record out of the PUT's answer.

        A call of a field's own answers neither the whole field nor a version: when one followed,
        both are unknown.
        """
        if not replies:
            return {}, None
        values: dict[str, Value] = {}
        for reply in filter(self._is_record, replies):
            values |= self._named(reply.body)
        if all(map(self._is_record, replies)):
            return values, replies[-1].headers.get("etag")
        told = {name: value for name, value in values.items() if name not in self.apart}
        return told, None

    def delete(self, record_id: str) -> Request | None:
        """Ask to delete one record."""
        return Request("DELETE", self._place(record_id), repeatable=True)

    # What subclasses add to

    def _finished(self, body: JsonObject) -> JsonObject:
        """Return a body with what Insightly wants besides."""
        return body

    def _calls_apart(self, record_id: str, write: Write) -> Sequence[Request]:  # noqa: ARG002 - most have none
        """Return the calls for the fields that stand in no PUT."""
        return []

    def _besides(self, row: JsonObject) -> dict[str, Value]:  # noqa: ARG002 - most have nothing
        """Read what `form` does not."""
        return {}

    @cached_property
    def _custom(self) -> Form:
        return custom.form_of([field for field in self.fields if field.custom])

    def _customs(self, row: JsonObject) -> dict[str, Value]:
        """Read the custom fields; a row that does not tell them leaves them unread."""
        if not self._custom.fields or "CUSTOMFIELDS" not in row:
            return {}
        return self._custom.whole(custom.flat(row), self._zone)

    def _named(self, row: JsonObject) -> dict[str, Value]:
        values = self.form.named(row, self._zone)
        return {**values, **self._customs(row), **self._besides(row)}

    def _whole(self, row: JsonObject, version: str | None = None) -> Record:
        plain = self.form.whole(row, self._zone)
        values = {**plain, **self._customs(row), **self._besides(row)}
        return Record(str(row[self.key]), values, version, changed_at(row))

    @property
    def _zone(self) -> ZoneInfo:
        return zone_named(self.account.config.get("timezone"))

    def _place(self, record_id: str) -> str:
        return f"{self.path}/{number_of(record_id, self.canonical)}"

    def _is_record(self, reply: Reply) -> bool:
        return isinstance(reply.body, dict) and self.key in reply.body


def just_before(since: str) -> str:
    """Return the filter for what changed after `since`, in the format of queries.

    The filter leaves out its own second and times have whole seconds (facts: apps 1.2), so it is
    set one second earlier.
    """
    second = datetime.fromisoformat(since).astimezone(UTC) - timedelta(seconds=1)
    return f"{second:%Y-%m-%dT%H:%M:%SZ}"


def changed_at(row: Mapping[str, Any]) -> str | None:
    """Return the time of the last change; bodies say `yyyy-MM-dd HH:mm:ss` in UTC."""
    said = row.get("DATE_UPDATED_UTC")
    return f"{said.replace(' ', 'T')}Z" if said else None


_LONGEST_ID = 18
"""Digits: no longer number is one of a database's."""


def number_of(record_id: Value, what: str) -> int:
    """Return an id as Insightly writes it. Raises RecordRejected if it cannot be one."""
    text = str(record_id)
    if not (text.isascii() and text.isdecimal()) or len(text) > _LONGEST_ID:
        raise RecordRejected(f"{text[:40]!r} cannot be the id of a {what} in Insightly.")
    return int(text)
