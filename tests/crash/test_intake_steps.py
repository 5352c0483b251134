"""Kill the process at every step from a webhook's arrival to the other app; nothing may be lost."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace

import pytest
import sqlalchemy as sa

from instep.connectors import memory
from instep.engine.intake import Intake
from instep.sdk.webhooks import Hint, Incoming
from instep.store.connections import Connections
from instep.store.schema.events import event, hint
from instep.store.schema.syncs import run
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.fuse import Fuse, FusedDatabase, Killed
from tests.crash.small_world import contents, has, make_world, named, start_process
from tests.crash.steps import steps

FEWEST_STEPS = 8


class Unsigned:
    """How an app in memory would tell: its word is taken as it is."""

    keys: dict = {}  # noqa: RUF012 - nobody adds to it

    def read(self, incoming, keys, now):
        return Hint(**json.loads(incoming.body))


class Sender:
    """The app's side: it sends each webhook until it is answered well."""

    def __init__(self, world):
        self._world = world
        self._unanswered = {}

    def tell(self, app, record_id, **more):
        number = len(self._unanswered)
        told = {
            "id": f"w{number}",
            "event": "Updated",
            "resource": "contact",
            "record_id": record_id,
            "parent_id": None,
            "account_id": None,
            **more,
        }
        self._unanswered[number] = (app.name, json.dumps(told).encode())

    async def send(self, fuse):
        """Be a process that takes in what was not answered yet."""
        database = FusedDatabase(self._world.database, fuse)
        connections = Connections(database, self._world.vault, DEFAULT_WORKSPACE)
        known = {"memory": replace(memory.connector, webhooks=Unsigned())}
        intake = Intake(database, connections, known, self._world.clock)
        for number, (name, body) in [*self._unanswered.items()]:
            incoming = Incoming({}, body, self._world.clock.now())
            taking = asyncio.create_task(intake.take(name, incoming))
            while not (taking.done() or fuse.blown):  # noqa: ASYNC110 - a fuse tells by a flag
                await asyncio.sleep(0.001)
            if fuse.blown:  # the answer never comes, be the row committed or not
                taking.cancel()
            await asyncio.gather(taking, return_exceptions=fuse.blown)
            fuse._stop_the_dead()
            del self._unanswered[number]


async def _drain(world, fuse):
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, fuse)
    try:
        shard = (await syncs.get(world.sync)).shard
        for _ in range(4):
            while await engine.advance(shard):
                pass
            world.clock.move(30)
    finally:
        await clients.close()


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_between_a_webhook_and_its_write_loses_and_repeats_nothing(
    database, after
):
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        world = await make_world(database, vault)
        await world.run()
        sender = Sender(world)
        world.edit(world.a, "Equal", city="Gouda")
        world.add(world.a, {"first_name": "Nora", "email": "nora@example.com"})
        for name in ("Equal", "Nora", "Equal"):
            sender.tell(world.a, named(world.a, name).id)
        writes, events = world.writes(), _count(database, event)
        fuse = Fuse(at, after)
        try:
            await sender.send(fuse)
            await _drain(world, fuse)
        except Killed:
            await sender.send(Fuse())
            await _drain(world, Fuse())
        assert _count(database, event) == events + 3
        assert _count(database, hint) == 0
        assert has(world.b, "Nora"), f"killed at {at}"
        assert named(world.b, "Equal").values["city"] == "Gouda", f"killed at {at}"
        assert contents(world.a) == contents(world.b)
        assert world.writes() == writes + 2
        assert await _kinds(world) == {"backfill", "webhook"}, "a poll did it, not the webhook"
        if not fuse.blown:
            assert at > FEWEST_STEPS
            return


def _count(database, table):
    with database.read() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


async def _kinds(world):
    clients, _, syncs = start_process(world.database, world.vault, world.clock, Fuse())
    sync = await syncs.get(world.sync)
    await clients.close()
    with world.database.read() as tx:
        return set(tx.execute(sa.select(run.c.kind).where(run.c.sync_id == sync.id)).scalars())
