"""The arithmetic of keeping within limits: GCRA for the pace, a plain count for the day. Pure.

Times are seconds (epoch). A permit is the time from which one call may be made.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from instep.core.errors import DailyLimit
from instep.sdk.clock import Clock
from instep.sdk.limits import Limits, Observed, Purpose

RESERVE = 0.1
"""The share of a daily quota that is kept for people."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Where one credential stands. `free_at` is the theoretical arrival time of the next call."""

    per_second: float
    burst: int
    free_at: float = 0.0
    daily: int | None = None
    used_today: int = 0
    resets_at: float = 0.0
    paused_until: float = 0.0


def start(limits: Limits) -> Pace:
    """Return the pace of a credential that has made no call yet."""
    return Pace(limits.per_second, limits.burst, daily=limits.daily)


def lease(pace: Pace, wanted: int, purpose: Purpose, now: float) -> tuple[list[float], Pace]:
    """Return up to `wanted` permits and the pace after them.

    Raises DailyLimit when the day's quota (for machines: less the reserve) has none left.
    """
    pace = _new_day(pace, now)
    count = min(wanted, _left_today(pace, purpose))
    if count < 1:
        resets = datetime.fromtimestamp(pace.resets_at, UTC)
        raise DailyLimit(
            f"Today's quota of {pace.daily} calls is used up; it goes on at "
            f"{resets:%Y-%m-%d %H:%M} UTC.",
            resets,
        )
    interval = 1.0 / pace.per_second
    tolerance = interval * (pace.burst - 1)
    permits = []
    free_at = pace.free_at
    for _ in range(count):
        free_at = max(free_at, now)
        permits.append(max(free_at - tolerance, pace.paused_until, now))
        free_at += interval
    return permits, replace(pace, free_at=free_at, used_today=pace.used_today + count)


def _left_today(pace: Pace, purpose: Purpose) -> int:
    if pace.daily is None:
        return 2**31
    reserve = 0 if purpose is Purpose.PERSON else int(pace.daily * RESERVE)
    return pace.daily - reserve - pace.used_today


def _new_day(pace: Pace, now: float) -> Pace:
    if now < pace.resets_at:
        return pace
    midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(pace, used_today=0, resets_at=(midnight + _DAY).timestamp())


def learn(pace: Pace, observed: Observed, now: float) -> Pace:
    """Return the pace corrected by what a reply's headers said."""
    pace = _new_day(pace, now)
    if observed.per_second is not None:
        pace = replace(pace, per_second=observed.per_second)
    if observed.burst is not None:
        pace = replace(pace, burst=max(1, observed.burst))
    if observed.daily is not None:
        pace = replace(pace, daily=observed.daily)
    if observed.daily_left is not None and pace.daily is not None:
        # permits leased but not yet spent are counted by us and not by the app: take the larger
        pace = replace(pace, used_today=max(pace.used_today, pace.daily - observed.daily_left))
    if observed.daily_resets_at is not None:
        pace = replace(pace, resets_at=observed.daily_resets_at.timestamp())
    if observed.pause_until is not None:
        paused = max(pace.paused_until, observed.pause_until.timestamp())
        pace = replace(pace, paused_until=paused)
    return pace


class Permits:
    """Hands leased permits to concurrent callers in order, each at its time."""

    def __init__(
        self, clock: Clock, lease_more: Callable[[Purpose], Awaitable[list[float]]]
    ) -> None:
        self._clock = clock
        self._lease_more = lease_more
        self._left: deque[float] = deque()
        self._turn = asyncio.Lock()
        self._paused_until = 0.0

    async def take(self, purpose: Purpose) -> None:
        """Wait for a permit's time. Raises DailyLimit."""
        async with self._turn:
            if not self._left:
                self._left.extend(await self._lease_more(purpose))
            at = max(self._left.popleft(), self._paused_until)
        wait = at - self._clock.now().timestamp()
        if wait > 0:
            await self._clock.sleep(wait)

    def pause(self, until: float) -> None:
        """Hold every permit not yet handed out until then."""
        self._paused_until = max(self._paused_until, until)


class LocalLimiter:
    """A Limiter for one process and one short life: verifying a connection, tests."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._clock = clock
        self._pace = start(limits)
        self._permits = Permits(clock, self._lease)

    async def acquire(self, purpose: Purpose) -> None:
        """Wait until one call may be made. Raises DailyLimit."""
        await self._permits.take(purpose)

    async def _lease(self, purpose: Purpose) -> list[float]:
        permits, self._pace = lease(self._pace, 1, purpose, self._clock.now().timestamp())
        return permits

    async def learn(self, observed: Observed) -> None:
        """Take in what a reply said."""
        self._pace = learn(self._pace, observed, self._clock.now().timestamp())
        if observed.pause_until is not None:
            self._permits.pause(observed.pause_until.timestamp())
