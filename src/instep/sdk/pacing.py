"""Keeping within limits: GCRA for the pace, a plain count for the day, permits for callers.

`start`, `lease` and `learn` are pure and work on a `Pace`, wherever it is kept; `Permits` makes
callers wait. Times are seconds (epoch). A permit is the time from which one call may be made.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil

from instep.core.errors import DailyLimit, RetryLater
from instep.sdk.clock import Clock
from instep.sdk.limits import Limits, Observed, Purpose

RESERVE = 0.1
"""The share of a daily quota that is kept for people."""

PATIENCE_SECONDS = 30.0
"""A longer wait for a permit is not slept but told."""

_STALE_SECONDS = 1.0
_NOTICEABLE_SECONDS = 0.001
_DAY = timedelta(days=1)
_UNLIMITED = 2**31


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

    @property
    def interval(self) -> float:
        """Seconds between two calls at the steady rate."""
        return 1.0 / self.per_second

    @property
    def tolerance(self) -> float:
        """How many seconds ahead of the steady rate a burst may run."""
        return self.interval * (self.burst - 1)


def start(limits: Limits) -> Pace:
    """Return the pace of a credential that has made no call yet."""
    return Pace(limits.per_second, limits.burst, daily=limits.daily)


def lease(pace: Pace, wanted: int, purpose: Purpose, now: float) -> tuple[list[float], Pace]:
    """Return up to `wanted` permits and the pace after them.

    However they are leased, no span of t seconds holds more than burst + per_second * t permits.
    Raises DailyLimit when the day's quota (for machines: less the reserve) has none left.
    """
    pace = _new_day(pace, now)
    count = min(wanted, _left_today(pace, purpose))
    if count < 1:
        raise _used_up(pace, purpose)
    permits = []
    # what was not called during a pause is not saved up for its end
    earliest, free_at = max(now, pace.paused_until), pace.free_at
    for _ in range(count):
        permits.append(max(free_at - pace.tolerance, earliest))
        free_at = max(free_at, earliest) + pace.interval
    return permits, replace(pace, free_at=free_at, used_today=pace.used_today + count)


def learn(pace: Pace, observed: Observed, now: float) -> Pace:
    """Return the pace corrected by what a reply's headers said."""
    pace = _new_day(pace, now)
    pace = replace(
        pace,
        per_second=observed.per_second or pace.per_second,
        burst=pace.burst if observed.burst is None else max(1, observed.burst),
        daily=pace.daily if observed.daily is None else observed.daily,
    )
    if observed.daily_left is not None and pace.daily is not None:
        # permits leased but not yet spent are counted by us and not by the app: take the larger
        pace = replace(pace, used_today=max(pace.used_today, pace.daily - observed.daily_left))
    if observed.daily_resets_at is not None:
        pace = replace(pace, resets_at=observed.daily_resets_at.timestamp())
    if observed.burst_left is not None:
        spent = pace.tolerance - (observed.burst_left - 1) * pace.interval
        pace = replace(pace, free_at=max(pace.free_at, now + spent))
    if observed.pause_until is not None:
        paused = max(pace.paused_until, observed.pause_until.timestamp())
        pace = replace(pace, paused_until=paused)
    return pace


@dataclass(frozen=True, slots=True)
class Left:
    """What a credential may still do: calls at once, per second from then on, and today.

    `daily` and `today` are None where no daily limit is known. `reserve` is the part of `today`
    that is kept for people. `paused_until` is when the app wants calls again; None: now.
    """

    at_once: int
    per_second: float
    daily: int | None
    today: int | None
    reserve: int
    resets_at: float | None
    paused_until: float | None


def left_of(pace: Pace, now: float) -> Left:
    """Return what is left of a pace at a time."""
    pace = _new_day(pace, now)
    is_paused = pace.paused_until > now
    ahead = max(0.0, pace.free_at - now)
    at_once = max(0, pace.burst - ceil(ahead * pace.per_second))
    has_day = pace.daily is not None
    return Left(
        at_once=0 if is_paused else at_once,
        per_second=pace.per_second,
        daily=pace.daily,
        today=max(0, _left_today(pace, Purpose.PERSON)) if has_day else None,
        reserve=int((pace.daily or 0) * RESERVE),
        resets_at=pace.resets_at if has_day else None,
        paused_until=pace.paused_until if is_paused else None,
    )


def _left_today(pace: Pace, purpose: Purpose) -> int:
    if pace.daily is None:
        return _UNLIMITED
    reserve = 0 if purpose is Purpose.PERSON else int(pace.daily * RESERVE)
    return pace.daily - reserve - pace.used_today


def _used_up(pace: Pace, purpose: Purpose) -> DailyLimit:
    resets = datetime.fromtimestamp(pace.resets_at, UTC)
    kept = _left_today(pace, Purpose.PERSON) > 0 and purpose is not Purpose.PERSON
    reserve = " but for the tenth that is kept for people" if kept else ""
    return DailyLimit(
        f"Today's quota of {pace.daily} calls is used up{reserve}; it goes on at "
        f"{resets:%Y-%m-%d %H:%M} UTC.",
        resets,
    )


def _new_day(pace: Pace, now: float) -> Pace:
    """Begin a new count once the old one has run out; at midnight UTC while nobody said when."""
    if now < pace.resets_at:
        return pace
    midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(pace, used_today=0, resets_at=(midnight + _DAY).timestamp())


@dataclass(slots=True)
class _Queue:
    """Callers of one kind, and the permits leased for them."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    left: deque[float] = field(default_factory=deque)
    waiting: int = 0


class Permits:
    """Hands leased permits to concurrent callers in order, each at its time.

    `lease_more` should lease for everybody who waits: `waiting` tells how many. Whoever comes
    while a lease is under way is counted in the next one, so blocks grow with the load by
    themselves, and an idle connection wastes nothing of its daily quota. People queue apart:
    what was leased for them from the reserve is not for machines.
    """

    def __init__(
        self, clock: Clock, lease_more: Callable[[Purpose], Awaitable[list[float]]]
    ) -> None:
        self._clock = clock
        self._lease_more = lease_more
        self._people = _Queue()
        self._machines = _Queue()
        self._paused_until = 0.0
        self._interval = self._tolerance = 0.0
        self._free_at = 0.0

    def keep_to(self, pace: Pace) -> None:
        """Let calls keep this distance from each other, however late they come to be made."""
        self._interval, self._tolerance = pace.interval, pace.tolerance

    def waiting(self, purpose: Purpose) -> int:
        """Return how many callers in the queue of this purpose have no permit yet."""
        return self._queue(purpose).waiting

    async def take(self, purpose: Purpose) -> None:
        """Wait for a permit's time.

        Raises DailyLimit, or RetryLater when the time is further away than anybody should wait.
        """
        at = await self._next(purpose)
        await self._until(at)
        while at < self._paused_until:
            # the app asked for a pause after this permit was leased: it holds no longer
            await self._until(self._paused_until)
            at = await self._next(purpose)
            await self._until(at)
        await self._in_turn()

    def pause(self, until: float) -> None:
        """Let no permit that begins before `until` be used."""
        self._paused_until = max(self._paused_until, until)

    def _queue(self, purpose: Purpose) -> _Queue:
        return self._people if purpose is Purpose.PERSON else self._machines

    async def _next(self, purpose: Purpose) -> float:
        queue = self._queue(purpose)
        queue.waiting += 1
        try:
            async with queue.turn:
                self._drop_stale(queue.left)
                if not queue.left:
                    queue.left.extend(await self._lease_more(purpose))
                return queue.left.popleft()
        finally:
            queue.waiting -= 1

    def _drop_stale(self, left: deque[float]) -> None:
        """Forget permits whose time is over: used late, they would come on top of newer ones."""
        oldest = self._clock.now().timestamp() - _STALE_SECONDS
        while left and left[0] < oldest:
            left.popleft()

    async def _in_turn(self) -> None:
        """Wait while the calls just before this one are too close.

        A busy machine wakes several callers at once when their times have gone by. Made together,
        those calls would come on top of the ones whose time is now.
        """
        now = self._clock.now().timestamp()
        wait = self._free_at - self._tolerance - now
        self._free_at = max(self._free_at, now) + self._interval
        if wait > _NOTICEABLE_SECONDS:
            await self._clock.sleep(wait)

    async def _until(self, at: float) -> None:
        wait = at - self._clock.now().timestamp()
        if wait > PATIENCE_SECONDS:
            moment = datetime.fromtimestamp(at, UTC)
            raise RetryLater(
                f"The next call is possible at {moment:%Y-%m-%d %H:%M:%S} UTC.", moment
            )
        if wait > 0:
            await self._clock.sleep(wait)


class LocalLimiter:
    """A Limiter for one process and one short life: verifying a connection, tests."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._clock = clock
        self._pace = start(limits)
        self._permits = Permits(clock, self._lease)

    async def acquire(self, purpose: Purpose) -> None:
        """Wait until one call may be made. Raises DailyLimit, RetryLater."""
        await self._permits.take(purpose)

    async def _lease(self, purpose: Purpose) -> list[float]:
        now = self._clock.now().timestamp()
        permits, self._pace = lease(self._pace, self._permits.waiting(purpose), purpose, now)
        self._permits.keep_to(self._pace)
        return permits

    async def learn(self, observed: Observed) -> None:
        """Take in what a reply said."""
        self._pace = learn(self._pace, observed, self._clock.now().timestamp())
        if observed.pause_until is not None:
            self._permits.pause(observed.pause_until.timestamp())
