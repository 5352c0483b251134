"""Change a mapping in its stored form: directions and authorities, for all pairs or for one. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping
from instep.core.pairs import Authority, Direction, Pair, SideName

Row = Mapping[str, Any]
"""A pair in its stored form; see `core.mapping.rows_of`."""

_MEANING = ("b", "to_a", "to_b", "value_map", "unknown")
"""What else says which values a pair's bases are about."""


def towards(mapping: FieldMapping, direction: Direction) -> FieldMapping:
    """Return the mapping with every pair in this direction; without those that cannot go it."""
    pairs = [
        replace(pair, direction=way)
        for pair in mapping.pairs
        if (way := _possible(pair, direction)) is not None
    ]
    parent = mapping.parent if any(pair.key == mapping.parent for pair in pairs) else None
    return FieldMapping(tuple(pairs), parent)


def _possible(pair: Pair, direction: Direction) -> Direction | None:
    if pair.a.readonly:
        return Direction.TO_B if direction is not Direction.TO_A else None
    if pair.b.readonly:
        return Direction.TO_A if direction is not Direction.TO_B else None
    return direction


def with_choices(rows: Iterable[Row], direction: str | None, authority: str | None) -> list[Row]:
    """Return the rows, those that say neither direction nor authority with these."""
    chosen = {"direction": direction, "authority": authority}
    given = {name: value for name, value in chosen.items() if value is not None}
    return [{**given, **row} for row in rows]


def reworded(
    rows: Sequence[Row], direction: str | None, authority: str | None, fields: Mapping[str, str]
) -> list[Row]:
    """Return stored rows with another direction or authority: of all pairs, and of some by field.

    `fields` are side A's names with words between commas: "to_b", "newest", "both,ask". Raises
    UserError for a field that is not mapped and for a word that is neither.
    """
    chosen = {"direction": direction, "authority": authority}
    given = {name: value for name, value in chosen.items() if value is not None}
    changed: list[Row] = [{**row, **given} for row in rows]
    places = {str(row["a"]): number for number, row in enumerate(changed)}
    for name, words in fields.items():
        if name not in places:
            near = difflib.get_close_matches(name, places, n=1) or sorted(places)
            raise UserError(
                f"The mapping has no pair of {name!r}; did you mean {' or '.join(near)}? Pairs are "
                "added by a mapping file."
            )
        for word in words.split(","):
            place = places[name]
            changed[place] = {**changed[place], **_said(name, word.strip().lower())}
    return changed


def _said(name: str, word: str) -> dict[str, str]:
    if word in list(Direction):
        return {"direction": word}
    if word in list(Authority):
        return {"authority": word}
    raise UserError(
        f"{word!r} of the field {name} is no direction ({', '.join(Direction)}) and no authority "
        f"({', '.join(Authority)})."
    )


def meaning_changed(old: Sequence[Row], new: Sequence[Row]) -> set[str]:
    """Return the keys of the pairs whose bases say nothing about the new mapping.

    A pair that goes with another field now, or compares in another form, begins anew; one that
    only changed its direction or authority goes on.
    """
    before, after = _meanings(old), _meanings(new)
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _meanings(rows: Sequence[Row]) -> dict[str, Any]:
    return {str(row["a"]): [row.get(name) for name in _MEANING] for row in rows}


def reaches(rows: Sequence[Row], side: SideName) -> bool:
    """Whether any pair may travel to `side`."""
    way = Direction.TO_A if side == "a" else Direction.TO_B
    return any(row.get("direction") in {Direction.BOTH.value, way.value} for row in rows)
