"""Which app says what about a person, field by field, and where an edit of each goes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from instep.core.pairs import SIDES, SideName, other_side
from instep.core.person.writes import FieldWrites, Refusal, Waits, Wrote
from instep.core.records import Value


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one app says of a field; `known` is False where it was not read.

    `wrote` is what was written to it last, `refused` what it did not take since, `waits` what is to be
    written; None: nothing.
    """

    connection: str
    value: Value
    known: bool
    wrote: Wrote | None = None
    waits: Waits | None = None
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class FieldTold:
    """One field of one sync. `authority` is the connection that wins, or `newest` or `ask`.

    `same` says whether the sides hold the same; None where only one of them is known. `writes_to`
    is the connection an edit is written to first.
    """

    field: str
    sync: str
    direction: str
    authority: str
    values: tuple[Spoken, ...]
    same: bool | None
    writes_to: str


def tell_fields(
    sync: str,
    rows: Iterable[Mapping[str, Any]],
    names: Mapping[SideName, str],
    values: Mapping[SideName, Mapping[str, Value]],
    writes: Mapping[SideName, Mapping[str, FieldWrites]] | None = None,
) -> list[FieldTold]:
    """Return each mapped field with what both sides of a sync say.

    `rows` is the mapping in its stored form, `names` the connections, `values` what is known of
    either side by pair key; a side is left out where there is no record. `writes` are ours.
    """
    return [_told(sync, row, names, values, writes or {}) for row in rows]


def _told(
    sync: str,
    row: Mapping[str, Any],
    names: Mapping[SideName, str],
    values: Mapping[SideName, Mapping[str, Value]],
    writes: Mapping[SideName, Mapping[str, FieldWrites]],
) -> FieldTold:
    key = str(row["a"])
    spoken = tuple(
        _spoken(names[side], values[side], key, writes.get(side, {}).get(key, FieldWrites()))
        for side in SIDES
        if side in values
    )
    known = [each.value for each in spoken if each.known]
    authority = str(row.get("authority", "a"))
    return FieldTold(
        field=key,
        sync=sync,
        direction=str(row.get("direction", "both")),
        authority=names["a"] if authority == "a" else names["b"] if authority == "b" else authority,
        values=spoken,
        same=known[0] == known[1] if len(known) == len(SIDES) else None,
        writes_to=names[leading_side(row)],
    )


def _spoken(name: str, values: Mapping[str, Value], key: str, ours: FieldWrites) -> Spoken:
    return Spoken(name, values.get(key), key in values, ours.wrote, ours.waits, ours.refused)


def leading_side(row: Mapping[str, Any]) -> SideName:
    """Return the side a person's edit of a pair goes to first.

    It is where the value travels from or, of a pair that travels both ways, the side with authority.
    """
    direction = row.get("direction", "both")
    if direction != "both":
        return other_side(str(direction).removeprefix("to_"))
    return "b" if row.get("authority") == "b" else "a"
