"""A preview is stored, and a run carries out exactly what it showed; on both databases."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.errors import UserError
from instep.core.records import Write
from instep.store import plans, shards
from instep.store.plans import Wanted
from instep.store.schema.plans import plan, plan_item
from instep.store.vault import Vault
from tests.crash.planned import (
    approve,
    approve_held,
    changes_of,
    latest_run,
    planned_changes,
    preview,
    process_of,
    states,
)
from tests.crash.small_world import contents, has, make_world, named


@pytest.fixture
async def world(database):
    return await make_world(database, Vault(os.urandom(32)))


async def test_an_approved_preview_does_what_it_showed_and_says_so_in_the_history(world):
    shown = await preview(world)
    assert world.writes() == 0
    await approve(world, shown.plan)
    assert contents(world.a) == contents(world.b)
    run = latest_run(world)
    assert (run.kind, run.plan_id, run.person) == ("approved", shown.plan, "ann")
    assert changes_of(world, run.id) == planned_changes(shown.items)
    assert states(world, shown.plan) == {"done": len(shown.items)}


async def test_a_plain_run_after_a_preview_does_the_same(world):
    shown = await preview(world)
    await world.run()
    assert changes_of(world, latest_run(world).id) == planned_changes(shown.items)


async def test_an_approved_run_reads_nothing_and_leaves_the_rest_to_the_next_one(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    shown = await preview(world)
    reads = world.a.calls["GET"]
    world.edit(world.a, "Anna", city="Hoorn")  # nobody has read this one
    await approve(world, shown.plan)
    assert world.a.calls["GET"] == reads
    assert named(world.b, "Equal").values["city"] == "Gouda"
    assert named(world.b, "Anna").values["city"] == "Leiden"
    await world.run()
    assert contents(world.a) == contents(world.b)


async def test_what_changed_since_the_preview_is_stale_and_decided_by_the_next_run(world):
    await world.run()
    for name in ("Equal", "Fills"):
        world.edit(world.a, name, city="Gouda")
    shown = await preview(world)
    world.edit(world.a, "Equal", city="Hoorn")
    second = await preview(world)  # reads the later edit; the first plan is not there any more
    with pytest.raises(UserError, match="There is no plan"):
        await approve(world, shown.plan)
    world.edit(world.b, "Equal", phone="+12125550111")
    async with process_of(world) as process:  # the other side's edit is read, and nothing decided
        work = await process.plans._open_and_read(await process.syncs.get(world.sync))
        assert work.sync.name == world.sync
    await approve(world, second.plan)
    assert states(world, second.plan) == {"done": 1, "stale": 1}
    assert named(world.b, "Fills").values["city"] == "Gouda"
    assert named(world.b, "Equal").values["city"] == "Leiden"
    async with process_of(world) as process:
        (left,) = await process.plans.left(second.plan)
    assert left["sentence"] == "it changed since the preview; the next run decides about it"
    assert latest_run(world).counts["stale"] == 1
    await world.run()
    assert contents(world.a) == contents(world.b)


async def test_an_edit_in_the_app_alone_is_seen_before_it_is_overwritten(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    shown = await preview(world)
    world.clock.move(60)
    world.b.edit(named(world.b, "Equal").id, Write(set={"city": "Hoorn"}))
    await approve(world, shown.plan)
    assert named(world.b, "Equal").values["city"] == "Hoorn"
    await world.run()
    assert contents(world.a) == contents(world.b)


async def test_a_plan_is_let_through_the_brakes_because_a_person_has_looked(world):
    await world.run()
    async with process_of(world) as process:
        await process.syncs.set_brakes(world.sync, Brakes(0, 0.0, per_record_per_hour=1))
    world.edit(world.a, "Equal", city="Gouda")
    shown = await preview(world)
    assert [item["what"] for item in shown.items] == ["update"]
    await approve(world, shown.plan)
    assert named(world.b, "Equal").values["city"] == "Gouda"
    # by now it is restless: the preview says so, and that is what is carried out
    world.edit(world.a, "Equal", city="Hoorn")
    shown = await preview(world)
    assert [item["what"] for item in shown.items] == ["review"]
    await approve(world, shown.plan)
    assert named(world.b, "Equal").values["city"] == "Gouda"
    assert states(world, shown.plan) == {"done": 1}


async def test_a_plan_of_a_held_sync_is_the_first_thing_done_after_its_release(world):
    shown = await preview(world)
    async with process_of(world) as process:
        await process.syncs.pause(world.sync)
    assert "carried out before anything else" in await approve_held(world, shown.plan)
    assert world.writes() == 0
    async with process_of(world) as process:
        await process.syncs.release(world.sync)
        await process.work()
    assert latest_run(world).plan_id == shown.plan
    assert contents(world.a) == contents(world.b)


async def test_a_plan_is_carried_out_once_and_only_for_its_own_sync(world):
    shown = await preview(world)
    async with process_of(world) as process:
        with pytest.raises(UserError, match=f"is one of the sync '{world.sync}'"):
            await process.plans.approve(shown.plan, "ann", "another")
    await approve(world, shown.plan)
    with pytest.raises(UserError, match="carried out already"):
        await approve(world, shown.plan)


async def test_a_run_under_way_ends_before_the_plan_begins(world):
    shown = await preview(world)
    async with process_of(world) as process:
        await process.syncs.request_run(world.sync)
        sync = await process.syncs.get(world.sync)
        work = await process.engine.open(sync, await _fence(process, sync))
        await process.engine.start(work)  # a plain run is open now
        await process.plans.approve(shown.plan, "ann")
        while await process.engine.advance(sync.shard):
            pass
        world.clock.move(1)
        while await process.engine.advance(sync.shard):
            pass
    assert latest_run(world).kind == "approved"
    assert states(world, shown.plan).keys() == {"stale"}  # the plain run has done all of it
    assert contents(world.a) == contents(world.b)


async def _fence(process, sync):
    return await process.world.database.run(lambda tx: shards.take(tx, sync.shard, "me", 0))


async def test_only_what_does_something_is_an_item_and_items_come_in_pages(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    world.add(world.b, {"first_name": "Nora", "email": "nora@example.com"})
    world.edit(world.b, "Anna", tags=("lead", "vip"))
    shown = await preview(world, items=2)
    assert len(shown.items) == 2
    async with process_of(world) as process:
        rest, after = await process.plans.items(shown.plan, Wanted(after=shown.after))
        updates, _ = await process.plans.items(shown.plan, Wanted(what="update"))
        none, nowhere = await process.plans.items(shown.plan, Wanted(what="delete"))
    assert after is None
    assert {item["record"] for item in [*shown.items, *rest]} == {"Equal Doe", "Anna Doe", "Nora"}
    assert {item["record"] for item in updates} == {"Equal Doe", "Anna Doe"}
    assert (none, nowhere) == ([], None)


async def test_a_preview_takes_the_place_of_the_one_before(world):
    for _ in range(3):
        await preview(world)
    with world.database.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(plan)).scalar() == 1
        (kept,) = tx.execute(sa.select(plan_item.c.plan_id).distinct()).scalars()
        assert plans.get(tx, "wsp_default", kept).state == "open"


async def test_a_preview_in_several_batches_answers_each_pair_once(world, monkeypatch):
    monkeypatch.setattr("instep.engine.deciding.plan_batch.__defaults__", (None, 2, ()))
    shown = await preview(world)
    await world.run()
    counts = latest_run(world).counts
    assert shown.counts["decided"] == world.people
    for word in ("matched", "to_update", "to_create_a", "to_create_b"):
        assert shown.counts.get(word, 0) == counts.get(word, 0), word
    assert changes_of(world, latest_run(world).id) == planned_changes(shown.items)


async def test_a_plan_in_several_batches_is_carried_out_whole(world, monkeypatch):
    monkeypatch.setattr("instep.engine.carrying_out.BATCH", 2)
    shown = await preview(world)
    await approve(world, shown.plan)
    assert contents(world.a) == contents(world.b)
    assert states(world, shown.plan) == {"done": len(shown.items)}


async def test_the_person_who_asked_is_named_in_the_run_and_its_history(world):
    async with process_of(world) as process:
        await process.syncs.request_run(world.sync, "bob")
        await process.work()
    assert latest_run(world).person == "bob"
    with world.database.read() as tx:
        people = tx.execute(sa.text("select distinct person from history")).scalars().all()
    assert people == ["bob"]
    assert has(world.b, "Anna")
