"""Moments (milliseconds since 1970) and what a clock on the wall of a location shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.shapes import whole_number

_LATEST = 250_000_000_000_000  # the year 9892; what is later has no date in some zone
_MINUTES_A_DAY = 1440


@lru_cache(maxsize=1000)
def zone_named(name: str) -> ZoneInfo | None:
    """Return a time zone by its IANA name, None if there is none such."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a path outside, an unknown name
        return None


def zone_of(location: Location) -> ZoneInfo:
    """Return a location's time zone."""
    found = zone_named(location.get("timezone") or "Etc/UTC")
    return found or ZoneInfo("Etc/UTC")


def wall_clock(moment: int, zone: ZoneInfo) -> datetime:
    """Return date and time of a moment in a zone."""
    return datetime.fromtimestamp(moment / 1000, zone)


def with_offset(moment: int, zone: ZoneInfo) -> str:
    """Return `2026-01-05T09:00:00-06:00`."""
    # facts: ghl 6.8
    return wall_clock(moment, zone).isoformat(timespec="seconds")


def without_offset(moment: int, zone: ZoneInfo) -> str:
    """Return `2026-01-05 09:00:00`, as a contact's list of appointments does."""
    # facts: ghl 6.8
    return wall_clock(moment, zone).strftime("%Y-%m-%d %H:%M:%S")


def moment_at(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Return the moment when the clock shows this many minutes after midnight of a day.

    1440 is the next midnight. A time the clock skips is read as if it had not been put forward,
    one it shows twice as the first.
    """
    days, rest = divmod(minutes, _MINUTES_A_DAY)
    shown = datetime(day.year, day.month, day.day, *divmod(rest, 60), tzinfo=zone)
    return _milliseconds(shown + timedelta(days=days))


def days_between(since: int, until: int, zone: ZoneInfo) -> Iterator[date]:
    """Yield every day of the zone that has a part in this stretch of time."""
    day, last = wall_clock(since, zone).date(), wall_clock(until, zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def read_time(value: Any, zone: ZoneInfo) -> int | None:
    """Return the moment of an ISO 8601 text, None if it is none; without an offset, local time."""
    # not in the facts: how a time without an offset is read (the spec's examples have one)
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        moment = _milliseconds(parsed if parsed.tzinfo else parsed.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        return None
    return moment if 0 <= moment <= _LATEST else None


def read_milliseconds(text: str | None) -> int | None:
    """Return the moment a query's text holds, None if it is no whole number of milliseconds."""
    moment = whole_number(text)
    return moment if moment is not None and 0 <= moment <= _LATEST else None


def _milliseconds(shown: datetime) -> int:
    return round(shown.astimezone(UTC).timestamp() * 1000)
