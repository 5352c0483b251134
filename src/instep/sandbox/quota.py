"""Counts calls against an allowance, as apps that limit their callers do."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_DAY = 86_400.0


def parse_pace(text: str) -> int:
    """Return how many times the app's true limits are multiplied.

    `real` is 1, `fast` is 10, any whole number is itself. Raises ValueError on anything else.
    """
    factor = {"real": 1, "fast": 10}.get(text) or int(text)
    if factor < 1:
        raise ValueError(text)
    return factor


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `calls` in any `seconds`, and at most `daily` between two midnights (UTC)."""

    calls: int
    seconds: float
    daily: int

    def times(self, factor: int) -> Allowance:
        """Return this allowance `factor` times as wide."""
        return Allowance(self.calls * factor, self.seconds, self.daily * factor)


class Quota:
    """What one credential has used of its allowance.

    The window slides, which is the strictest reading of "n calls per t seconds": a client that
    keeps within it keeps within any other. Times are seconds since 1970. What was used is
    forgotten at a restart.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._recent: deque[float] = deque()
        self._day = 0
        self._today = 0

    @property
    def left(self) -> int:
        """Calls left in the window, as of the last `take`."""
        return max(self.allowance.calls - len(self._recent), 0)

    @property
    def daily_left(self) -> int:
        """Calls left today, as of the last `take`."""
        return max(self.allowance.daily - self._today, 0)

    def take(self, now: float) -> bool:
        """Use one call if the allowance has one; say whether it had."""
        self._forget(now)
        if not (self.left and self.daily_left):
            return False
        self._recent.append(now)
        self._today += 1
        return True

    def day_ends_in(self, now: float) -> float:
        """Return the seconds until the daily count begins again."""
        return _DAY - now % _DAY

    def _forget(self, now: float) -> None:
        # a clock that was put back leaves calls in its future: they count no more
        began = now - self.allowance.seconds
        while self._recent and not began < self._recent[0] <= now:
            self._recent.popleft()
        day = int(now // _DAY)
        if day != self._day:
            self._day, self._today = day, 0
