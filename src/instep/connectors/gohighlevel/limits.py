"""How many calls GoHighLevel allows: what is known beforehand and what its headers say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from instep.sdk.limits import Limits, Observed
from instep.sdk.request import Reply

BURST = 4
"""Calls at once, at most; less where few are allowed, since a burst lowers the steady rate."""

_AT_ONCE = 0.04
_CONCURRENCY = 8
_TOO_MANY = 429


def limits(kind: str, _config: Mapping[str, str]) -> Limits:
    """Return the limits of one location before the first reply has told them."""
    # facts: ghl 4; OAuth is documented, private tokens were only measured
    if kind == "oauth2":
        return Limits(_rate(100, 10), _burst(100), _CONCURRENCY, daily=200_000)
    return Limits(_rate(25, 10), _burst(25), _CONCURRENCY, daily=10_000)


def observed(reply: Reply) -> Observed:
    """Read the limits in force out of a reply's headers."""
    most = _number(reply, "x-ratelimit-max")
    seconds = window(reply).total_seconds()
    resets_in = _number(reply, "x-ratelimit-daily-reset")
    now = datetime.now(UTC)
    return Observed(
        per_second=_rate(most, seconds) if most else None,
        burst=_burst(most) if most else None,
        daily=_number(reply, "x-ratelimit-limit-daily"),
        daily_left=_number(reply, "x-ratelimit-daily-remaining"),
        # a duration in milliseconds, not a time (facts: ghl 4)
        daily_resets_at=None if resets_in is None else now + timedelta(milliseconds=resets_in),
        # a 429 says nothing about when to come back, but the window it counts in has a length
        pause_until=now + window(reply) if reply.status == _TOO_MANY else None,
    )


def window(reply: Reply) -> timedelta:
    """Return the length of the window calls are counted in; ten seconds where not told."""
    return timedelta(milliseconds=_number(reply, "x-ratelimit-interval-milliseconds") or 10_000)


def _rate(most: int, seconds: float) -> float:
    """Return the steady rate at which no window ever holds more than `most` calls.

    A window may begin with a burst, so the burst comes off what is spread over the window.
    """
    return max(most - _burst(most), 1) / seconds


def _burst(most: int) -> int:
    """Return how many calls of a window's `most` may be made at once: a twenty-fifth of them."""
    return max(1, min(BURST, int(most * _AT_ONCE)))


def _number(reply: Reply, header: str) -> int | None:
    text = reply.headers.get(header, "")
    return int(text) if text.isdigit() else None
