"""What all resources of an app in memory share: the shortest form that honours every rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from instep.connectors.memory.kinds import KINDS
from instep.core.records import Record, Value, Values, Write
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Cursor, Resource

_PAGE = 100


class KeptResource(Resource):
    """Records of one kind. Every call answers the whole record; lists come in the order of change."""

    cursor = Cursor(overlap_seconds=0, ordered=True)

    def list(self) -> Request:
        """Ask for every record: the parent's, or all where they are listed together."""
        together = KINDS[self.canonical].together and self.parent_id is None
        path = f"/{self.name}" if together else self._path()
        return Request("GET", path, {"limit": str(_PAGE)})

    def changes(self, since: str) -> Request:
        """Ask for the records changed after `since`."""
        return self.list().with_query(after=since)

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Go on where the page says."""
        more = reply.body["next"]
        return last.with_query(after=more) if more else None

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
        if field not in KINDS[self.canonical].findable:
            return None
        return Request("GET", f"/{self.name}/find", {"field": field, "value": value})

    def create(self, values: Values) -> Request:
        """Ask to create a record."""
        filled = {name: value for name, value in values.items() if value not in (None, "", ())}
        kept = {field.name for field in self.fields if field.readonly}
        return Request("POST", self._path(), json=_sent(filled, kept))

    def created(self, reply: Reply) -> Record:
        """Read the new record."""
        return self._read(reply.body)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:
        """Ask for the whole write in one call."""
        kept = {field.name for field in self.fields if field.readonly or field.create_only}
        body = {
            "set": _sent(write.set, kept),
            "add": {name: [*words] for name, words in write.add.items()},
            "remove": {name: [*words] for name, words in write.remove.items()},
        }
        guard = {"if-match": version} if version is not None else {}
        return [Request("PATCH", self._path(record_id), json=body, headers=guard)]

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read the whole record out of the only answer."""
        record = self._read(replies[-1].body)
        return record.values, record.version

    def delete(self, record_id: str) -> Request:
        """Ask to delete one record, and all that belongs to it."""
        return Request("DELETE", self._path(record_id), repeatable=True)

    def _path(self, record_id: str | None = None) -> str:
        """Return where a record is. Raises RecordRejected where it needs a parent and has none."""
        path = f"/{self.name}" if self.parent is None else f"/contacts/{self._parent()}/{self.name}"
        return path if record_id is None else f"{path}/{record_id}"

    def _read(self, sent: JsonObject) -> Record:
        values = {field.name: _incoming(sent.get(field.path)) for field in self.fields}
        return Record(sent["id"], values, sent["version"], sent["changed_at"])


def _sent(values: Values, kept: set[str]) -> JsonObject:
    """Return values as they are sent, without those that the app keeps to itself."""
    return {
        name: [*value] if isinstance(value, tuple) else value
        for name, value in values.items()
        if name not in kept
    }


def _incoming(raw: Any) -> Value:
    return tuple(raw) if isinstance(raw, list) else raw
