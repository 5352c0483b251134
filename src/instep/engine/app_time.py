"""When a read began, by the app's own clock: from there the next one goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from instep.sdk.request import Reply

_SKEW = timedelta(minutes=5)
"""How far our clock may be off where the app does not tell its own time."""


def began(reply: Reply, overlap_seconds: int, now: datetime) -> str:
    """Return when a read began that had this first reply, less the overlap (ISO 8601, UTC).

    Whatever changed before that was visible by then. `now` counts only where the app tells no time.
    """
    overlap = timedelta(seconds=overlap_seconds)
    told = _date(reply)
    moment = told - overlap if told is not None else now - overlap - _SKEW
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(reply: Reply) -> datetime | None:
    """Return the reply's Date header: the app's clock, so that a skew of ours does not count."""
    try:
        return parsedate_to_datetime(reply.headers["date"])
    except (KeyError, ValueError):
        return None
