"""Keeps the records of a connection in its files: what the sdk's kept resources are answered by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from instep.connectors.csv.file import CsvFile, iso
from instep.connectors.csv.kinds import KINDS
from instep.connectors.csv.table import Table
from instep.core.errors import RecordRejected, UserError
from instep.core.records import Record, Values, Write
from instep.sdk.kept import Page, Refused, Wanted
from instep.sdk.kept.wire import problem

_Result = TypeVar("_Result")
_Work = Callable[[Table, float], _Result]


class FileKeeper:
    """The files of one connection, by kind of record. Writes that come together are written once."""

    def __init__(self, files: Mapping[str, CsvFile]) -> None:
        self._files = files
        self._waiting: dict[str, list[tuple[_Work[Any], asyncio.Future[Any]]]] = {}
        self._writing: dict[str, asyncio.Task[None]] = {}

    async def read(self, kind: str, record_id: str) -> Record | None:
        """Return a row as it is now, None if there is none."""

        def read(table: Table, at: float) -> Record | None:
            place = table.place(record_id)
            return None if place is None else table.record(place, iso(at))

        return await self._look(kind, read)

    async def find(self, kind: str, field: str, value: str) -> Sequence[Record]:
        """Return the rows whose field holds a value, without regard to case."""

        def find(table: Table, at: float) -> Sequence[Record]:
            places = (table.place(each) for each in table.holders(field, value))
            return [table.record(each, iso(at)) for each in places if each is not None]

        return await self._look(kind, find)

    async def page(self, wanted: Wanted) -> Page:
        """Return rows in the order of the file; none where it did not change since."""
        return await self._look(wanted.kind, lambda table, at: _page(table, at, wanted))

    async def fields(self, kind: str) -> list[list[str]]:
        """Return the columns that are a file's own: header and type of each."""
        return await self._look(
            kind, lambda table, _at: [[each.path, each.type] for each in table.columns.custom]
        )

    async def add(self, kind: str, values: Values) -> Record:
        """Append a row."""

        def add(table: Table, at: float) -> Record:
            return table.record(table.add(values), iso(at))

        return await self._change(kind, add)

    async def edit(
        self, kind: str, record_id: str, write: Write, version: str | None
    ) -> Record | None:
        """Change a row; None where it moved on, or is not at this version any more."""

        def edit(table: Table, at: float) -> Record | None:
            place = table.place(record_id)
            if place is None or version not in (None, table.record(place, None).version):
                return None
            table.edit(place, write)
            return table.record(place, iso(at))

        return await self._change(kind, edit)

    async def remove(self, kind: str, record_id: str) -> None:
        """Take a row out."""

        def remove(table: Table, _at: float) -> None:
            if table.place(record_id) is not None:
                table.remove(record_id)

        await self._change(kind, remove)

    async def _look(self, kind: str, work: _Work[_Result]) -> _Result:
        return await asyncio.to_thread(self._file(kind).read, work)

    async def _change(self, kind: str, work: _Work[_Result]) -> _Result:
        """Have `work` done with all that waits for the same file, so that it is written once."""
        file = self._file(kind)
        done: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(kind, []).append((work, done))
        if kind not in self._writing:
            self._writing[kind] = asyncio.create_task(self._write(kind, file))
        try:
            return await done
        except RecordRejected as error:
            raise Refused(problem(422, str(error))) from error

    async def _write(self, kind: str, file: CsvFile) -> None:
        while waiting := self._waiting.pop(kind, []):
            try:
                results = await asyncio.to_thread(file.change, [work for work, _ in waiting])
            except Exception as error:  # noqa: BLE001 - whoever waits has to hear of any of them
                results = [error for _ in waiting]
            for (_, done), result in zip(waiting, results, strict=True):
                _settle(done, result)
        del self._writing[kind]

    def _file(self, kind: str) -> CsvFile:
        """Return the file of a kind. Raises UserError where the connection has none."""
        if kind not in self._files:
            kinds = " and ".join(self._files)
            raise UserError(
                f"This connection's file holds each {kinds}, and no {kind}. Connect the file of "
                f"{KINDS[kind].plural} as a connection of its own: kind={kind}."
            )
        return self._files[kind]


def _settle(done: asyncio.Future[Any], result: Any) -> None:
    if done.cancelled():
        return
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)


def _page(table: Table, at: float, wanted: Wanted) -> Page:
    # a file tells one time for all of its rows: all of them may have changed, or none
    if wanted.token is None and wanted.since is not None and at <= _seconds(wanted.since):
        return Page(())
    belongs_by = table.form.kind.parent
    found: list[Record] = []
    last: int | None = None
    for place in table.following(_begin(table, wanted.token)):
        if len(found) == wanted.limit:
            return Page(found, f"{last}:{found[-1].id}")
        record = table.record(place, iso(at))
        if wanted.parent_id is None or record.values.get(belongs_by or "") == wanted.parent_id:
            found.append(record)
            last = place
    return Page(found)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def _begin(table: Table, token: str | None) -> int:
    """Return where a page begins: after the row the last one ended with, wherever that is now.

    Where that row is gone meanwhile, reading begins anew: a row that comes twice does no harm.
    """
    if token is None:
        return 0
    place, _, record_id = token.partition(":")
    if int(place) < len(table.ids) and table.ids[int(place)] == record_id:
        return int(place) + 1
    moved = table.place(record_id)
    return 0 if moved is None else moved + 1
