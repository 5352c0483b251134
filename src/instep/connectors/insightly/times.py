"""Times: Insightly writes them without an offset, here they are instants in UTC.

Fields whose names end in _UTC are in UTC; DUE_DATE is in a zone nobody has told (facts: apps 1.5),
which the connection's `timezone` names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from instep.core.errors import RecordRejected, UserError
from instep.core.records import Value

_NOTHING = "0000-00-00"  # one client has met it in place of null (facts: apps 1.2)
UTC_ZONE = ZoneInfo("UTC")


class Ambiguous(ValueError):
    """A local time that the clock showed twice, or never."""


def zone_named(name: str | None) -> ZoneInfo:
    """Return the time zone of due dates; UTC if none is set. Raises UserError if there is none such."""
    if not name:
        return UTC_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(
            f"The connection's timezone is {name}, which there is not. Take one like "
            "Australia/Sydney or America/Chicago."
        ) from None


def instant(raw: Any, zone: ZoneInfo = UTC_ZONE) -> Value:
    """Return `2026-04-09 16:58:14`, told in `zone`, as `2026-04-09T16:58:14Z`.

    Other text stays as it is. Raises Ambiguous in the hour that a change of the clock repeats or
    leaves out: a guess would move the time by an hour.
    """
    text = str(raw).strip()
    if text.startswith(_NOTHING):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            raise Ambiguous(text)
        moment = first
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def outgoing(value: Value, zone: ZoneInfo = UTC_ZONE) -> str:
    """Return an instant as a body takes it: `zone`'s time, whole seconds, no offset.

    Raises RecordRejected for anything without an offset: whose midnight it is nobody could know.
    """
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise RecordRejected(f"{value!r} is no time; write it like 2026-01-05T15:00:00Z.") from None
    if moment.tzinfo is None:
        raise RecordRejected(
            f"The time {value} has no offset, so nobody knows which moment it is; write it like "
            "2026-01-05T15:00:00Z or 2026-01-05T09:00:00-06:00."
        )
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def day(value: Value, zone: ZoneInfo) -> str | None:
    """Return the day of an instant in `zone`; None where it is no instant."""
    try:
        return f"{datetime.fromisoformat(str(value)).astimezone(zone):%Y-%m-%d}"
    except ValueError:
        return None
