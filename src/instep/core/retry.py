"""When to try again: pure arithmetic; the caller supplies chance and keeps the time."""

from __future__ import annotations

from dataclasses import dataclass

BASE_SECONDS = 0.5
CAP_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call is tried in place, and how long it may wait there in seconds."""

    attempts: int = 4
    longest_wait: float = 20.0


def backoff_seconds(attempt: int, chance: float) -> float:
    """Return how long to wait after the `attempt`-th failure (1, 2, …).

    Exponential with full jitter: `chance` in [0, 1) spreads the waits of many over the whole
    span, so that they do not all come back at once.
    """
    span: float = min(CAP_SECONDS, BASE_SECONDS * 2.0 ** min(attempt, 32))
    return span * chance
