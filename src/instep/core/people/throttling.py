"""How long somebody waits who keeps failing to sign in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

FREE = {"both": 5, "user": 30, "address": 30}
"""Failures without any wait: of one user from one address, of one user, from one address.

The last two are wide: else a stranger could lock a user out, and an office share one address.
"""
FORGET_MS = 24 * 3_600_000
"""After so long without a failure, earlier ones do not count."""
_FIRST_MS, _LONGEST_MS = 30_000, 15 * 60_000


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures in a row under one key, and when the last one was (epoch milliseconds)."""

    kind: str
    number: int
    last_at: int


def wait_ms(failures: Failures, now: int) -> int:
    """Return how many milliseconds to wait before the next attempt; 0 is none.

    Doubles with each failure above those that are free, up to a quarter of an hour.
    """
    above = failures.number - FREE[failures.kind]
    if above < 0 or now - failures.last_at >= FORGET_MS:
        return 0
    wait = min(_FIRST_MS << min(above, 10), _LONGEST_MS)
    return max(0, failures.last_at + wait - now)


def next_number(failures: Failures | None, now: int) -> int:
    """Return the number of failures with one more."""
    if failures is None or now - failures.last_at >= FORGET_MS:
        return 1
    return failures.number + 1
