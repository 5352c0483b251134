"""How many calls Insightly allows: a rate to keep and a daily quota its headers tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from instep.sdk.limits import Limits, Observed
from instep.sdk.request import Reply

_SAFE = "4"
_TOO_MANY = 429


def limits(_kind: str, config: Mapping[str, str]) -> Limits:
    """Return the rate the user chose.

    The vendor says 10 a second, one client met 429 above 5 and for concurrency too (facts: apps
    1.2). Without a burst no second ever holds more than one call above the rate.
    """
    return Limits(float(config.get("per_second") or _SAFE), burst=1, concurrency=4)


def observed(reply: Reply) -> Observed:
    """Read the daily quota, which depends on the plan, and how long a burst has to wait."""
    left = _number(reply, "x-ratelimit-remaining")
    wait = retry_after(reply)
    throttled = reply.status == _TOO_MANY and wait is not None
    return Observed(
        daily=_number(reply, "x-ratelimit-limit"),
        daily_left=left,
        daily_resets_at=None if left is None else next_midnight(datetime.now(UTC)),
        pause_until=datetime.now(UTC) + wait if throttled and wait else None,
    )


def quota_is_used_up(reply: Reply) -> bool:
    """Tell a daily 429 from a burst: only then nothing remains (facts: apps 1.2)."""
    return _number(reply, "x-ratelimit-remaining") == 0


def retry_after(reply: Reply) -> timedelta | None:
    """Return how long the app asks to wait, where it says so."""
    seconds = _number(reply, "retry-after")
    return None if seconds is None else timedelta(seconds=seconds)


def next_midnight(now: datetime) -> datetime:
    """Return when the daily quota starts anew: at midnight UTC (facts: apps 1.2)."""
    return datetime.combine(now.date() + timedelta(days=1), time.min, tzinfo=UTC)


def _number(reply: Reply, header: str) -> int | None:
    text = reply.headers.get(header, "")
    return int(text) if text.isdigit() else None
