"""Try a mapping on sample values: what arrives on the other side, and what is wrong with a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from instep.core.errors import UserError
from instep.core.mapping import read_each
from instep.core.normalise import normalise
from instep.core.pairs import SIDES, Pair, SideName, other_side
from instep.core.records import Field

Samples = Mapping[SideName, Sequence[str]]
"""Texts of a row's two fields, as the apps hold them now."""


class Fate(StrEnum):
    """What becomes of one value on its way."""

    ARRIVES = "arrives"
    LEFT = "left"  # a value map that does not know the word leaves both sides as they are
    WAITS = "waits"  # a value map that does not know the word makes the record wait for a person


@dataclass(frozen=True, slots=True)
class Arrival:
    """One value that set out from the side `start`; `there` is what the other side would hold."""

    start: SideName
    value: str
    there: str | None
    fate: Fate = Fate.ARRIVES


@dataclass(frozen=True, slots=True)
class Trial:
    """A row tried: what arrives, or the `problem` that keeps it from being a row at all."""

    problem: str | None
    arrivals: Sequence[Arrival] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One side as rows are tried on it. `called` is what it is called in messages."""

    fields: Sequence[Field]
    called: str
    country: str | None


def try_rows(
    rows: Sequence[Mapping[str, Any]], samples: Sequence[Samples], a: Side, b: Side
) -> list[Trial]:
    """Try each row on the samples in its place; none raises for what is wrong with another."""
    read = read_each(rows, a.fields, b.fields, (a.called, b.called))
    countries: Mapping[SideName, str | None] = {"a": a.country, "b": b.country}
    return [
        Trial(str(pair))
        if isinstance(pair, UserError)
        else Trial(None, _arrivals(pair, texts, countries))
        for pair, texts in zip(read, samples, strict=True)
    ]


def _arrivals(
    pair: Pair, texts: Samples, countries: Mapping[SideName, str | None]
) -> list[Arrival]:
    return [
        _arrival(pair, side, text, countries[side])
        for side in SIDES
        if pair.reaches(other_side(side), creating=True)
        for text in texts.get(side, ())
    ]


def _arrival(pair: Pair, side: SideName, text: str, country: str | None) -> Arrival:
    value = normalise(text, pair.field(side), country)
    if not pair.knows(value, side):
        if pair.drops:
            return Arrival(side, text, None, Fate.LEFT)
        if pair.refuses:
            return Arrival(side, text, None, Fate.WAITS)
    target = other_side(side)
    there = pair.outward(pair.fit(pair.inward(value, side), target), target)
    return Arrival(side, text, None if there is None else _told(there))


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
