"""Days, moments and lengths of time as people write them, read and reckoned with. Pure.

A day is `YYYY-MM-DD`. A moment is ISO 8601; without an offset it is a local time, which is an
instant only together with a zone.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import overload
from zoneinfo import ZoneInfo

_LONGEST = 64
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:", re.ASCII)
_ZONE = re.compile(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+){0,5}", re.ASCII)
_STEP = re.compile(r"([+-]?)(\d{1,6})\s*([a-z]+)", re.ASCII)
_SECONDS = {"s": 1, "min": 60, "h": 3_600}
_DAYS = {"d": 1, "w": 7}
_MONTHS = {"mo": 1, "y": 12}
UNITS = (*_SECONDS, *_DAYS, *_MONTHS)
"""How lengths of time are counted: seconds, minutes, hours, days, weeks, months, years."""


class NoTime(ValueError):
    """The text is no day, moment, length of time or zone. `str()` says what it has to be."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: so many of a unit, backwards when negative."""

    count: int
    unit: str

    @property
    def days_only(self) -> bool:
        """Whether a day can be moved by it."""
        return self.unit not in _SECONDS

    @property
    def backwards(self) -> Length:
        """The same length the other way."""
        return Length(-self.count, self.unit)

    def after(self, start: datetime) -> datetime:
        """Return the moment this long after `start`. Raises NoTime beyond the calendar.

        Hours, minutes and seconds are time that passes; days and more keep the time of day, also
        over a change of the clocks. A day that a month does not have becomes its last.
        """
        try:
            if self.unit in _SECONDS:
                passed = timedelta(seconds=self.count * _SECONDS[self.unit])
                if start.tzinfo is None:
                    return start + passed
                return (start.astimezone(UTC) + passed).astimezone(start.tzinfo)
            day = self.after_day(start.date())
            moved = start.replace(year=day.year, month=day.month, day=day.day, fold=0)
            # a time of day that the clocks skip becomes the one they skip to
            there = moved.tzinfo
            return moved if there is None else moved.astimezone(UTC).astimezone(there)
        except OverflowError:
            raise NoTime("leads beyond the years 1 to 9999") from None

    def after_day(self, start: date) -> date:
        """Return the day this long after `start`; `days_only` has to be true. Raises NoTime."""
        try:
            if self.unit in _DAYS:
                return start + timedelta(days=self.count * _DAYS[self.unit])
            months = start.year * 12 + start.month - 1 + self.count * _MONTHS[self.unit]
            year, month = divmod(months, 12)
            last = monthrange(year, month + 1)[1]
            return date(year, month + 1, min(start.day, last))
        except (OverflowError, ValueError):
            raise NoTime("leads beyond the years 1 to 9999") from None


def read_length(text: str) -> Length:
    """Read "+1d", "-2h", "30 min", "3 mo". Raises NoTime."""
    found = _STEP.fullmatch(text.strip()[:_LONGEST])
    if found is None or found[3] not in UNITS:
        raise NoTime(f"has to be a number and one of {', '.join(UNITS)}, such as +1d or -90min")
    count = int(found[2])
    return Length(-count if found[1] == "-" else count, found[3])


def read_time(text: str) -> date | datetime:
    """Read a day or a moment; a moment without an offset comes out without a zone. Raises NoTime."""
    text = text.strip() if len(text) <= _LONGEST else ""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _MOMENT.match(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass  # said below, for every reason alike
    raise NoTime(
        "has to be a date such as 2026-01-31 or a moment such as 2026-01-31T15:00:00Z"
    ) from None


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its name in the tz database, which comes with Python. Raises NoTime."""
    try:
        # only what looks like a zone is looked up: the name becomes part of a path
        if len(name) <= _LONGEST and _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        pass  # said below: not found is a KeyError, a folder of zones an OSError
    raise NoTime("has to be the name of a time zone, such as Europe/Berlin or UTC") from None


def instant(when: datetime, zone: str | None) -> datetime:
    """Return a moment in UTC; a local one is of `zone`, or of UTC if there is none. Raises NoTime."""
    try:
        if when.tzinfo is None:
            when = when.replace(tzinfo=zone_named(zone) if zone else UTC)
        return when.astimezone(UTC)
    except OverflowError:
        raise NoTime("leads beyond the years 1 to 9999") from None


def iso(when: date | datetime) -> str:
    """Write a day or a moment down in ISO 8601; UTC as Z, thousandths only where there are any."""
    if not isinstance(when, datetime):
        return when.isoformat()
    exact = "milliseconds" if when.microsecond else "seconds"
    return when.isoformat(timespec=exact).replace("+00:00", "Z")


@overload
def iso_of(milliseconds: int) -> str: ...
@overload
def iso_of(milliseconds: int | None) -> str | None: ...
def iso_of(milliseconds: int | None) -> str | None:
    """Write epoch milliseconds down in ISO 8601, exactly; None stays."""
    return None if milliseconds is None else iso(_moment_of(milliseconds))


@overload
def iso_seconds(milliseconds: int) -> str: ...
@overload
def iso_seconds(milliseconds: int | None) -> str | None: ...
def iso_seconds(milliseconds: int | None) -> str | None:
    """Write epoch milliseconds down in ISO 8601, to the second; None stays."""
    return None if milliseconds is None else iso(_moment_of(milliseconds).replace(microsecond=0))


def _moment_of(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
