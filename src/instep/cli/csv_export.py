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
    fields = _chosen(wanted, end)
    chosen = await _filter(wanted, end)
    counts = {"records": 0, "written": 0}
    dialect = Dialect()
    try:
        with replacing(wanted.file) as written:
            head = [ID, *(field.name.removeprefix(PREFIX) for field in fields)]
            written.write(dialect.encoding.encode(dialect.row(head)))
            async for page in _pages(end.reached, end.resource):
                rows = [each for each in page if _is_wanted(each, chosen, end)]
                text = "".join(dialect.row(_cells(each, fields, end)) for each in rows)
                written.write(dialect.encoding.encode(text))
                counts["records"] += len(page)
                counts["written"] += len(rows)
    except OSError as error:
        raise UserError(f"{wanted.file} cannot be written: {error.strerror or error}.") from None
    return {"file": str(wanted.file), **counts, "fields": [field.name for field in fields]}


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


def _is_wanted(record: Record, chosen: Group | None, end: End) -> bool:
    country = end.reached.account.country
    return chosen is None or chosen.matches(record.values, country)


async def _pages(reached: Reached, resource: Resource) -> AsyncIterator[Sequence[Record]]:
    """Yield page after page; children one parent at a time where the app lists them so."""
    if resource.parent is None or resource.parent.listed_together:
        async for page in _walk(reached, resource):
            yield page
        return
    parents = reached.connector.resource(resource.parent.kind)(reached.account)
    async for page in _pages(reached, parents):
        for parent in page:
            async for children in _walk(reached, resource.under(parent.id)):
                yield children


async def _walk(reached: Reached, resource: Resource) -> AsyncIterator[Sequence[Record]]:
    request: Request | None = resource.list()
    while request is not None:
        reply = await reached.client.send(request, Purpose.PERSON)
        yield resource.records(reply)
        request = resource.next(request, reply)


def _cells(record: Record, fields: Sequence[Field], end: End) -> list[str]:
    country = end.reached.account.country
    values = (normalise(record.values.get(field.name), field, country) for field in fields)
    return [guarded(record.id), *map(_text, values)]


def _text(value: Value) -> str:
    """Return a value as a cell; unlike in a sync, nobody reads words back from here one by one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(", ".join(value) if isinstance(value, tuple) else str(value))
