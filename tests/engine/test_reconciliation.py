"""Once a night a sync reads both sides wholly and repairs what polls and webhooks missed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.store.schema.syncs import checkpoint, sync
from instep.store.vault import Vault
from tests.crash.small_world import contents, make_world, named
from tests.engine.services import services_of
from tests.engine.test_hints import drain

DAY = timedelta(days=1)


@pytest.fixture
async def world(database):
    """Two apps in step, and a poll behind them."""
    made = await make_world(database, Vault(os.urandom(32)))
    await made.run()
    made.clock.move(301)
    assert (await drain(made)).kind == "poll"
    return made


def _reconciles_at(world):
    with world.database.read() as tx:
        at = tx.execute(sa.select(sync.c.reconcile_at)).scalar_one()
    return datetime.fromtimestamp(at / 1000, UTC)


def _wait_for_the_night(world):
    world.clock.move((_reconciles_at(world) - world.clock.now()).total_seconds() + 1)


def _edit_unseen(world, name, **fields):
    """Edit so that no list of changes shows it, and no webhook tells."""
    contacts = world.a._shelves["contact"]
    now, contacts._now = contacts._now, lambda: datetime(2020, 1, 1, tzinfo=UTC)
    world.edit(world.a, name, **fields)
    contacts._now = now


async def test_an_edit_that_no_poll_shows_and_no_webhook_told_is_repaired_at_night(world):
    _edit_unseen(world, "Equal", city="Gouda")
    world.clock.move(301)
    assert (await drain(world)).kind == "poll"
    assert named(world.b, "Equal").values["city"] == "Leiden"
    _wait_for_the_night(world)
    run = await drain(world)
    assert (run.kind, run.state) == ("reconcile", "done")
    assert named(world.b, "Equal").values["city"] == "Gouda"
    assert contents(world.a) == contents(world.b)


async def test_the_night_after_is_a_day_later_and_polls_go_on_in_between(world):
    _wait_for_the_night(world)
    night = _reconciles_at(world)
    assert (await drain(world)).kind == "reconcile"
    assert _reconciles_at(world) == night + DAY
    world.clock.move(301)
    assert (await drain(world)).kind == "poll"


async def test_it_reads_everything_and_writes_nothing_where_nothing_was_missed(world):
    written = world.writes()
    _wait_for_the_night(world)
    run = await drain(world)
    assert (run.counts["read_a"], run.counts["read_b"]) == (world.people, world.people)
    assert world.writes() == written
    with world.database.read() as tx:
        assert all(row.since for row in tx.execute(sa.select(checkpoint)))


async def test_a_run_that_a_person_asked_for_does_not_wait_for_a_complete_read(world):
    _wait_for_the_night(world)
    async with services_of(world) as syncs:
        await syncs.request_run(world.sync)
    assert (await drain(world)).kind == "poll"
    world.clock.move(301)
    assert (await drain(world)).kind == "reconcile"


async def test_one_that_was_stopped_in_the_middle_goes_on_and_reads_the_rest(world):
    _edit_unseen(world, "Equal", city="Gouda")
    _wait_for_the_night(world)
    world.b.rate_limit(50, 60)
    run = await drain(world)
    assert (run.kind, run.state) == ("reconcile", "running")
    world.b.clear()
    world.clock.move(120)
    assert (await drain(world)).id == run.id
    assert named(world.b, "Equal").values["city"] == "Gouda"


async def test_the_brakes_hold_at_night_as_for_a_poll(world):
    async with services_of(world) as syncs:
        await syncs.set_brakes(world.sync, Brakes(min_changes=1, max_share=0.01))
    for name in ("Equal", "Fills", "Tagged"):
        _edit_unseen(world, name, city="Moved")
    written = world.writes()
    _wait_for_the_night(world)
    run = await drain(world)
    assert (run.kind, run.state) == ("reconcile", "halted")
    assert world.writes() == written


async def test_a_delete_that_nobody_told_is_noticed_at_night(world):
    world.a.remove(named(world.a, "Equal").id)
    world.clock.move(301)
    assert "gone_a" not in (await drain(world)).counts
    _wait_for_the_night(world)
    run = await drain(world)
    assert (run.kind, run.state, run.counts["gone_a"]) == ("reconcile", "done", 1)
