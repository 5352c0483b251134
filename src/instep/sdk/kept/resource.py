"""What all resources of kept records share: the shortest form that honours every rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote

from instep.core.records import Record, Values, Write
from instep.sdk.kept import wire
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Cursor, Resource

PREFIX = "kept:"
"""Begins the path of a request that Instep's own database answers."""

HERE = Request("GET", f"{PREFIX}/")
"""Asks nobody anything and is always answered: the `verify` of a connector without an API."""

TOLD = Cursor(overlap_seconds=60, ordered=True)
"""The cursor of what the database keeps: a transaction may commit some seconds after its time."""

_PAGE = 100


class KeptResource(Resource):
    """Records of one kind. Every call answers the whole record; lists come in the order of change."""

    cursor = Cursor(overlap_seconds=0, ordered=True)
    guarded = True
    findable: ClassVar[tuple[str, ...]] = ()
    """The fields it can be searched by."""

    def list(self) -> Request:
        """Ask for every record: the parent's, or all where they are listed together."""
        together = self.parent is not None and self.parent.listed_together
        flat = together and self.parent_id is None
        path = self._flat() if flat else self._path()
        return Request("GET", path, {"limit": str(_PAGE)})

    def changes(self, since: str) -> Request:
        """Ask for the records changed after `since`."""
        return self.list().with_query(after=since)

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Go on where the page says."""
        more = reply.body["next"]
        return last.with_query(page=more) if more else None

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page."""
        return [self._read(each) for each in reply.body[self.name]]

    def get(self, record_id: str) -> Request:
        """Ask for one record."""
        return Request("GET", self._path(record_id))

    def record(self, reply: Reply) -> Record:
        """Read the record."""
        return self._read(reply.body)

    def find(self, field: str, value: str) -> Request | None:
        """Ask for the records with this value of a field that can be searched by."""
        if field not in self.findable:
            return None
        return Request("GET", f"{self._flat()}/find", {"field": field, "value": value})

    def create(self, values: Values) -> Request:
        """Ask to create a record."""
        filled = {name: value for name, value in values.items() if value not in (None, "", ())}
        own = {field.name for field in self.fields if field.readonly}
        return Request("POST", self._path(), json=wire.sent(filled, own))

    def created(self, reply: Reply) -> Record:
        """Read the new record."""
        return self._read(reply.body)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:
        """Ask for the whole write in one call."""
        own = {field.name for field in self.fields if field.readonly or field.create_only}
        body = {
            "set": wire.sent(write.set, own),
            "add": {name: [*words] for name, words in write.add.items()},
            "remove": {name: [*words] for name, words in write.remove.items()},
        }
        guard = {"if-match": version} if version is not None else {}
        return [Request("PATCH", self._path(record_id), json=body, headers=guard)]

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read the whole record out of the only answer."""
        record = self._read(replies[-1].body)
        return record.values, record.version

    def delete(self, record_id: str) -> Request | None:
        """Ask to delete one record, and all that belongs to it."""
        if self.readonly:
            return None
        return Request("DELETE", self._path(record_id), repeatable=True)

    def _path(self, record_id: str | None = None) -> str:
        """Return where a record is. Raises RecordRejected where it needs a parent and has none."""
        nested = self.parent is not None
        if self.kept and record_id is not None and self.parent_id is None:
            nested = False  # our own database knows whose it is
        path = self._flat(f"{self._parents()}/" if nested else "")
        return path if record_id is None else f"{path}/{quote(record_id, safe='')}"

    def _parents(self) -> str:
        kind = self.parent.kind if self.parent is not None else ""
        return f"{kind}s/{quote(self._parent(), safe='')}"

    def _flat(self, above: str = "") -> str:
        return f"{PREFIX if self.kept else ''}/{above}{self.name}"

    def _read(self, told: JsonObject) -> Record:
        values = told["values"]
        read = {field.name: wire.value_of(values.get(field.path)) for field in self.fields}
        return Record(told["id"], read, told["version"], told["changed_at"])
