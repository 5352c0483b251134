"""What values are: their kinds, and the shape of what is known before there are any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from instep.core.times import NoTime, read_time


class Kind(StrEnum):
    """What a value is, in words that people read in messages."""

    ANY = "anything"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "true or false"
    TIME = "date or moment"
    DATE = "date"
    MOMENT = "moment"
    LIST = "list"
    OBJECT = "object"
    NOTHING = "nothing"


WRITABLE = frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.TIME, Kind.DATE, Kind.MOMENT})
"""The kinds that are one text when they are written out."""

_TAKEN: Mapping[Kind, frozenset[Kind]] = {
    Kind.TEXT: WRITABLE,
    Kind.NUMBER: frozenset({Kind.NUMBER, Kind.TEXT}),
    Kind.TIME: frozenset({Kind.TIME, Kind.DATE, Kind.MOMENT, Kind.TEXT}),
    Kind.LIST: frozenset({Kind.LIST}),
}


def takes(wanted: Kind, given: Kind) -> bool:
    """Whether something that takes `wanted` can be given this. A text may hold a number or a day."""
    if Kind.ANY in {wanted, given} or given is Kind.NOTHING:
        return True
    return given in _TAKEN.get(wanted, frozenset({wanted}))


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a value beforehand: its kind, an object's fields, a list's items.

    `more` says that an object may have fields which nobody named.
    """

    kind: Kind = Kind.ANY
    fields: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    more: bool = False


ANYTHING = Shape()


def kind_of(value: Any) -> Kind:
    """Return what a value of JSON is; a text is a text, whatever it may mean."""
    if isinstance(value, str):
        return Kind.TEXT
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, (int, float)):
        return Kind.NUMBER
    if isinstance(value, (list, tuple)):
        return Kind.LIST
    if isinstance(value, Mapping):
        return Kind.OBJECT
    return Kind.NOTHING if value is None else Kind.ANY


def is_missing(value: Any) -> bool:
    """Whether there is nothing: null, an empty text, list or object. 0 and false are something."""
    return value is None or (isinstance(value, (str, list, tuple, Mapping)) and not value)


_DEEPEST_SAMPLE = 20


def shape_of(sample: Any, deepest: int = _DEEPEST_SAMPLE) -> Shape:
    """Return what a sample tells of values like it: not all of it, as other samples may have more."""
    kind = kind_of(sample)
    if kind is Kind.OBJECT and deepest:
        fields = {str(name): shape_of(each, deepest - 1) for name, each in sample.items()}
        return Shape(kind, fields, more=True)
    if kind is Kind.LIST and deepest and sample:
        return Shape(kind, items=shape_of(sample[0], deepest - 1))
    if kind is Kind.NOTHING:
        return ANYTHING
    return Shape(_time_kind(sample) if kind is Kind.TEXT else kind)


def _time_kind(text: str) -> Kind:
    try:
        return Kind.MOMENT if hasattr(read_time(text), "hour") else Kind.DATE
    except NoTime:
        return Kind.TEXT
