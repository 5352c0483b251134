"""Drains through DBOS on both databases: due work is found, and what ended is forgotten."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta

import pytest
from dbos import DBOS

from instep.core.records import Write
from instep.engine import jobs
from instep.engine.host import running
from instep.engine.lingering import Lingering
from instep.sdk.clock import SystemClock
from instep.store.vault import Vault
from instep.store.workers import beat
from tests.crash.fuse import Fuse
from tests.crash.small_world import contents, make_world, named, start_process
from tests.engine.test_hints import tell


@pytest.fixture
async def world(database):
    made = await make_world(database, Vault(os.urandom(32)))
    made.clock = SystemClock()
    return made


@pytest.fixture
async def engine(world):
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, Fuse())
    engine.db = world.database
    yield engine, syncs
    await clients.close()


async def _until_done(world, syncs):
    async with asyncio.timeout(60):
        while True:
            latest = (await syncs.status(world.sync)).latest
            if latest is not None and latest.state == "done":
                return
            await asyncio.sleep(0.05)


async def test_a_due_sync_is_run_by_a_drain(world, engine):
    engine, syncs = engine
    async with running(engine, "local") as host:
        await syncs.request_run(world.sync)
        host.wake()
        await _until_done(world, syncs)
    assert contents(world.a) == contents(world.b)


async def test_drains_that_ended_are_forgotten(world, engine):
    engine, syncs = engine
    async with running(engine, "local", Lingering(0.0)) as host:
        await syncs.request_run(world.sync)
        host.wake()
        await _until_done(world, syncs)
        assert await asyncio.to_thread(DBOS.list_workflows, name="drain")
        async with asyncio.timeout(60):
            while await asyncio.to_thread(DBOS.list_workflows, name="drain"):
                later = datetime.now(UTC) + timedelta(seconds=1)
                await asyncio.to_thread(jobs._forget_finished, later)


async def test_a_worker_silent_for_too_long_is_forgotten_and_the_work_goes_on(world, engine):
    engine, syncs = engine
    long_ago = int((datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1000)
    await engine.db.run(lambda tx: beat(tx, "dead", long_ago, jobs.DEAD_AFTER_MS))
    async with running(engine, "alive") as host:
        await syncs.request_run(world.sync)
        host.wake()
        await _until_done(world, syncs)
        now = int(datetime.now(UTC).timestamp() * 1000)
        silent = await engine.db.run(lambda tx: beat(tx, "alive", now, jobs.DEAD_AFTER_MS))
    assert silent == []


async def _change(world, host, city):
    """Change a contact and tell by webhook; return when the other app has it."""
    equal = named(world.a, "Equal").id
    world.a.edit(equal, Write(set={"city": city}))
    await tell(world, world.a, equal)
    host.wake()
    async with asyncio.timeout(60):
        while named(world.b, "Equal").values["city"] != city:  # noqa: ASYNC110 - an app tells nobody
            await asyncio.sleep(0.01)


async def _drains():
    return len(await asyncio.to_thread(DBOS.list_workflows, name="drain"))


async def test_a_drain_that_lingers_takes_the_next_changes_too(world, engine):
    engine, syncs = engine
    async with running(engine, "local") as host:
        await syncs.request_run(world.sync)
        host.wake()
        await _until_done(world, syncs)
        for city in ("Gouda", "Hoorn"):
            await _change(world, host, city)
        assert await _drains() == 1


async def test_a_lingering_drain_that_was_overtaken_gives_way_to_a_new_one(world, engine):
    engine, syncs = engine
    async with running(engine, "local") as host:
        made = await syncs.request_run(world.sync)
        host.wake()
        await _until_done(world, syncs)
        await engine.take(made.shard)  # as another worker or a preview does
        await _change(world, host, "Gouda")
        assert await _drains() == 2


async def test_a_drain_at_work_is_rung_and_the_shards_that_nobody_answers_for_are_told(engine):
    engine, _ = engine
    with engine.lingering.draining(3):
        engine.lingering.heard(3)
        assert engine.ring({3, 4}) == {4}
        assert await engine.lingering.wait(3)
    assert engine.ring({3}) == {3}
