"""Rows in groups, all or any of which have to be met: what filters and conditions share. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from instep.core.errors import UserError

DEEPEST = 8
"""How deep groups may stand in groups: deeper ones nobody could read."""

_WORDS = ("all", "any")


class Told(Protocol):
    """A row: whatever it compares, it can be said in plain words."""

    def sentence(self) -> str:
        """Return the row in plain words: "city is Ulm"."""


RowT = TypeVar("RowT", bound=Told)
GroupT = TypeVar("GroupT", bound="Rows[Any]")


@dataclass(frozen=True, slots=True)
class Rows(Generic[RowT]):
    """Rows and groups of which all (or, with `every` False, at least one) have to be met."""

    parts: tuple[RowT | Rows[RowT], ...]
    every: bool = True

    def holds(self, met: Callable[[RowT], bool]) -> bool:
        """Whether the group is met, where `met` says so of a row."""
        answers = (part.holds(met) if isinstance(part, Rows) else met(part) for part in self.parts)
        return all(answers) if self.every else any(answers)

    def sentence(self) -> str:
        """Return the group in plain words: "city is Ulm and (tags contains vip or …)"."""
        return (" and " if self.every else " or ").join(
            f"({part.sentence()})" if isinstance(part, Rows) else part.sentence()
            for part in self.parts
        )

    def rows(self) -> Iterator[RowT]:
        """Yield every row, those of inner groups too, in order."""
        for part in self.parts:
            if isinstance(part, Rows):
                yield from part.rows()
            else:
                yield part

    def stored(self, row: Callable[[RowT], dict[str, Any]]) -> dict[str, Any]:
        """Return the stored form, where `row` says how a row is stored."""
        parts = [part.stored(row) if isinstance(part, Rows) else row(part) for part in self.parts]
        return {"all" if self.every else "any": parts}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is read, as its errors begin: "The filter of Insightly contacts"."""

    where: str

    def wrong(self, place: str, what: str) -> UserError:
        """Return the error that says what is wrong at a place, such as "all[2].any[1]"."""
        return UserError(f"{self.where}: {place} {what}." if place else f"{self.where} {what}.")


_PART = r"(?:all|any)(?:\[\d+\])?"
_PLACED = re.compile(rf"(?:[^:]*: )?(?P<place>{_PART}(?:\.{_PART})*) (?P<said>.+)", re.DOTALL)


def place_of(sentence: str) -> tuple[str, str]:
    """Return the place that a sentence of `Place.wrong` names, and the rest; no place: ""."""
    found = _PLACED.fullmatch(sentence)
    return (found["place"], found["said"]) if found else ("", sentence)


def read_group(
    raw: Any, kind: type[GroupT], row: Callable[[Mapping[str, Any], str], Any], at: Place
) -> GroupT:
    """Read {"all": [{"field": …}, {"any": […]}]}; `row` reads what has a field, at its place.

    Raises UserError that names the place.
    """

    def group(raw: Any, place: str, depth: int) -> GroupT:
        word = next(iter(raw), None) if isinstance(raw, Mapping) and len(raw) == 1 else None
        if word not in _WORDS:
            raise at.wrong(place, 'has to be {"all": […]} or {"any": […]}')
        rows = raw[word]
        inside = f"{place}.{word}" if place else str(word)
        if not isinstance(rows, (list, tuple)) or not rows:
            raise at.wrong(inside, "needs a list with at least one condition")
        if depth > DEEPEST:
            raise at.wrong(inside, f"is a group in more than {DEEPEST} others; use fewer")
        parts = [part(each, f"{inside}[{n}]", depth) for n, each in enumerate(rows, 1)]
        return kind(tuple(parts), every=word == "all")

    def part(raw: Any, place: str, depth: int) -> Any:
        if not isinstance(raw, Mapping):
            raise at.wrong(place, "has to be a condition: field, operator, value")
        return row(raw, place) if "field" in raw else group(raw, place, depth + 1)

    return group(raw, "", 1)
