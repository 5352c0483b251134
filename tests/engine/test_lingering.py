"""Drains that wait for more: woken by a bell, few at once, and nothing rung is ever lost."""

from __future__ import annotations

import asyncio

from instep.engine.lingering import Lingering


async def _linger(lingering, shard, began):
    with lingering.draining(shard):
        lingering.heard(shard)
        began.set()
        return await lingering.wait(shard)


async def _waiting(lingering, *shards):
    """Let drains of these shards wait, in this order."""
    tasks = []
    for shard in shards:
        began = asyncio.Event()
        tasks.append(asyncio.create_task(_linger(lingering, shard, began)))
        await began.wait()
    return tasks


async def test_a_drain_that_waits_is_woken():
    lingering = Lingering(60)
    [drain] = await _waiting(lingering, 7)
    assert lingering.ring({7, 8}) == {8}
    assert await drain


async def test_a_bell_rung_while_the_drain_works_is_not_lost():
    lingering = Lingering(60)
    with lingering.draining(7):
        lingering.heard(7)
        lingering.ring({7})
        assert await lingering.wait(7)


async def test_a_drain_that_nobody_wakes_ends():
    [drain] = await _waiting(Lingering(0.01), 7)
    assert not await drain


async def test_the_one_that_waits_longest_gives_way():
    lingering = Lingering(60, most=2)
    drains = await _waiting(lingering, 1, 2, 3)
    assert not await drains[0]
    assert lingering.ring({1, 2, 3}) == {1}
    assert await drains[1]
    assert await drains[2]


async def test_only_drains_at_work_count_as_busy():
    lingering = Lingering(60)
    [drain] = await _waiting(lingering, 1)
    with lingering.draining(2):
        assert lingering.busy == 1
    lingering.close()
    assert not await drain
    assert lingering.busy == 0


async def test_nobody_waits_once_it_is_closed():
    lingering = Lingering(60)
    [drain] = await _waiting(lingering, 1)
    lingering.close()
    assert not await drain
    with lingering.draining(2):
        assert not await lingering.wait(2)
