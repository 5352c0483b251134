"""What a modifier is: its name, what it takes and gives, its arguments, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from instep.core.shapes import WRITABLE, Kind, kind_of
from instep.core.template.mistakes import Refused
from instep.core.template.writing import decimal_of, plain_number, text_of
from instep.core.times import NoTime, iso, read_time


class Keeps(StrEnum):
    """How what a modifier gives follows from what it was given, beyond its kind."""

    VALUE = "the same"
    ITEM = "an item of it"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its kind, and how it is read.

    `read` raises Refused or NoTime for what cannot be. An argument that is not `needed` is
    `otherwise` when it is not given; `setting` names what whoever renders says about the account,
    "zone" or "country", and comes before that. `repeats` is for the last one: any number of them.
    """

    name: str
    kind: Kind = Kind.TEXT
    read: Callable[[Any], Any] | None = None
    needed: bool = True
    otherwise: Any = None
    setting: str | None = None
    repeats: bool = False

    def ready(self, value: Any, settings: Mapping[str, str | None]) -> Any:
        """Return the value as the modifier gets it. Raises Refused or NoTime."""
        if value is None and self.setting:
            value = settings.get(self.setting)
        if value is None:
            value = self.otherwise
        if value is None:
            if self.needed:
                raise Refused("is missing")
            return None
        held = taken(value, self.kind)
        return self.read(held) if self.read else held


@dataclass(frozen=True, slots=True)
class Modifier:
    """One modifier, as data: `example` is an expression and the text that comes of it.

    `work` gets the value as `takes` says and the arguments; a missing value passes by it, unless
    `sees_missing`. `gives` is the kind of the outcome, and `keeps` says more where it follows from
    what was given.
    """

    name: str
    takes: Kind
    gives: Kind
    what: str
    example: tuple[str, str]
    work: Callable[..., Any]
    arguments: tuple[Argument, ...] = ()
    sees_missing: bool = False
    keeps: Keeps | None = None

    @property
    def least(self) -> int:
        """How many arguments it needs."""
        return sum(each.needed for each in self.arguments)

    @property
    def most(self) -> int | None:
        """How many arguments it takes; None if as many as you like."""
        return None if self.arguments and self.arguments[-1].repeats else len(self.arguments)

    def argument(self, number: int) -> Argument:
        """Return what stands at a place, counted from 0; the last one may repeat."""
        return self.arguments[min(number, len(self.arguments) - 1)]


def taken(value: Any, kind: Kind) -> Any:
    """Return a value as a modifier takes it: a text, a Decimal, a day or moment, a list.

    Raises Refused for another kind of value, NoTime for a text that is no day or moment.
    """
    if kind is Kind.TEXT:
        return _text(value)
    if kind is Kind.NUMBER:
        return decimal_of(value)
    if kind is Kind.TIME:
        return _time(value)
    if kind is Kind.LIST and not isinstance(value, (list, tuple)):
        raise Refused(f"has to be a list, and is {_a(value)}")
    return value


def given(outcome: Any) -> Any:
    """Return what a modifier made as a value of JSON. Raises Refused where it is too much."""
    if isinstance(outcome, Decimal):
        return plain_number(outcome)
    if isinstance(outcome, date):
        return iso(outcome)
    return text_of(outcome) if isinstance(outcome, str) else outcome


def _text(value: Any) -> str:
    if kind_of(value) not in WRITABLE:
        way = "; take one item (first, last, [0]) or join it" if _is_list(value) else ""
        raise Refused(f"has to be text, and is {_a(value)}{way}")
    return text_of(value)


def _time(value: Any) -> date:
    if not isinstance(value, str):
        raise NoTime(f"has to be a date or moment, and is {_a(value)}")
    return read_time(value)


def _is_list(value: Any) -> bool:
    return kind_of(value) is Kind.LIST


def _a(value: Any) -> str:
    kind = kind_of(value)
    words = {Kind.ANY: "no value of JSON", Kind.OBJECT: "an object", Kind.BOOLEAN: kind.value}
    return words.get(kind, f"a {kind}")
