"""How often a sync reads by itself: its polls, and the nights on which it reads everything.

An app with a daily quota is asked less often than a person may have wanted, so that polls never use
up what writes need. All of it is arithmetic on counts; times are epoch milliseconds, UTC.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

FOR_POLLS, FOR_SCANS = 0.5, 0.25
"""The shares of what machines may call a day that polls, and complete reads, use at most. Writes,
the reads before them and what webhooks ask for have the rest, and all that these two leave."""

_DAY_SECONDS = 86_400
_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
_NIGHT_BEGINS, _NIGHT_ENDS = 1 * _HOUR_MS, 5 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class Budget:
    """What the credential of one side allows, and what this sync costs there.

    `daily` is the app's own number, None if it has none that we know; `machines` is how much of it
    is not kept for people. `syncs` share it. A poll, and a complete read, take so many pages.
    """

    app: str
    daily: int | None = None
    machines: int = 0
    syncs: int = 1
    poll_pages: float = 1.0
    scan_pages: float = 1.0

    @property
    def poll_seconds(self) -> float:
        """The shortest time between two polls that keeps polls within their share."""
        if self.daily is None:
            return 0.0
        return _DAY_SECONDS * self._shared(self.poll_pages) / (FOR_POLLS * max(self.machines, 1))

    @property
    def scan_nights(self) -> int:
        """How many nights lie at least between two complete reads."""
        if self.daily is None:
            return 1
        most = FOR_SCANS * max(self.machines, 1)
        return max(1, math.ceil(self._shared(self.scan_pages) / most))

    def _shared(self, pages: float) -> float:
        return max(pages, 1.0) * max(self.syncs, 1)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Every how many seconds a sync polls, and every how many nights it reads everything.

    `slowed_by` is the budget that makes the polls rarer than was wanted.
    """

    seconds: int
    nights: int
    slowed_by: Budget | None = None

    @property
    def sentence(self) -> str:
        """Say it in plain words."""
        every = f"polls every {_span(self.seconds)}"
        if self.slowed_by is None:
            return every
        allowed = f"{self.slowed_by.app} allows {self.slowed_by.daily:,} calls a day"
        syncs = self.slowed_by.syncs
        return f"{every}: {allowed}{f', shared by {syncs} syncs' if syncs > 1 else ''}"


def cadence(every_seconds: int, budgets: Sequence[Budget]) -> Cadence:
    """Return how often a sync reads that is to poll every so many seconds, if its budgets let it."""
    tightest = max(budgets, key=lambda budget: budget.poll_seconds)
    needed = math.ceil(tightest.poll_seconds)
    nights = max(budget.scan_nights for budget in budgets)
    if needed <= every_seconds:
        return Cadence(every_seconds, nights)
    return Cadence(needed, nights, tightest)


def night_after(now: int, sync_id: str, nights: int = 1) -> int:
    """Return when a sync reads everything next: in the small hours, each sync at a time of its own.

    At least half a day lies between, so that a read which began late moves into no second one.
    """
    place = int.from_bytes(hashlib.sha256(sync_id.encode()).digest()[:8])
    slot = _NIGHT_BEGINS + place % (_NIGHT_ENDS - _NIGHT_BEGINS)
    earliest = now + _DAY_MS // 2
    first = earliest - earliest % _DAY_MS + slot
    if first < earliest:
        first += _DAY_MS
    return first + (nights - 1) * _DAY_MS


def _span(seconds: int) -> str:
    minutes = seconds / 60
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} seconds"
    shown = f"{minutes:.0f}"
    return "minute" if shown == "1" else f"{shown} minutes"
