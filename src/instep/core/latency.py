"""How long things take, counted in classes, so that a middle can be told without every figure. Pure.

A class is half of a doubling: what falls into one differs by less than the half of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

UNTIMED = -1
"""The class of what was done and has no beginning that says anything, such as a first run's writes."""

_PER_DOUBLING = 2


def class_of(milliseconds: int) -> int:
    """Return the class of a time. What clocks that differ make negative counts as none at all."""
    return math.floor(_PER_DOUBLING * math.log2(max(milliseconds, 0) + 1))


def median(counts: Mapping[int, int]) -> int | None:
    """Return the middle of times counted by class, in milliseconds; None: nothing was timed."""
    timed = {number: count for number, count in counts.items() if number != UNTIMED and count > 0}
    left = sum(timed.values()) / 2
    for number in sorted(timed):
        if left <= timed[number]:
            return _within(number, left / timed[number])
        left -= timed[number]
    return None


def _within(number: int, share: float) -> int:
    """Return the time so far into a class, as if its times were spread evenly."""
    begins, ends = (2 ** (each / _PER_DOUBLING) - 1 for each in (number, number + 1))
    return round(begins + (ends - begins) * share)
