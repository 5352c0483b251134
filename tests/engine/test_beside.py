"""A loop beside the drains: it is woken, and it ends whenever it is told to."""

from __future__ import annotations

import asyncio

import pytest

from instep.engine.beside import Beside, rung


async def going_on(beside):
    while True:
        beside.bell.clear()
        await rung(beside.bell, 60)


@pytest.mark.parametrize("turns", range(6))
async def test_a_loop_that_is_rung_as_it_is_stopped_ends(turns):
    """At each of the turns that the event loop takes until the bell is heard."""
    beside = Beside()
    beside.start(going_on(beside))
    await asyncio.sleep(0.01)  # it waits for the bell by now
    beside.bell.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await beside.stop()


async def test_whoever_waits_for_a_bell_goes_on_when_it_rings_and_when_it_does_not():
    bell = asyncio.Event()
    await rung(bell, 0.001)
    assert not bell.is_set()
    waiting = asyncio.create_task(rung(bell, 60))
    bell.set()
    async with asyncio.timeout(30):
        await waiting
