"""The database as a keeper of one connection's records; implements sdk.kept.Keeper.

A write and what its app is told of it are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from instep.core.keeping import Kept
from instep.core.normalise import normalise
from instep.core.records import Field, Record, Value, Values, Write
from instep.sdk.clock import Clock
from instep.sdk.kept import NewPosting, Page, Refused, Wanted
from instep.sdk.kept.outbox import OUTBOUND_URL
from instep.sdk.kept.wire import problem
from instep.sdk.resource import Resource
from instep.store import kept, postings
from instep.store.connections import Connection
from instep.store.database import Database
from instep.store.gathering import Gathering
from instep.store.ids import new_id
from instep.store.kept import Stretch, kept_of, row_of

Outbox = Callable[[sa.Connection, str, str, Sequence[NewPosting], int], None]
"""Puts postings of a workspace's connection into the outbox; see postings.put."""

_Result = TypeVar("_Result")


class StoredKeeper:
    """Keeps the records of one connection whose resources are `kept`."""

    def __init__(
        self,
        db: Database,
        connection: Connection,
        resources: Sequence[type[Resource]],
        clock: Clock,
        outbox: Outbox = postings.put,
    ) -> None:
        self._db = db
        self._connection = connection
        self._resources = {each.canonical: each for each in resources}
        self._clock = clock
        self._outbox = outbox
        self._writes = Gathering(db)

    async def read(self, kind: str, record_id: str) -> Record | None:
        """Return a record as it is now, None if there is none."""
        of = self._connection.id
        row = await self._db.run_read(lambda tx: kept.get(tx, of, kind, record_id))
        return None if row is None else self._record(kind, row)

    async def find(self, kind: str, field: str, value: str) -> Sequence[Record]:
        """Return the records whose field holds a value, however either is spelled."""
        of = self._connection.id
        rows = await self._db.run_read(lambda tx: kept.find(tx, of, kind, field, value))
        declared = next(each for each in self._resources[kind].fields if each.name == field)
        found = [self._record(kind, row) for row in rows]
        wanted = self._form(declared, value)
        return [each for each in found if self._form(declared, each.values[field]) == wanted]

    async def page(self, wanted: Wanted) -> Page:
        """Return one page of records in the order of their change."""
        stretch = Stretch(wanted.kind, wanted.parent_id, _since(wanted), _place(wanted.token))
        rows = await self._db.run_read(
            lambda tx: kept.page(tx, self._connection.id, stretch, wanted.limit + 1)
        )
        page = rows[: wanted.limit]
        more = f"{page[-1].changed_at} {page[-1].record_id}" if len(rows) > len(page) else None
        return Page([self._record(wanted.kind, row) for row in page], more)

    async def add(self, kind: str, values: Values) -> Record:
        """Keep a new record and tell the app of it. Raises Refused if nobody would hear of it."""
        record_id = new_id(kind)
        place = (self._connection.workspace_id, self._connection.id)

        def add(tx: sa.Connection) -> sa.Row[Any]:
            now = self._now()
            known = self._written(kind, values, values, now)
            kept.add(tx, place, kind, record_id, row_of(known, now, 1))
            self._post(tx, "created", kind, record_id, values)
            return _there(kept.get(tx, self._connection.id, kind, record_id))

        return self._record(kind, await self._write(add))

    async def edit(
        self, kind: str, record_id: str, write: Write, version: str | None
    ) -> Record | None:
        """Change a record and tell the app of it; None where it moved on. Raises Refused."""

        def edit(tx: sa.Connection) -> sa.Row[Any] | None:
            row = kept.locked(tx, self._connection.id, kind, record_id)
            if row is None or version not in (None, str(row.version)):
                return None
            before = self._record(kind, row).values
            values = write.applied_to(before)
            if values == before:
                return row
            now, new = self._now(), {each for each in values if values[each] != before.get(each)}
            fresh = self._written(kind, values, new, now)
            earlier = kept_of(row)
            written = {**earlier.written, **fresh.written}
            known = replace(fresh, told_at=earlier.told_at, written=written)
            kept.change(tx, row, row_of(known, now, row.version + 1))
            self._post(tx, "updated", kind, record_id, values)
            return _there(kept.get(tx, self._connection.id, kind, record_id))

        row = await self._write(edit)
        return None if row is None else self._record(kind, row)

    async def remove(self, kind: str, record_id: str) -> None:
        """Let a record go with what belongs to it, and tell the app. Raises Refused."""

        def remove(tx: sa.Connection) -> None:
            row = kept.locked(tx, self._connection.id, kind, record_id)
            if row is None:
                return
            now = self._now()
            gone = Kept({}, row.parent_id, row.told_at, gone=True)
            kept.change(tx, row, row_of(gone, now, row.version + 1))
            kept.bury(tx, self._connection.id, self._children(kind), record_id, now)
            self._post(tx, "deleted", kind, record_id, self._record(kind, row).values)

        await self._write(remove)

    async def _write(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        if not self._connection.config.get(OUTBOUND_URL):
            raise Refused(
                problem(
                    422,
                    f"the connection {self._connection.name!r} has no outbound URL, so nobody "
                    "would hear of what is written. Give it one, or let the sync only read here.",
                )
            )
        return await self._writes.run(work)

    def _post(
        self, tx: sa.Connection, what: str, kind: str, record_id: str, values: Values
    ) -> None:
        posting = NewPosting(kind, record_id, f"{kind}.{what}", values)
        mine = (self._connection.workspace_id, self._connection.id)
        self._outbox(tx, *mine, [posting], self._now())

    def _written(self, kind: str, values: Values, names: Iterable[str], now: int) -> Kept:
        """Return a record whose fields of these names were written now, apart from whose it is."""
        belongs_by = self._belongs_by(kind)
        parent_id = values.get(belongs_by) if belongs_by is not None else None
        held = {name: value for name, value in values.items() if name != belongs_by}
        written = dict.fromkeys(sorted({*names} & held.keys()), now)
        return Kept(held, parent_id if isinstance(parent_id, str) else None, written=written)

    def _record(self, kind: str, row: sa.Row[Any]) -> Record:
        belongs_by = self._belongs_by(kind)
        belongs: Mapping[str, Value] = {} if belongs_by is None else {belongs_by: row.parent_id}
        values = {
            **{each.name: None for each in self._resources[kind].fields},
            **kept_of(row).values,
            **belongs,
        }
        return Record(row.record_id, values, str(row.version), _iso(row.changed_at))

    def _belongs_by(self, kind: str) -> str | None:
        parent = self._resources[kind].parent
        return None if parent is None else parent.field

    def _children(self, kind: str) -> list[str]:
        return [
            name
            for name, each in self._resources.items()
            if each.parent is not None and each.parent.kind == kind
        ]

    def _form(self, field: Field, value: Value) -> Value:
        """Return a value as it is compared; e-mails and names without regard to case."""
        found = normalise(value, field, self._connection.country)
        return found.casefold() if isinstance(found, str) else found

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def _there(row: sa.Row[Any] | None) -> sa.Row[Any]:
    assert row is not None  # noqa: S101 - it was written in this transaction
    return row


def _since(wanted: Wanted) -> int | None:
    if wanted.since is None:
        return None
    return int(datetime.fromisoformat(wanted.since).timestamp() * 1000)


def _place(token: str | None) -> tuple[int, str] | None:
    """Return the place after which a page begins: a time of change and an id."""
    if token is None:
        return None
    changed_at, _, record_id = token.partition(" ")
    return int(changed_at), record_id


def _iso(ms: int) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
