"""Times: GoHighLevel writes them in several ways, here they are instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from instep.core.errors import RecordRejected, UserError
from instep.core.records import Value


def instant(raw: Any) -> Value:
    """Return a time with an offset as `2026-01-05T15:00:00Z`; other text stays as it is."""
    moment = _moment(raw)
    if moment is None or moment.tzinfo is None:
        return str(raw)
    return _written(moment)


def is_local(raw: Any) -> bool:
    """Say whether this is a time without an offset."""
    moment = _moment(raw)
    return moment is not None and moment.tzinfo is None


def local_instant(raw: Any, zone: ZoneInfo) -> str | None:
    """Return a local time of `zone` as an instant, None where the clock showed it twice or never.

    In the hour that a change of the clock repeats, local time does not say which of the two is
    meant; a guess would move an appointment by an hour.
    """
    moment = datetime.fromisoformat(str(raw))
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return _written(first) if first.utcoffset() == second.utcoffset() else None


def outgoing(value: Value) -> str:
    """Return an instant as GoHighLevel takes it, with its offset.

    Raises RecordRejected for anything without an offset: whose midnight it is nobody could know.
    """
    # facts: ghl 6.8, 7 row 15
    moment = _moment(value)
    if moment is None:
        raise RecordRejected(f"{value!r} is no time; write it like 2026-01-05T15:00:00Z.")
    if moment.tzinfo is None:
        raise RecordRejected(
            f"The time {value} has no offset, so nobody knows which moment it is; write it like "
            "2026-01-05T15:00:00Z or 2026-01-05T09:00:00-06:00."
        )
    return _written(moment).replace("Z", "+00:00")


def zone_named(name: str | None) -> ZoneInfo:
    """Return the location's time zone. Raises UserError if none is set, or there is none such."""
    if not name:
        raise UserError(
            "GoHighLevel lists a contact's appointments in the location's local time. Set "
            "`timezone` on the connection, for example America/Chicago."
        )
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(
            f"The connection's timezone is {name}, which there is not. Take one like "
            "America/Chicago or Europe/London."
        ) from None


def _moment(raw: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(raw).strip())
    except ValueError:
        return None


def _written(moment: datetime) -> str:
    """Write an instant; thousandths of a second only where there are any."""
    utc = moment.astimezone(UTC)
    exact = "milliseconds" if utc.microsecond >= 1_000 else "seconds"  # noqa: PLR2004 - a thousandth
    return utc.isoformat(timespec=exact).replace("+00:00", "Z")
