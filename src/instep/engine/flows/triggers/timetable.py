"""When a schedule starts its flow: five cron fields, meant in a zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from instep.core.errors import UserError

_EXAMPLE = "0 9 * * 1-5"


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """Return the first moment (UTC) after `after` that a timetable names.

    Where clocks are set back an hour comes twice and counts once; where they are set forward, what
    was meant in the hour that is left out comes right after it. Raises UserError for one that
    cannot be, or never comes.
    """
    local = after.astimezone(_zone(zone))
    try:
        return next(CronSim(cron, local)).astimezone(UTC)
    except CronSimError:
        raise UserError(
            f"The cron {cron!r} is none: it takes minute, hour, day, month and weekday, such as "
            f"{_EXAMPLE}."
        ) from None
    except StopIteration:
        raise UserError(f"The cron {cron!r} names a day that never comes.") from None


def objection(cron: str, zone: str, now: datetime) -> str | None:
    """Say in a sentence why a timetable cannot be; None if it can."""
    try:
        next_time(cron, zone, now)
    except UserError as error:
        return str(error)
    return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(
            f"There is no time zone {name!r}. Use a name such as Europe/Berlin or UTC."
        ) from None
