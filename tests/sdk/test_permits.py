from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from instep.core.errors import DailyLimit, RetryLater
from instep.sdk.clock import ManualClock
from instep.sdk.limits import Limits, Observed, Purpose
from instep.sdk.pacing import LocalLimiter, Permits

START = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def clock():
    return ManualClock(START)


class Lessor:
    """Leases what it is told to, when it is told to; keeps how many waited."""

    def __init__(self, clock):
        self.clock = clock
        self.permits = None
        self.asked = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, purpose):
        self.asked.append((purpose, self.permits.waiting(purpose)))
        await self.gate.wait()
        now = self.clock.now().timestamp()
        return [now + 0.1 * n for n in range(self.permits.waiting(purpose))]


@pytest.fixture
def lessor(clock):
    return Lessor(clock)


@pytest.fixture
def permits(clock, lessor):
    lessor.permits = Permits(clock, lessor)
    return lessor.permits


async def started(*calls):
    tasks = [asyncio.create_task(call) for call in calls]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_a_lone_caller_leases_for_itself_only(permits, lessor):
    await permits.take(Purpose.READ)
    assert lessor.asked == [(Purpose.READ, 1)]


async def test_who_comes_while_a_lease_is_under_way_shares_the_next_one(permits, lessor):
    lessor.gate.clear()
    tasks = await started(*(permits.take(Purpose.READ) for _ in range(6)))
    lessor.gate.set()
    await asyncio.gather(*tasks)
    assert len(lessor.asked) == 1
    assert permits.waiting(Purpose.READ) == 0


async def test_people_queue_apart_from_machines(permits, lessor):
    lessor.gate.clear()
    tasks = await started(*(permits.take(purpose) for purpose in (*Purpose, Purpose.PERSON)))
    assert (permits.waiting(Purpose.PERSON), permits.waiting(Purpose.READ)) == (2, 2)
    lessor.gate.set()
    await asyncio.gather(*tasks)
    assert {purpose is Purpose.PERSON for purpose, _ in lessor.asked} == {True, False}


async def test_a_caller_that_gave_up_leaves_the_queue(permits, lessor):
    lessor.gate.clear()
    first, second = await started(permits.take(Purpose.READ), permits.take(Purpose.READ))
    first.cancel()
    lessor.gate.set()
    await second
    assert first.cancelled()
    assert permits.waiting(Purpose.READ) == 0


async def test_a_permit_nobody_used_in_time_is_not_used_later(permits, lessor, clock):
    lessor.gate.clear()
    first, second = await started(permits.take(Purpose.READ), permits.take(Purpose.READ))
    lessor.gate.set()
    second.cancel()
    await first
    clock.move(60)
    await permits.take(Purpose.READ)
    assert len(lessor.asked) == 2


async def test_a_failed_lease_reaches_everybody_who_waited(clock):
    async def refuse(_purpose):
        raise DailyLimit("used up", START)

    permits = Permits(clock, refuse)
    results = await asyncio.gather(
        *(permits.take(Purpose.READ) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [DailyLimit] * 3


async def test_callers_keep_to_the_pace_and_its_order(clock):
    limiter = LocalLimiter(Limits(per_second=2.0, burst=2, concurrency=4), clock)
    times = []

    async def call():
        await limiter.acquire(Purpose.READ)
        times.append((clock.now() - START).total_seconds())

    await asyncio.gather(*(call() for _ in range(6)))
    assert times == [0.0, 0.0, 0.5, 1.0, 1.5, 2.0]


async def test_calls_that_were_held_up_do_not_come_on_top_of_those_whose_time_is_now(clock):
    limiter = LocalLimiter(Limits(per_second=10.0, burst=2, concurrency=20), clock)
    times = []

    async def call(number):
        await limiter.acquire(Purpose.READ)
        times.append((clock.now() - START).total_seconds())
        if number == 4:
            clock.move(0.55)  # the machine is busy; the times of five others go by meanwhile

    await asyncio.gather(*(call(number) for number in range(12)))
    spans = [(first, last) for last in range(1, 12) for first in range(last)]
    assert all(
        last - first + 1 <= 2 + 10.0 * (times[last] - times[first]) + 0.001 for first, last in spans
    )


async def test_a_pause_reaches_callers_that_hold_a_permit_already(clock):
    limiter = LocalLimiter(Limits(per_second=1.0, burst=1, concurrency=4), clock)
    await limiter.acquire(Purpose.READ)
    waiting = asyncio.create_task(limiter.acquire(Purpose.READ))
    await asyncio.sleep(0)  # it has its permit and sleeps for it
    await limiter.learn(Observed(pause_until=START + timedelta(seconds=20)))
    await waiting
    assert (clock.now() - START).total_seconds() >= 20.0


async def test_a_long_pause_is_told_instead_of_slept(clock):
    limiter = LocalLimiter(Limits(per_second=1.0, burst=1, concurrency=4), clock)
    until = START + timedelta(hours=1)
    await limiter.learn(Observed(pause_until=until))
    with pytest.raises(RetryLater) as caught:
        await limiter.acquire(Purpose.PERSON)
    assert caught.value.at == until
    assert clock.slept == []


async def test_a_local_limiter_counts_the_day(clock):
    limiter = LocalLimiter(Limits(per_second=100.0, burst=9, concurrency=4, daily=2), clock)
    await limiter.acquire(Purpose.PERSON)
    await limiter.acquire(Purpose.PERSON)
    with pytest.raises(DailyLimit):
        await limiter.acquire(Purpose.PERSON)
