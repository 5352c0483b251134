"""One budget per credential, whoever spends it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from instep.core.errors import DailyLimit
from instep.sdk.clock import ManualClock
from instep.sdk.limits import Limits, Observed, Purpose
from instep.store.limits import StoredLimiter
from instep.store.schema.connections import pace
from tests.store.crowd import crowd

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def worker(database, connection, clock):
    """Makes the limiter of one more worker."""
    return lambda limits: StoredLimiter(database, connection, limits, clock)


def stored(database):
    with database.read() as tx:
        return json.loads(tx.execute(sa.select(pace.c.state)).scalar_one())


async def test_two_workers_share_one_burst_and_one_pace(worker, clock):
    limits = Limits(per_second=10, burst=3, concurrency=4)
    first, second = worker(limits), worker(limits)
    began, times = clock.monotonic(), []
    for turn in range(13):
        await (first, second)[turn % 2].acquire(Purpose.READ)
        times.append(clock.monotonic() - began)
    assert times == pytest.approx([0, 0, 0, *(step / 10 for step in range(1, 11))], abs=1e-3)


async def test_a_worker_that_comes_back_after_hours_saved_up_nothing(worker, clock):
    limiter = worker(Limits(per_second=10, burst=2, concurrency=4))
    await limiter.acquire(Purpose.READ)
    clock.move(7200)
    began = clock.monotonic()
    for _ in range(6):
        await limiter.acquire(Purpose.READ)
    assert clock.monotonic() - began == pytest.approx(0.4, abs=1e-3)


async def test_a_day_ends_for_all_workers_together_and_people_still_get_through(worker):
    limits = Limits(per_second=1000, burst=100, concurrency=4, daily=20)
    first, second = worker(limits), worker(limits)
    for turn in range(18):
        await (first, second)[turn % 2].acquire(Purpose.WRITE)
    for machine in (first, second):
        with pytest.raises(DailyLimit):
            await machine.acquire(Purpose.READ)
    for person in (first, second):
        await person.acquire(Purpose.PERSON)
    with pytest.raises(DailyLimit) as caught:
        await first.acquire(Purpose.PERSON)
    assert caught.value.at == datetime(2026, 11, 22, tzinfo=UTC)


async def test_what_one_worker_learns_all_keep_to(worker, clock):
    limits = Limits(per_second=100, burst=10, concurrency=4)
    first, second = worker(limits), worker(limits)
    await first.learn(Observed(per_second=2, burst=1))
    began = clock.monotonic()
    for _ in range(3):
        await second.acquire(Purpose.READ)
    assert clock.monotonic() - began == pytest.approx(1.0, abs=1e-3)


async def test_a_pause_holds_for_everybody(worker, clock):
    limits = Limits(per_second=100, burst=10, concurrency=4)
    first, second = worker(limits), worker(limits)
    until = NOW + timedelta(seconds=3)
    await first.learn(Observed(pause_until=until))
    await second.acquire(Purpose.READ)
    assert clock.now() >= until


async def test_a_reply_that_says_nothing_new_writes_nothing(worker, database):
    limiter = worker(Limits(per_second=100, burst=10, concurrency=4))
    usual = Observed(per_second=10, burst=4, burst_left=90, daily=1000, daily_left=500)
    await limiter.learn(usual)
    written = _writes(database)
    await limiter.learn(usual)
    await limiter.learn(Observed(per_second=10, burst=4, burst_left=80, daily=1000, daily_left=495))
    assert written == []
    await limiter.learn(Observed(per_second=10, burst=4, burst_left=80, daily=1000, daily_left=480))
    assert written != []
    assert stored(database)["used_today"] == 520


async def test_somebody_else_on_the_same_credential_slows_us_down(worker, clock):
    limiter = worker(Limits(per_second=10, burst=4, concurrency=4))
    await limiter.learn(Observed(burst_left=50))
    await limiter.learn(Observed(burst_left=0))
    began = clock.monotonic()
    await limiter.acquire(Purpose.READ)
    assert clock.monotonic() - began == pytest.approx(0.1, abs=1e-3)


def test_processes_that_race_stay_within_the_budget(database_url, connection):
    per_second, burst, daily = 100, 5, 60
    limits = map(str, (per_second, burst, daily))
    with crowd(2, "caller.py", database_url, connection.id, *limits) as processes:
        began = time.time()
        processes.tell("call")
        calls = sorted(float(each) for line in processes.hear() for each in line.split())
    machines = daily - daily // 10
    assert len(calls) == machines
    for number, at in enumerate(calls, start=1):
        assert number <= burst + per_second * (at - began) + 1e-6


def _writes(database):
    """Collect the statements that change something from now on."""
    written = []

    def note(_connection, _cursor, statement, *_more):
        if not statement.startswith("SELECT"):
            written.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    return written
