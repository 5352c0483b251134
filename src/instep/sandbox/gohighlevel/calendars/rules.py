"""What a calendar allows, read out of its settings: how long, when, how many, how early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Calendar = dict[str, Any]

_MINUTE = 60_000
_UNITS = {
    "mins": _MINUTE,
    "hours": 60 * _MINUTE,
    "days": 1440 * _MINUTE,
    "weeks": 7 * 1440 * _MINUTE,
    # not in the facts: how long a month is here
    "months": 30 * 1440 * _MINUTE,
}
_SHORTEST = _MINUTE
_END_OF_DAY = 1440
_ONLY_CUSTOM, _ONLY_WEEKLY = 1, 0

Hours = tuple[int, int]
"""Opening and closing, in minutes after midnight."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Times are in milliseconds. `per_slot` counts for each member of the team.

    `weekly` holds the opening hours by weekday (0 is Sunday), `custom` by date; `per_day` and
    `horizon` are None where the calendar sets no bound.
    """

    duration: int
    interval: int
    before: int
    after: int
    per_slot: int
    per_day: int | None
    notice: int
    horizon: int | None
    weekly: Mapping[int, tuple[Hours, ...]]
    custom: Mapping[str, tuple[Hours, ...]]
    choice: int | None

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """Return when the calendar is open on a day. A custom date replaces the weekday's hours."""
        key = day.isoformat()
        if self.choice != _ONLY_WEEKLY and key in self.custom:
            return self.custom[key]
        if self.choice == _ONLY_CUSTOM:
            return ()
        return self.weekly.get(day.isoweekday() % 7, ())


def rules_of(calendar: Calendar) -> Rules:
    """Read a calendar's settings; the defaults are those of the spec (calendars.json)."""
    duration = max(_length(calendar, "slotDuration", 30), _SHORTEST)
    return Rules(
        duration=duration,
        interval=max(_length(calendar, "slotInterval", 30), _SHORTEST),
        before=_length(calendar, "preBuffer", 0),
        after=_length(calendar, "slotBuffer", 0),
        per_slot=max(int(calendar.get("appoinmentPerSlot") or 1), 1),
        per_day=int(calendar["appoinmentPerDay"]) if calendar.get("appoinmentPerDay") else None,
        notice=_length(calendar, "allowBookingAfter", 0, "hours"),
        horizon=_length(calendar, "allowBookingFor", 0, "days") or None,
        weekly=_weekly(calendar.get("openHours", ())),
        custom=_custom(calendar.get("availabilities", ())),
        choice=calendar.get("availabilityType"),
    )


def _length(calendar: Calendar, name: str, default: int, unit: str = "mins") -> int:
    amount: float = calendar.get(name, default)
    return max(round(amount * _UNITS[calendar.get(f"{name}Unit", unit)]), 0)


def _weekly(open_hours: Any) -> dict[int, tuple[Hours, ...]]:
    found: dict[int, tuple[Hours, ...]] = {}
    for each in open_hours:
        for weekday in each["daysOfTheWeek"]:
            found[weekday] = (*found.get(weekday, ()), *_hours(each["hours"]))
    return found


def _custom(availabilities: Any) -> dict[str, tuple[Hours, ...]]:
    """Return custom dates; their text is the local date, whatever offset it pretends to have."""
    return {
        each["date"][:10]: _hours(each["hours"])
        for each in availabilities
        if not each.get("deleted")
    }


def _hours(hours: Any) -> tuple[Hours, ...]:
    read = (
        (
            round(each["openHour"] * 60 + each["openMinute"]),
            # midnight as the end of a day is 0:00 or 23:60
            round(each["closeHour"] * 60 + each["closeMinute"]) or _END_OF_DAY,
        )
        for each in hours
    )
    return tuple((opens, closes) for opens, closes in read if opens < closes)


def is_date(text: Any) -> bool:
    """Say whether a text begins with a date, as that of a custom availability must."""
    try:
        return bool(date.fromisoformat(text[:10]) + timedelta())
    except (TypeError, ValueError):
        return False
