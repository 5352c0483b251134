"""A sync that rests carries out plans and does nothing by itself; on both databases."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from instep.core.errors import UserError
from instep.core.plan import Kind
from instep.sdk.auth import Credential
from instep.store.connections import Connections
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.planned import approve, latest_run, preview, process_of, states, undo
from tests.crash.small_world import contents, make_world, named

YEAR = 365 * 86_400


@pytest.fixture
async def world(database):
    made = await make_world(database, Vault(os.urandom(32)))
    async with process_of(made) as process:
        await process.syncs.rest(made.sync)
    return made


async def sync_of(world):
    async with process_of(world) as process:
        return await process.syncs.get(world.sync)


async def wait_and_work(world):
    """Let a year go by and do whatever is due then."""
    world.clock.move(YEAR)
    async with process_of(world) as process:
        while await process.engine.advance((await sync_of(world)).shard):
            pass


async def test_it_never_is_due_by_itself(world):
    await wait_and_work(world)
    assert world.writes() == 0
    sync = await sync_of(world)
    assert (sync.state, sync.reason, sync.rests) == ("paused", "resting", True)
    assert (
        sync.sentence
        == "It rests: it only carries out plans. Once released it polls like any other."
    )


async def test_it_wakes_for_an_approved_plan_and_rests_after_it(world):
    shown = await preview(world)
    await approve(world, shown.plan)
    assert contents(world.a) == contents(world.b)
    assert (await sync_of(world)).reason == "resting"
    writes = world.writes()
    world.edit(world.a, "Equal", city="Gouda")
    await wait_and_work(world)
    assert world.writes() == writes


async def test_its_run_is_undone_and_it_rests_on(world):
    before = contents(world.b)
    await approve(world, (await preview(world)).plan)
    await undo(world, latest_run(world).id)
    assert contents(world.b) == before
    assert (await sync_of(world)).reason == "resting"


async def test_released_it_is_a_sync_like_any_other(world):
    async with process_of(world) as process:
        released = await process.syncs.release(world.sync)
        assert (released.state, released.rests) == ("active", False)
        await process.work()
    assert contents(world.a) == contents(world.b)
    sync = await sync_of(world)
    assert (sync.state, sync.rests) == ("active", False)


async def test_a_run_of_it_is_asked_for_by_a_plan_only(world):
    async with process_of(world) as process:
        with pytest.raises(UserError, match="is paused: It rests: it only carries out plans"):
            await process.syncs.request_run(world.sync)


async def test_a_kind_of_item_is_left_out_of_a_plan_and_out_of_its_run(world):
    shown = await preview(world)
    created = [item for item in shown.items if item["what"] == "create"]
    assert created
    async with process_of(world) as process:
        left = await process.plans.leave(shown.plan, Kind.CREATE, "nobody is created")
        assert left == len(created)
    people = len(world.b.records())
    await approve(world, shown.plan)
    assert states(world, shown.plan)["refused"] == len(created)
    assert len(world.b.records()) == people


async def test_what_an_app_put_off_is_delivered_later_and_nothing_else_is_decided(world):
    shown = await preview(world)
    async with process_of(world) as process:
        left = await process.plans.leave(shown.plan, Kind.CREATE, "nobody is created")
        world.a.rate_limit(1, 7_200)
        world.b.rate_limit(1, 7_200)
        await process.plans.approve(shown.plan)
        while await process.engine.advance((await sync_of(world)).shard):
            pass
        assert (await process.syncs.status(world.sync)).waiting
        assert (await sync_of(world)).state == "active"
    people = [len(app.records()) for app in (world.a, world.b)]
    await wait_and_work(world)
    async with process_of(world) as process:
        assert not (await process.syncs.status(world.sync)).waiting
    sync = await sync_of(world)
    assert (sync.state, sync.reason) == ("paused", "resting")
    assert [len(app.records()) for app in (world.a, world.b)] == people
    assert left > 0
    assert named(world.a, "Fills").values["city"] == named(world.b, "Fills").values["city"]


async def test_who_waits_or_failed_is_told_with_the_reason(world):
    twins = [world.a.add({"first_name": "Twin", "email": "twin@example.com"}) for _ in range(2)]
    await approve(world, (await preview(world)).plan)
    async with process_of(world) as process:
        told = await process.syncs.troubles(world.sync, "a")
    assert told.keys() == {each.id for each in twins}
    assert {state for state, _ in told.values()} == {"review"}


async def test_stopped_by_a_broken_connection_it_carries_its_plan_out_once_that_is_renewed(world):
    shown = await preview(world)
    world.b.token = "another"
    async with process_of(world) as process:
        await process.plans.approve(shown.plan)
        while await process.engine.advance((await sync_of(world)).shard):
            pass
    assert (await sync_of(world)).reason == "connection_broken"

    stored = Connections(world.database, world.vault, DEFAULT_WORKSPACE)
    fresh = Credential("token", {"token": "another"})
    renewed = await stored.renew((await sync_of(world)).b_connection, fresh)
    assert renewed.going_on.syncs == [world.sync]
    world.clock.move((datetime.now(UTC) - world.clock.now()).total_seconds() + 1)
    async with process_of(world) as process:
        while await process.engine.advance((await sync_of(world)).shard):
            pass
    assert contents(world.a) == contents(world.b)
    sync = await sync_of(world)
    assert (sync.state, sync.reason, sync.rests) == ("paused", "resting", True)
