"""What people do with plans in a small world, each time as a process of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from instep.core.errors import NeedsPerson
from instep.engine.draining import Engine
from instep.engine.history_services import told_of
from instep.engine.plan_services import Plans
from instep.engine.sync_services import Syncs
from instep.store import plans, runs
from instep.store.schema.syncs import history as lines
from instep.store.schema.syncs import sync
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.fuse import Fuse
from tests.crash.small_world import start_process

PERSON = "ann"


@dataclass
class Process:
    """What one process holds."""

    world: object
    engine: Engine
    syncs: Syncs
    plans: Plans

    async def work(self):
        """Work until nothing is left to do."""
        await self.world._work(self.engine, self.syncs)


@asynccontextmanager
async def process_of(world, fuse=None):
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, fuse or Fuse())
    try:
        yield Process(world, engine, syncs, Plans(engine, DEFAULT_WORKSPACE))
    finally:
        await clients.close()


async def preview(world, items=1000):
    async with process_of(world) as process:
        return await process.plans.preview(world.sync, items)


async def approve(world, plan, fuse=None):
    """Approve a plan and work until it is carried out."""
    async with process_of(world, fuse) as process:
        await process.plans.approve(plan, PERSON)
        await process.work()


async def approve_held(world, plan):
    """Approve a plan of a sync that is held; return what is said about it."""
    async with process_of(world) as process:
        try:
            await process.plans.approve(plan, PERSON)
        except NeedsPerson as said:
            return str(said)
    return None


async def undo(world, run_id, fuse=None):
    """Plan the undo of a run and carry it out; return the plan as it was shown."""
    async with process_of(world, fuse) as process:
        planned = await process.plans.undo(run_id, 1000)
        await process.plans.approve(planned.plan, PERSON)
        await process.work()
        return planned


def latest_run(world):
    with world.database.read() as tx:
        newest = runs.latest(tx, sync_id(tx, world), 20)
    return next(each for each in newest if each.kind != "preview")


def sync_id(tx, world):
    return tx.execute(sa.select(sync.c.id).where(sync.c.name == world.sync)).scalar_one()


def changes_of(world, run_id):
    """What a run did by its history: (what, side, label, field, before, after)."""
    found = set()
    with world.database.read() as tx:
        rows = tx.execute(sa.select(lines).where(lines.c.run_id == run_id)).all()
    for row in rows:
        if row.what in {"created", "updated", "deleted"}:
            line = told_of(row, row.side)
            found |= {
                (row.what, row.side, row.label, each["field"], _hashable(each["after"]))
                for each in line.changes
            }
    return found


def planned_changes(items):
    """The same, as a preview shows it."""
    words = {"create": "created", "update": "updated", "delete": "deleted"}
    return {
        (
            words[item["what"]],
            change["side"],
            item["record"],
            change["field"],
            _hashable(change["after"]),
        )
        for item in items
        if item["what"] in words
        for change in item["changes"]
    }


def _hashable(value):
    return tuple(value) if isinstance(value, list) else value


def states(world, plan_id):
    with world.database.read() as tx:
        return plans.count_by_state(tx, plan_id)
