"""Which column of an imported file goes to which field."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instep.connectors.csv.columns import Columns
from instep.connectors.csv.importing import Prepared, headed
from instep.core.errors import UserError
from instep.core.records import Field, FieldType
from instep.engine.rule_making import End


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of the columns of `file`: `pairs` are fields by column.

    Every record gets `tag`; with `clears`, an emptied cell empties its field.
    """

    file: Path
    pairs: Mapping[str, str]
    tag: str | None
    clears: bool


def paired(columns: Columns, said: Said, end: End) -> tuple[dict[str, str], dict[str, FieldType]]:
    """Return the fields that were named for columns, and the types these columns get by that."""
    known = {each.name: each for each in end.resource.fields}
    fields: dict[str, str] = {}
    types: dict[str, FieldType] = {}
    headers = {" ".join(each.split()): each for each in columns.headers if each}
    for column, wanted in said.pairs.items():
        header = _nearest(column, headers, f"{said.file} has no column {column!r}")
        fields[header] = wanted and _nearest(
            wanted, known, f"{end.called} have no field {wanted!r}, which --map names"
        )
        if wanted:
            types[header] = known[fields[header]].type.canonical
    return fields, types


def _nearest(name: str, known: Mapping[str, Any], why: str) -> str:
    """Return a name as it is known, whatever its letter case. Raises UserError with the nearest."""
    folded = {each.casefold(): each for each in known}
    if name.casefold() in folded:
        return folded[name.casefold()]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(known))}."
    raise UserError(f"{why}. {hint}")


def mapping_of(
    columns: Columns, named: Mapping[str, str], said: Said, end: End
) -> list[dict[str, Any]]:
    """Return the rows of the mapping: what was named, and what both have by the same name."""
    pairs = {
        source: target
        for header, target in named.items()
        if (source := headed(columns, header)) is not None
    }
    taken = {*pairs.values()}
    for there in end.resource.fields:
        if columns.has(there.name) and there.name not in {*pairs, *taken} and _usual(there):
            pairs[there.name] = there.name
    if said.tag is not None and pairs.get("tags") != "tags":
        raise UserError(f"{end.called} have no tags to write, so --tag is not possible.")
    ways = {"direction": "to_b", "authority": "a", "clears": said.clears}
    rows = [{"a": source, "b": target, **ways} for source, target in pairs.items() if target]
    if not rows:
        raise UserError(f"{said.file} has no column that {end.called} have. Name one: --map.")
    return rows


def _usual(there: Field) -> bool:
    """Whether a field is imported unasked: consent, for one, is for a person to map."""
    odd = there.readonly or there.update_only or there.custom or there.link is not None
    return not odd and there.type is not FieldType.CONSENT


def unused(prepared: Prepared, mapping: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns of the file that go nowhere."""
    columns = prepared.columns
    used = {columns.places[row["a"]] for row in mapping if row["a"] in columns.places}
    if any(row["a"] in {"first_name", "last_name"} for row in mapping):
        used.add(columns.full_name or 0)
    headers = enumerate(columns.headers)
    return [name for place, name in headers if place and name and place not in used]
