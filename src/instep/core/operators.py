"""What a row of a condition can ask of a value: each operator, as data. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from instep.core.comparing import (
    Situation,
    begins,
    contains,
    ends,
    equal,
    is_empty,
    number,
    span,
    stretch,
    unchanged,
    within,
    words_of,
)
from instep.core.shapes import Kind
from instep.core.template.mistakes import Refused
from instep.core.times import Length


class Wants(StrEnum):
    """What stands in a row's value, in words that people read in messages."""

    ONE = "a value"
    SEVERAL = "a list of values"
    FLAG = "true or false"
    LENGTH = "a length of time, such as 7d"
    NOTHING = "no value"


Meets = Callable[[Any, Any, Situation], bool]
"""The value held, the value wanted, all else → whether the row is met. Raises Refused."""


@dataclass(frozen=True, slots=True)
class ConditionOperator:
    """One operator: its word, how it is said, what it wants, and what kinds it can be asked of.

    `past` says that it also looks at the value before the change: `meets` then gets both values,
    held and before, as a pair.
    """

    word: str
    says: str
    wants: Wants
    what: str
    meets: Meets
    kinds: frozenset[Kind] = frozenset()
    past: bool = False


def _opposite(meets: Meets) -> Meets:
    return lambda held, wanted, situation: not meets(held, wanted, situation)


def _is(held: Any, wanted: Any, situation: Situation) -> bool:
    return equal(held, wanted, situation.zone)


def _has(held: Any, wanted: Any, _situation: Situation) -> bool:
    return contains(held, wanted)


def _is_one_of(held: Any, wanted: Any, situation: Situation) -> bool:
    if isinstance(held, str) and len(held) > _LONG:
        return _word_among(held, wanted)
    return any(equal(held, each, situation.zone) for each in _several(wanted))


_LONG = 64  # characters: a longer text is no number, no word of yes or no, and no moment


def _word_among(held: str, wanted: Any) -> bool:
    """Whether a long text is one of several: it is brought into its compared form only once."""
    return not set(words_of(held)).isdisjoint(words_of(wanted))


def _several(wanted: Any) -> list[Any] | tuple[Any, ...]:
    return wanted if isinstance(wanted, (list, tuple)) else [wanted]


def _has_any(held: Any, wanted: Any, _situation: Situation) -> bool:
    return not set(words_of(wanted)).isdisjoint(words_of(held))


def _has_all(held: Any, wanted: Any, _situation: Situation) -> bool:
    parts = set(words_of(wanted))
    return bool(parts) and parts <= set(words_of(held))


def _compared(right: Callable[[Decimal, Decimal], bool]) -> Meets:
    def meets(held: Any, wanted: Any, _situation: Situation) -> bool:
        if is_empty(held) or is_empty(wanted):
            return False
        return right(number(held), _wanted(number, wanted))

    return meets


T = TypeVar("T")


def _wanted(read: Callable[[Any], T], wanted: Any) -> T:
    try:
        return read(wanted)
    except Refused as error:
        raise Refused(f"cannot be compared: what it is compared with {error}") from None


def _before(held: Any, wanted: Any, situation: Situation) -> bool:
    if is_empty(held) or is_empty(wanted):
        return False
    zone = situation.zone
    return span(held, zone)[1] < _wanted(lambda value: span(value, zone), wanted)[0]


def _after(held: Any, wanted: Any, situation: Situation) -> bool:
    if is_empty(held) or is_empty(wanted):
        return False
    zone = situation.zone
    return span(held, zone)[0] > _wanted(lambda value: span(value, zone), wanted)[1]


def _within_last(held: Any, wanted: Length, situation: Situation) -> bool:
    start, end = stretch(wanted.backwards, situation)
    return not is_empty(held) and within(held, start, end, situation.zone)


def _within_next(held: Any, wanted: Length, situation: Situation) -> bool:
    start, end = stretch(wanted, situation)
    return not is_empty(held) and within(held, start, end, situation.zone)


def _exists(held: Any, wanted: Any, _situation: Situation) -> bool:
    return is_empty(held) is not wanted


def _changed(pair: Any, _wanted: Any, _situation: Situation) -> bool:
    held, before = pair
    return not unchanged(held, before)


def _changed_to(pair: Any, wanted: Any, situation: Situation) -> bool:
    held, before = pair
    return _is(held, wanted, situation) and not _is(before, wanted, situation)


_TEXTS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.MOMENT, Kind.TIME})
_NUMBERS = frozenset({Kind.NUMBER, Kind.TEXT})
_TIMES = frozenset({Kind.DATE, Kind.MOMENT, Kind.TIME, Kind.TEXT})
_LISTS = frozenset({Kind.LIST})
_PARTED = frozenset({Kind.TEXT, Kind.LIST})

_ALL = (
    ConditionOperator("eq", "is", Wants.ONE, "It means the same; a list has the same items.", _is),
    ConditionOperator(
        "not", "is not", Wants.ONE, "The opposite of eq: a missing value is not it.", _opposite(_is)
    ),
    ConditionOperator(
        "contains",
        "contains",
        Wants.ONE,
        "A list has the whole item, or all of several; a text has it in any part.",
        _has,
        _PARTED,
    ),
    ConditionOperator(
        "not_contains",
        "does not contain",
        Wants.ONE,
        "The opposite of contains.",
        _opposite(_has),
        _PARTED,
    ),
    ConditionOperator(
        "starts_with",
        "starts with",
        Wants.ONE,
        "A text begins with it.",
        lambda held, wanted, _: begins(held, wanted),
        _TEXTS,
    ),
    ConditionOperator(
        "ends_with",
        "ends with",
        Wants.ONE,
        "A text ends with it.",
        lambda held, wanted, _: ends(held, wanted),
        _TEXTS,
    ),
    ConditionOperator("in", "is one of", Wants.SEVERAL, "It is one of several.", _is_one_of),
    ConditionOperator(
        "exists",
        "is filled",
        Wants.FLAG,
        "With true, there is something; with false, it is missing, empty or blank.",
        _exists,
    ),
    ConditionOperator(
        "has_any",
        "has any of",
        Wants.SEVERAL,
        "A list has at least one of them.",
        _has_any,
        _LISTS,
    ),
    ConditionOperator(
        "has_all", "has all of", Wants.SEVERAL, "A list has each of them.", _has_all, _LISTS
    ),
    ConditionOperator(
        "greater",
        "is greater than",
        Wants.ONE,
        "Both are numbers, and it is greater.",
        _compared(lambda held, wanted: held > wanted),
        _NUMBERS,
    ),
    ConditionOperator(
        "less",
        "is less than",
        Wants.ONE,
        "Both are numbers, and it is less.",
        _compared(lambda held, wanted: held < wanted),
        _NUMBERS,
    ),
    ConditionOperator(
        "at_least",
        "is at least",
        Wants.ONE,
        "Both are numbers, and it is not less.",
        _compared(lambda held, wanted: held >= wanted),
        _NUMBERS,
    ),
    ConditionOperator(
        "at_most",
        "is at most",
        Wants.ONE,
        "Both are numbers, and it is not greater.",
        _compared(lambda held, wanted: held <= wanted),
        _NUMBERS,
    ),
    ConditionOperator(
        "before",
        "is before",
        Wants.ONE,
        "Both are dates or moments, and it is over when the other begins.",
        _before,
        _TIMES,
    ),
    ConditionOperator(
        "after",
        "is after",
        Wants.ONE,
        "Both are dates or moments, and it begins when the other is over.",
        _after,
        _TIMES,
    ),
    ConditionOperator(
        "within_last",
        "is within the last",
        Wants.LENGTH,
        "A moment from then to now; a date by its day, today and the first day included.",
        _within_last,
        _TIMES,
    ),
    ConditionOperator(
        "within_next",
        "is within the next",
        Wants.LENGTH,
        "A moment from now to then; a date by its day, today and the last day included.",
        _within_next,
        _TIMES,
    ),
    ConditionOperator(
        "changed",
        "changed",
        Wants.NOTHING,
        "It is not what it was before, letter by letter.",
        _changed,
        past=True,
    ),
    ConditionOperator(
        "changed_to",
        "changed to",
        Wants.ONE,
        "It is this now, and was not before.",
        _changed_to,
        past=True,
    ),
)

OPERATORS: Mapping[str, ConditionOperator] = {each.word: each for each in _ALL}
"""Every operator by its word. Those that a sync's filter knows have the same words there."""
