"""When to try again: pure arithmetic; the caller supplies chance and keeps the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from instep.core.errors import DailyLimit, InstepError, OutcomeUnknown, RetryLater

BASE_SECONDS = 0.5
CAP_SECONDS = 300.0

_HIGHEST_POWER = 32  # far beyond the cap, and no float overflows on the way


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call is tried in place, and how long it may wait there in seconds."""

    attempts: int = 4
    longest_wait: float = 20.0


RetryDecision = float | None
"""Seconds until the next attempt; None: not here, the error goes to whoever can wait longer."""


def next_attempt(
    error: InstepError, attempt: int, now: datetime, chance: float, policy: RetryPolicy
) -> RetryDecision:
    """Decide what follows after the `attempt`-th failure (1, 2, …) of one call.

    Only what surely was not done, or does no harm twice, is tried again in place: the error says
    so by its kind. An unknown outcome has to be looked up first, and a daily quota is not waited
    for. The app's own word (`at`) comes before ours.
    """
    if not isinstance(error, RetryLater) or isinstance(error, (OutcomeUnknown, DailyLimit)):
        return None
    if attempt >= policy.attempts:
        return None
    wait = backoff_seconds(attempt, chance)
    if error.at is not None:
        wait += max(0.0, (error.at - now).total_seconds())
    return wait if wait <= policy.longest_wait else None


def backoff_seconds(attempt: int, chance: float) -> float:
    """Return how long to wait after the `attempt`-th failure (1, 2, …).

    Exponential with full jitter: `chance` in [0, 1) spreads the waits of many over the whole
    span, so that they do not all come back at once.
    """
    span: float = min(CAP_SECONDS, BASE_SECONDS * 2.0 ** min(attempt, _HIGHEST_POWER))
    return span * chance
