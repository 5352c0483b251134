"""When an appointment is: local times without an offset become moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from instep.connectors.gohighlevel.client.errors import UserError, WrongArguments


class AppointmentTimes(NamedTuple):
    """Begin and end, aware, in the location's zone. `end` is None where it is not told."""

    start: datetime
    end: datetime | None


def zone_named(name: str | None) -> ZoneInfo:
    """Return a time zone. Raises UserError if there is none of this name."""
    try:
        return ZoneInfo(name or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(
            f"The location's time zone is {name!r}, which there is not; give the client one with "
            "timezone='America/Chicago'."
        ) from None


def times_of(event: Mapping[str, Any], zone: ZoneInfo) -> AppointmentTimes:
    """Return the times of an appointment, of the event itself or of a reply that wraps it.

    Raises WrongArguments if there is no start, or no time can be read.
    """
    inner = next((event[key] for key in ("appointment", "event") if _is_object(event, key)), event)
    start = _moment(inner.get("startTime"), zone)
    if start is None:
        raise WrongArguments("This is no appointment: it has no startTime.")
    return AppointmentTimes(start, _moment(inner.get("endTime"), zone))


def _is_object(event: Mapping[str, Any], key: str) -> bool:
    return isinstance(event.get(key), Mapping)


def _moment(told: Any, zone: ZoneInfo) -> datetime | None:
    # facts: ghl 6.8: a contact's list has no offset and means the location's time. In the hour
    # that a change of the clock repeats, the earlier of the two moments is taken: not in the facts
    if told in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(told).strip())
    except ValueError:
        raise WrongArguments(f"{told!r} is no time.") from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=zone)
    return moment.astimezone(zone)
