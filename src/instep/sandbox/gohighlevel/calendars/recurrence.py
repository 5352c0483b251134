"""Repeating appointments: the part of RFC 5545's RRULE that calendars use, and instance ids."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from instep.sandbox.gohighlevel.calendars.zones import wall_clock

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "EXDATE", "WKST", "DTSTART"}
_MOST = 366  # not in the facts: how far a rule without an end is carried
_STEPS = 5_000
_MOMENT = re.compile(r"\d{8}T\d{6}Z")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule: every `interval` days, weeks, months or years; `until` and `except_` are moments."""

    frequency: str
    interval: int
    count: int
    until: int | None
    weekdays: tuple[int, ...]
    except_: frozenset[int]

    def starts(self, first: int, zone: ZoneInfo) -> list[int]:
        """Return when instances begin, the first included. The clock on the wall is kept."""
        kept = islice(self._all(wall_clock(first, zone)), self.count)
        starts = [round(each.astimezone(UTC).timestamp() * 1000) for each in kept]
        return [
            each
            for each in starts
            if (self.until is None or each <= self.until) and each not in self.except_
        ]

    def _all(self, first: datetime) -> Iterator[datetime]:
        for step in range(_STEPS):
            try:
                yield from self._in_period(first, step * self.interval)
            except (OverflowError, ValueError):  # there is no date after the year 9999
                return

    def _in_period(self, first: datetime, periods: int) -> Iterator[datetime]:
        """Yield what falls into one period; a month without that day has none."""
        if self.frequency == "DAILY":
            yield first + timedelta(days=periods)
        elif self.frequency == "WEEKLY":
            monday = first - timedelta(days=first.weekday()) + timedelta(weeks=periods)
            for weekday in self.weekdays or (first.weekday(),):
                shown = monday + timedelta(days=weekday)
                if shown >= first:
                    yield shown
        else:
            months = periods if self.frequency == "MONTHLY" else 12 * periods
            year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
            if first.day <= monthrange(year, month + 1)[1]:
                yield first.replace(year=year, month=month + 1)


def read_rule(text: str) -> Recurrence | None:
    """Return the rule a text holds, None if it is none that is understood."""
    parts = dict(re.findall(r"([A-Z]+)[=:]([^;\n\s]+)", text.replace("RRULE:", "")))
    if not set(parts) <= _PARTS or ("BYDAY" in parts and parts.get("FREQ") != "WEEKLY"):
        return None
    try:
        weekdays = tuple(
            sorted(_WEEKDAYS.index(day) for day in parts.get("BYDAY", "").split(",") if day)
        )
        rule = Recurrence(
            parts.get("FREQ", ""),
            int(parts.get("INTERVAL", 1)),
            min(int(parts.get("COUNT", _MOST)), _MOST),
            _moment(parts["UNTIL"]) if "UNTIL" in parts else None,
            weekdays,
            frozenset(_moment(each) for each in parts.get("EXDATE", "").split(",") if each),
        )
    except ValueError:
        return None
    usable = rule.frequency in _FREQUENCIES and rule.interval > 0 and rule.count > 0
    return rule if usable else None


def instance_id(series_id: str, start: int, end: int) -> str:
    """Return `<series>_<start in milliseconds>_<seconds it lasts>`."""
    # facts: ghl 6.1
    return f"{series_id}_{start}_{(end - start) // 1000}"


def _moment(text: str) -> int:
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
