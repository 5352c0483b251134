"""An export: every page of an app's records into a file, a page at a time."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instep.bootstrap import Instep
from instep.connectors.csv.cells import guarded
from instep.connectors.csv.replacing import replacing
from instep.connectors.csv.table import Dialect
from instep.core.errors import UserError
from instep.core.filter_lines import read_lines
from instep.core.filters import Group, build_filter
from instep.core.normalise import normalise
from instep.core.records import Field, Record, Value
from instep.engine.business_names import resolve
from instep.engine.clients import Reached
from instep.engine.rule_making import End, open_end
from instep.sdk.custom import PREFIX
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource

ID = "id"

_DIALECT = Dialect()

_EVERY_CUSTOM_FIELD = (PREFIX,)
"""Said where fields are named, it has the app asked for the fields that its account made."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export as a person asks for it; `fields` None: all there are."""

    connection: str
    file: Path
    records: str
    filter: Sequence[str]
    fields: Sequence[str] | None
    force: bool = False


async def write_out(instep: Instep, wanted: Export) -> dict[str, Any]:
    """Write the file and return what is in it. Raises UserError; then no file is written."""
    if wanted.file.exists() and not wanted.force:
        raise UserError(f"{wanted.file} is there already. Add --force to write over it.")
    naming = _EVERY_CUSTOM_FIELD
    end = await open_end(instep.clients, "a", wanted.connection, wanted.records, naming)
    exporting = _Exporting(end, await _filter(wanted, end), _chosen(wanted, end))
    exporting.asked = wanted.fields is not None
    try:
        with replacing(wanted.file) as written:
            async for text in exporting.texts():
                written.write(_DIALECT.encoding.encode(text))
    except OSError as error:
        raise UserError(f"{wanted.file} cannot be written: {error.strerror or error}.") from None
    return {
        "file": str(wanted.file),
        "records": exporting.read,
        "written": exporting.written,
        "fields": [field.name for field in exporting.fields],
        "left_out": [field.name for field in exporting.untold],
    }


@dataclass(slots=True)
class _Exporting:
    """An export under way. `untold` are fields that the app's list does not tell.

    They are left out, unless somebody asked for them: then each record is read by its id.
    """

    end: End
    filter: Group | None
    fields: Sequence[Field]
    asked: bool = False
    untold: Sequence[Field] = ()
    read: int = 0
    written: int = 0

    async def texts(self) -> AsyncIterator[str]:
        """Yield the header, then the rows of one page after another."""
        is_first = True
        async for resource, page in _pages(self.end.reached, self.end.resource):
            if is_first and page:
                self._settle(page)
            if is_first:
                yield self._head()
            is_first = False
            rows = [await self._whole(resource, each) for each in page if self._is_wanted(each)]
            self.read += len(page)
            self.written += len(rows)
            yield "".join(_DIALECT.row(self._cells(each)) for each in rows)
        if is_first:
            yield self._head()

    def _head(self) -> str:
        return _DIALECT.row([ID, *(field.name.removeprefix(PREFIX) for field in self.fields)])

    def _settle(self, page: Sequence[Record]) -> None:
        """See by the first page what the app's lists tell. Raises UserError for the filter."""
        told = {name for record in page for name in record.values}
        unread = sorted(self.filter.fields - told) if self.filter is not None else []
        if unread:
            raise UserError(
                f"The list of {self.end.called} does not tell {' and '.join(unread)}, so that "
                "nobody can be chosen by that. Filter by another field."
            )
        if not self.asked:
            self.untold = [field for field in self.fields if field.name not in told]
            self.fields = [field for field in self.fields if field.name in told]

    def _is_wanted(self, record: Record) -> bool:
        country = self.end.reached.account.country
        return self.filter is None or self.filter.matches(record.values, country)

    async def _whole(self, resource: Resource, record: Record) -> Record:
        """Return a record with every field that somebody asked for."""
        if not self.asked or all(field.name in record.values for field in self.fields):
            return record
        reply = await self.end.reached.client.send(resource.get(record.id), Purpose.PERSON)
        return resource.record(reply)

    def _cells(self, record: Record) -> list[str]:
        country = self.end.reached.account.country
        values = (normalise(record.values.get(field.name), field, country) for field in self.fields)
        return [guarded(record.id), *map(_text, values)]


def _chosen(wanted: Export, end: End) -> list[Field]:
    known = {field.name: field for field in end.resource.fields}
    if wanted.fields is None:
        return [*known.values()]
    fields = []
    for name in wanted.fields:
        found = known.get(name) or known.get(f"{PREFIX}{name}")
        if found is None:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(known))}."
            raise UserError(f"{end.called} have no field {name!r}, which --fields names. {hint}")
        fields.append(found)
    return fields


async def _filter(wanted: Export, end: End) -> Group | None:
    if not wanted.filter:
        return None
    fields = end.resource.fields
    raw = read_lines(wanted.filter, [field.name for field in fields])
    raw = await resolve(raw, end.resource, end.reached)
    return build_filter(raw, fields, end.called, end.reached.account.country)


async def _pages(
    reached: Reached, resource: Resource
) -> AsyncIterator[tuple[Resource, Sequence[Record]]]:
    """Yield page after page, and the resource its records are read by.

    Children come one parent at a time where the app lists them so.
    """
    if resource.parent is None or resource.parent.listed_together:
        async for page in _walk(reached, resource):
            yield resource, page
        return
    parents = reached.connector.resource(resource.parent.kind)(reached.account)
    async for _, page in _pages(reached, parents):
        for parent in page:
            below = resource.under(parent.id)
            async for children in _walk(reached, below):
                yield below, children


async def _walk(reached: Reached, resource: Resource) -> AsyncIterator[Sequence[Record]]:
    request: Request | None = resource.list()
    while request is not None:
        reply = await reached.client.send(request, Purpose.PERSON)
        yield resource.records(reply)
        request = resource.next(request, reply)


def _text(value: Value) -> str:
    """Return a value as a cell; unlike in a sync, nobody reads words back from here one by one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(", ".join(value) if isinstance(value, tuple) else str(value))
