"""Kill the engine at every step of carrying out a plan, and of an undo; the end must be the same."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.core.errors import UserError
from instep.store.schema.plans import plan, plan_item
from instep.store.schema.syncs import history
from instep.store.vault import Vault
from tests.crash.fuse import Fuse, Killed
from tests.crash.planned import PERSON, latest_run, process_of, sync_id
from tests.crash.small_world import World, contents, make_world
from tests.crash.steps import steps

FEWEST_STEPS = 12
"""Carrying out takes more steps than these: fewer mean that the fuse is not in the way."""


async def _approve_preview(world: World, fuse: Fuse) -> None:
    """Preview and approve, as often as it takes: people ask again until it is done."""
    async with process_of(world, fuse) as process:
        shown = await process.plans.preview(world.sync)
        await process.plans.approve(shown.plan, PERSON)
        await process.work()


async def _undo_first(world: World, fuse: Fuse) -> None:
    with world.database.read() as tx:
        query = sa.select(history.c.run_id).where(history.c.sync_id == sync_id(tx, world))
        run_id = tx.execute(query.order_by(history.c.id).limit(1)).scalar_one()
    async with process_of(world, fuse) as process:
        shown = await process.plans.undo(run_id)
        await process.plans.approve(shown.plan, PERSON)
        await process.work()


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_in_a_plan_loses_and_doubles_nothing(database, after):
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        world = await make_world(database, vault)
        fuse = Fuse(at, after)
        try:
            await _approve_preview(world, fuse)
        except Killed as killed:
            await _new_process(world, killed, _approve_preview, None)
        assert contents(world.a) == contents(world.b), f"killed at {at}"
        assert len(world.a.records()) == world.people, f"killed at {at}"
        await _all_is_over(world, f"killed at {at}")
        if not fuse.blown:
            assert at > FEWEST_STEPS
            return


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_in_an_undo_restores_the_earlier_state_all_the_same(database, after):
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        world = await make_world(database, vault)
        earlier = contents(world.a), contents(world.b)
        await world.run()
        fuse = Fuse(at, after)
        try:
            await _undo_first(world, fuse)
        except Killed as killed:
            await _new_process(world, killed, _undo_first, None)
        assert (contents(world.a), contents(world.b)) == earlier, f"killed at {at}"
        await _all_is_over(world, f"killed at {at}")
        if not fuse.blown:
            assert at > FEWEST_STEPS
            return


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_in_the_undo_of_an_undo_doubles_nobody(database, after):
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        world = await make_world(database, vault)
        await world.run()
        done = contents(world.a), contents(world.b)
        await _undo_first(world, Fuse())
        undone, first = latest_run(world).id, _newest_plan(world).id
        fuse = Fuse(at, after)

        async def again(world: World, fuse: Fuse, undone: str = undone) -> None:
            async with process_of(world, fuse) as process:
                shown = await process.plans.undo(undone)
                await process.plans.approve(shown.plan, PERSON)
                await process.work()

        try:
            await again(world, fuse)
        except Killed as killed:
            await _new_process(world, killed, again, first)
        assert (contents(world.a), contents(world.b)) == done, f"killed at {at}"
        await _all_is_over(world, f"killed at {at}")
        if not fuse.blown:
            assert at > FEWEST_STEPS
            return


def _newest_plan(world: World):
    with world.database.read() as tx:
        query = sa.select(plan).where(plan.c.sync_id == sync_id(tx, world))
        return tx.execute(query.order_by(plan.c.id.desc()).limit(1)).first()


async def _new_process(world: World, killed: Killed, ask, known: str | None) -> None:
    """A new process goes on; if nobody had approved anything yet, the person asks once more.

    `known` is the newest plan there was before.
    """
    world.clock.move(30)
    newest = _newest_plan(world)
    is_new = newest is not None and newest.id != known
    try:
        if is_new and newest.state in {"approved", "ended"}:
            async with process_of(world) as process:
                await process.work()
        else:
            await ask(world, Fuse())
    except (AssertionError, UserError) as error:
        error.add_note(f"killed {killed}")
        raise


async def _all_is_over(world: World, note: str) -> None:
    with world.database.read() as tx:
        ours = sa.select(plan.c.id).where(
            plan.c.sync_id == sync_id(tx, world), plan.c.state.in_(("approved", "ended"))
        )
        left = tx.execute(
            sa.select(plan_item.c.state, plan_item.c.sentence).where(
                plan_item.c.plan_id.in_(ours), plan_item.c.state.in_(("planned", "stale"))
            )
        ).all()
        open_plans = (
            tx.execute(sa.select(plan.c.state).where(plan.c.state == "approved")).scalars().all()
        )
    assert left == [], note
    assert open_plans == [], note
    stands, written = (contents(world.a), contents(world.b)), world.writes()
    await world.run()
    assert (contents(world.a), contents(world.b)) == stands, note
    assert world.writes() == written, f"{note}: a run with nothing to do wrote something"
