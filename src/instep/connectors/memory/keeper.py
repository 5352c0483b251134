"""The app in memory as a keeper of records, with its quirk about doubles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from instep.connectors.memory.app import MemoryApp
from instep.connectors.memory.kinds import KINDS
from instep.connectors.memory.shelf import stamp
from instep.core.records import Record, Values, Write
from instep.sdk.kept import Page, Refused, Wanted
from instep.sdk.kept.wire import problem


class MemoryKeeper:
    """Keeps records in one app in memory; a time of change is also a place in its lists."""

    def __init__(self, app: MemoryApp) -> None:
        self._app = app

    async def read(self, kind: str, record_id: str) -> Record | None:
        """Return a record as it is now, None if there is none."""
        try:
            return self._app.read(record_id, kind)
        except KeyError:
            return None

    async def find(self, kind: str, field: str, value: str) -> Sequence[Record]:
        """Return the records whose field holds a value, without regard to case."""
        return self._app.holders(field, value, kind)

    async def page(self, wanted: Wanted) -> Page:
        """Return one page of records in the order of their change."""
        at = wanted.token or wanted.since
        after = datetime.fromisoformat(at) if at is not None else None
        records, more = self._app.page(after, wanted.limit, wanted.kind, wanted.parent_id)
        return Page(records, stamp(more) if more else None)

    async def add(self, kind: str, values: Values) -> Record:
        """Keep a new record. Raises Refused for a double, where the app minds."""
        for name in KINDS[kind].findable if self._app.quirks.refuses_duplicates else ():
            twins = self._app.holders(name, str(values.get(name) or ""), kind)
            if twins:
                there = {"existing_id": twins[0].id, "matching_field": name}
                raise Refused(problem(409, f"A {kind} with this {name} exists.", **there))
        return self._app.add(values, kind)

    async def edit(
        self, kind: str, record_id: str, write: Write, version: str | None
    ) -> Record | None:
        """Change a record, at this version of it if one is named; None where it moved on."""
        if version not in (None, self._app.read(record_id, kind).version):
            return None
        return self._app.edit(record_id, write, kind)

    async def remove(self, kind: str, record_id: str) -> None:
        """Remove a record, and all that belongs to it."""
        self._app.remove(record_id, kind)
