"""BackNine's times. The facts only say that they are texts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def moment(raw: Any) -> datetime | None:
    """Return a time, aware and in UTC; None for what cannot be read as one.

    Assumed: ISO 8601, and UTC where no offset is told.
    """
    if not isinstance(raw, str):
        return None
    try:
        read = datetime.fromisoformat(raw.strip())
        aware = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def instant(at: datetime) -> str:
    """Return a time as records hold it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
