"""Polls that come late, early or twice: what was read last by id wins over any list."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from instep.store.vault import Vault
from tests.crash.small_world import contents, make_world, named
from tests.engine.test_hints import drain, tell


@pytest.fixture
async def world(database):
    """Two apps in step; nothing is due for the next five minutes."""
    made = await make_world(database, Vault(os.urandom(32)))
    await made.run()
    made.clock.move(1)
    return made


async def _poll(world):
    """Let the poll of some minutes later come."""
    world.clock.move(301)
    run = await drain(world)
    assert run.kind == "poll"


async def test_a_stale_poll_does_not_undo_our_own_write(world):
    world.b.quirks.lag = timedelta(minutes=20)
    world.edit(world.a, "Equal", city="Gouda")
    await tell(world, world.a, named(world.a, "Equal").id)
    await drain(world)
    written = world.writes()
    for _ in range(3):
        await _poll(world)
    assert named(world.a, "Equal").values["city"] == "Gouda"
    assert named(world.b, "Equal").values["city"] == "Gouda"
    assert world.writes() == written


async def test_a_stale_poll_does_not_undo_what_a_webhook_brought(world):
    world.edit(world.a, "Equal", city="Gouda")
    await world.run()
    world.a.quirks.lag = timedelta(minutes=20)  # from here on its list shows Gouda for a while
    world.edit(world.a, "Equal", city="Hoorn")
    await tell(world, world.a, named(world.a, "Equal").id)
    await drain(world)
    assert named(world.b, "Equal").values["city"] == "Hoorn"
    for _ in range(3):
        await _poll(world)
        assert named(world.b, "Equal").values["city"] == "Hoorn"
    assert named(world.a, "Equal").values["city"] == "Hoorn"


async def test_an_edit_that_a_stale_list_hid_arrives_once_the_list_has_caught_up(world):
    world.a.quirks.lag = timedelta(minutes=4)
    world.edit(world.a, "Fills", city="Edam")
    for _ in range(4):
        await _poll(world)
    assert named(world.b, "Fills").values["city"] == "Edam"


async def test_a_webhook_before_and_one_after_the_poll_lead_to_one_write(world):
    world.edit(world.a, "Equal", city="Gouda")
    equal = named(world.a, "Equal").id
    await tell(world, world.a, equal)
    await drain(world)
    written = world.writes()
    await _poll(world)
    await tell(world, world.a, equal)
    await drain(world)
    assert world.writes() == written
    assert named(world.b, "Equal").values["city"] == "Gouda"


async def test_a_webhook_of_an_older_edit_brings_the_newest_values(world):
    world.edit(world.a, "Equal", city="Gouda")
    world.edit(world.a, "Equal", city="Hoorn")
    await tell(world, world.a, named(world.a, "Equal").id)  # it was sent about the first edit
    await drain(world)
    assert named(world.b, "Equal").values["city"] == "Hoorn"


@pytest.mark.parametrize("minutes", [-5, 5])
async def test_a_clock_skew_of_five_minutes_loses_no_edit(database, minutes):
    world = await make_world(database, Vault(os.urandom(32)))
    skewed = timedelta(minutes=minutes)
    world.a._shelves["contact"]._now = lambda: world.clock.now() + skewed
    await world.run()
    for number in range(8):  # fewer than an hour allows
        world.edit(world.a, "Equal", city=f"City {number}")
        world.edit(world.b, "Fills", website=f"https://example.com/{number}")
        await _poll(world)
        assert named(world.b, "Equal").values["city"] == f"City {number}"
        assert named(world.a, "Fills").values["website"] == f"https://example.com/{number}"
    assert contents(world.a) == contents(world.b)
