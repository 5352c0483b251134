"""Times as GoHighLevel writes and reads them; inside they are milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from instep.sandbox.gohighlevel.shapes import whole_number

# facts: ghl 6.6; year first, or month, day, year
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})([-/._])(?P<m>\d{2})\2(?P<d>\d{2})")
_YEAR_LAST = re.compile(r"(?P<m>\d{2})([-/._])(?P<d>\d{2})\2(?P<y>\d{4})")


def iso(milliseconds: int) -> str:
    """Return `2026-01-31T09:30:00.000Z`."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(value: Any) -> int | None:
    """Return the milliseconds that a number or an ISO 8601 text stands for, else None."""
    if not isinstance(value, str):
        return whole_number(value)
    try:
        parsed = datetime.fromisoformat(value)
        aware = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the year may leave 1 to 9999 on the way to UTC
        return None
    return int(aware.timestamp() * 1000)


def birthday(value: Any) -> str | None:
    """Return YYYY-MM-DD if the text is a day in one of the eight forms taken, else None."""
    if not isinstance(value, str):
        return None
    found = _YEAR_FIRST.fullmatch(value) or _YEAR_LAST.fullmatch(value)
    if found is None:
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return None
