"""Whether two values of any app are the same, one is part of the other, or before it. Pure.

Texts are compared without case and with blanks as one. Numbers are compared as numbers, moments as
instants, lists as sets.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from instep.core.shapes import Kind, is_missing, kind_of
from instep.core.template.mistakes import Refused
from instep.core.template.writing import decimal_of, json_text, text_of
from instep.core.times import Length, NoTime, instant, read_time, zone_named

_COMPOSED = 2_000  # characters: composing accents takes the square of a run of them
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Situation:
    """What conditions look at. Pure: the clock is whoever asks.

    `values` are the values now, `before` those of the same record before this change, None if
    nothing is known of them. `now` is aware. `settings` are the account's "zone" and "country".
    """

    values: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    now: datetime | None = None
    settings: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def zone(self) -> str | None:
        """The account's time zone, which local times and dates are of."""
        return self.settings.get("zone")


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents composed, blanks as one."""
    composed = unicodedata.normalize("NFC", text) if len(text) <= _COMPOSED else text
    return " ".join(composed.casefold().split())


def words_of(value: Any) -> list[str]:
    """Return a list's filled items as they are compared; of a single value, that value's."""
    items = value if isinstance(value, (list, tuple)) else [value]
    return [word for each in items if not is_missing(each) and (word := _word(each))]


def _word(value: Any) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        return folded(json_text(value, in_order=True))
    return folded(text_of(value))


def is_empty(value: Any) -> bool:
    """Whether there is nothing in a value: a text of blanks has nothing in it, too."""
    return is_missing(value) or (isinstance(value, str) and not value.strip())


def equal(held: Any, wanted: Any, zone: str | None) -> bool:
    """Whether two values mean the same. A missing value equals nothing, not even another one."""
    if is_empty(held) or is_empty(wanted):
        return False
    kinds = {kind_of(held), kind_of(wanted)}
    if Kind.LIST in kinds:
        return set(words_of(held)) == set(words_of(wanted))
    if Kind.BOOLEAN in kinds:
        return _truth(held) is not None and _truth(held) == _truth(wanted)
    if Kind.NUMBER in kinds:
        return _same_number(held, wanted)
    return _word(held) == _word(wanted) or _same_instant(held, wanted, zone)


def _truth(value: Any) -> bool | None:
    return _WORDS.get(folded(text_of(value))) if not isinstance(value, Mapping) else None


def _same_number(held: Any, wanted: Any) -> bool:
    try:
        return decimal_of(held) == decimal_of(wanted)
    except Refused:
        return False


def _same_instant(held: Any, wanted: Any, zone: str | None) -> bool:
    try:
        return span(held, zone) == span(wanted, zone)
    except (Refused, NoTime):
        return False


def unchanged(held: Any, before: Any) -> bool:
    """Whether a value is exactly what it was; null, empty and not there are the same."""
    if is_missing(held) or is_missing(before):
        return is_missing(held) and is_missing(before)
    if {kind_of(held), kind_of(before)} == {Kind.NUMBER}:
        return _same_number(held, before)
    return json_text(held, in_order=True) == json_text(before, in_order=True)


def contains(held: Any, wanted: Any) -> bool:
    """Whether a list has the whole item (or all of several), or a text has it in any part."""
    parts = words_of(wanted)
    if not parts or is_empty(held):
        return False
    if isinstance(held, (list, tuple)):
        return set(parts) <= set(words_of(held))
    text = _one_text(held)
    return all(each in text for each in parts)


def begins(held: Any, wanted: Any) -> bool:
    """Whether a text begins with another."""
    return not is_empty(held) and not is_empty(wanted) and _begins(held, wanted)


def _begins(held: Any, wanted: Any) -> bool:
    return _one_text(held).startswith(_one_text(wanted))


def ends(held: Any, wanted: Any) -> bool:
    """Whether a text ends with another."""
    if is_empty(held) or is_empty(wanted):
        return False
    return _one_text(held).endswith(_one_text(wanted))


def _one_text(value: Any) -> str:
    if isinstance(value, (list, tuple, Mapping)):
        raise Refused(f"is {'an object' if isinstance(value, Mapping) else 'a list'}, not a text")
    return folded(text_of(value))


def number(value: Any) -> Decimal:
    """Read a number. Raises Refused for what is none: text is never compared by its letters."""
    try:
        return decimal_of(value)
    except Refused:
        raise Refused("is no number") from None


def span(value: Any, zone: str | None) -> tuple[datetime, datetime]:
    """Return the first and last instant of a value: a date is a whole day in the zone.

    Raises Refused for what is no date and no moment.
    """
    when = _time(value)
    try:
        if isinstance(when, datetime):
            there = instant(when, zone)
            return there, there
        first = instant(datetime(when.year, when.month, when.day), zone)  # noqa: DTZ001 - the zone comes with `instant`
        following = when + timedelta(days=1)
        last = instant(datetime(following.year, following.month, following.day), zone)  # noqa: DTZ001 - as above
        return first, last - timedelta(microseconds=1)
    except (OverflowError, NoTime):
        raise Refused("is beyond the years that can be compared, or its zone is unknown") from None


def _time(value: Any) -> date | datetime:
    try:
        return read_time(value if isinstance(value, str) else "")
    except NoTime:
        raise Refused("is no date and no moment") from None


def within(held: Any, start: datetime, end: datetime, zone: str | None) -> bool:
    """Whether a moment lies from `start` to `end`; of a date, whether its day does in the zone."""
    when = _time(held)
    if isinstance(when, datetime):
        return start <= instant(when, zone) <= end
    clock = zone_named(zone) if zone else UTC
    return start.astimezone(clock).date() <= when <= end.astimezone(clock).date()


def stretch(length: Length, situation: Situation) -> tuple[datetime, datetime]:
    """Return the stretch of time from now by a length, the earlier end first. Raises Refused."""
    if situation.now is None:
        raise Refused("cannot be compared with now, which is not known here")
    try:
        clock = zone_named(situation.zone) if situation.zone else UTC
        now = instant(situation.now, None).astimezone(clock)
        there = length.after(now)
    except (NoTime, OverflowError):
        raise Refused("is compared with a time beyond the years 1 to 9999") from None
    return (there, now) if length.count < 0 else (now, there)
