from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from instep.sdk.clock import ManualClock, SystemClock

START = datetime(2026, 1, 2, tzinfo=UTC)


async def test_a_manual_clock_stands_still_until_somebody_sleeps():
    clock = ManualClock(START)
    await clock.sleep(3600)
    assert (clock.now(), clock.slept) == (START + timedelta(hours=1), [3600])


async def test_sleepers_wake_in_the_order_of_their_times():
    clock = ManualClock(START)
    woken = []

    async def sleep(seconds):
        await clock.sleep(seconds)
        woken.append((clock.now() - START).total_seconds())

    await asyncio.gather(*map(sleep, (3, 1, 2, 1)))
    assert woken == [1, 1, 2, 3]


async def test_a_sleeper_that_is_cancelled_holds_nobody_up():
    clock = ManualClock(START)
    first = asyncio.create_task(clock.sleep(1))
    second = asyncio.create_task(clock.sleep(2))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert clock.now() == START + timedelta(seconds=2)


async def test_the_systems_clock_is_aware_and_goes_on():
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0.001)
    assert clock.monotonic() > before
    assert clock.now().tzinfo is UTC
