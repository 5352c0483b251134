"""Kill the process at every step of a bridge, webhooks in and out: nothing is lost or told twice."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
import sqlalchemy as sa

from instep.connectors import bridge, memory
from instep.core.fingerprint import load
from instep.core.records import Write
from instep.engine.intake import Intake
from instep.engine.sync_services import Wanted
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.testing import ScriptedTransport
from instep.sdk.webhooks import Incoming
from instep.store.connections import Connections, NewConnection
from instep.store.schema.events import hint
from instep.store.schema.kept import kept_record
from instep.store.schema.postings import posting
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.fuse import Fuse, FusedDatabase, Killed
from tests.crash.small_world import named, start_process
from tests.crash.steps import steps

FEWEST_STEPS = 8
SECRET = "a-secret-of-enough-letters"
HEADERS = {"x-instep-secret": SECRET}
# nothing is ever sent to a bridge, so the script of its wire is empty
CONNECTORS = (memory.connector, replace(bridge.connector, transport=lambda _: ScriptedTransport()))

_numbers = count(1)


class Town:
    """A bridge (side A) and an app in memory (side B) with Anna in both."""

    def __init__(self, database):
        self.database = database
        self.vault = Vault(os.urandom(32))
        self.clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.name = f"bridge{next(_numbers)}"
        self.app = memory.install(memory.MemoryApp(f"of-{self.name}", now=self.clock.now))
        self.bodies = []

    async def make(self):
        self.app.add({"first_name": "Anna", "email": "anna@example.com"})
        stored = Connections(self.database, self.vault, DEFAULT_WORKSPACE)
        url = {"outbound_url": "https://listener.example/hook"}
        secrets = {"inbound_secret": SECRET}
        made = await stored.create(
            NewConnection(self.name, "bridge", "shared_secret", self.name, "US", url),
            Credential("shared_secret", secrets),
        )
        await stored.create(
            NewConnection(
                self.app.name, "memory", "token", self.app.name, "US", {"name": self.app.name}
            ),
            Credential("token", {"token": self.app.token}),
        )
        self.id = made.id
        clients, _, syncs = start_process(self.database, self.vault, self.clock, Fuse(), CONNECTORS)
        await syncs.create(Wanted(self.name, self.name, self.app.name))
        await syncs.request_run(self.name)
        await clients.close()
        await self.drain(Fuse())

    async def drain(self, fuse):
        clients, engine, syncs = start_process(
            self.database, self.vault, self.clock, fuse, CONNECTORS
        )
        try:
            shard = (await syncs.get(self.name)).shard
            for _ in range(6):
                while await engine.advance(shard):
                    pass
                self.clock.move(120)
        finally:
            await clients.close()

    async def send(self, fuse):
        """Send every webhook that was not answered well yet."""
        database = FusedDatabase(self.database, fuse)
        connections = Connections(database, self.vault, DEFAULT_WORKSPACE)
        intake = Intake(database, connections, {"bridge": bridge.connector}, self.clock)
        while self.bodies:
            incoming = Incoming(HEADERS, self.bodies[0], self.clock.now())
            taking = asyncio.create_task(intake.take(self.name, incoming))
            while not (taking.done() or fuse.blown):  # noqa: ASYNC110 - a fuse tells by a flag
                await asyncio.sleep(0.001)
            if fuse.blown:  # the answer never comes, be it committed or not
                taking.cancel()
            await asyncio.gather(taking, return_exceptions=fuse.blown)
            fuse._stop_the_dead()
            del self.bodies[0]

    def tell(self, what, **record):
        body = {"event": what, "id": f"w{next(_numbers)}", "record": record}
        self.bodies.append(json.dumps(body).encode())

    def kept(self):
        """What is kept of the bridge's people, by first name."""
        rows = self.rows(kept_record)
        return {load(row.held)["first_name"]: row for row in rows}

    def rows(self, table):
        with self.database.read() as tx:
            mine = table.c.connection_id == self.id
            return tx.execute(sa.select(table).where(mine)).all()

    def hints(self):
        with self.database.read() as tx:
            return tx.execute(sa.select(hint)).all()


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_loses_nothing_and_tells_nothing_twice(database, after):
    for at in steps(database, after=after):
        town = Town(database)
        await town.make()
        anna = town.kept()["Anna"].record_id
        writes = town.app.calls["POST"], town.app.calls["PATCH"]
        town.tell("contact.created", id="n-1", first_name="Nora", email="nora@example.com")
        town.tell("contact.updated", id=anna, city="Gouda")
        town.app.edit(named(town.app, "Anna").id, Write({"website": "https://anna.example"}))
        fuse = Fuse(at, after)
        try:
            await town.send(fuse)
            await town.drain(fuse)
        except Killed:
            await town.send(Fuse())
            await town.drain(Fuse())
        assert named(town.app, "Nora").values["email"] == "nora@example.com", f"killed at {at}"
        assert named(town.app, "Anna").values["city"] == "Gouda", f"killed at {at}"
        assert load(town.kept()["Anna"].held)["website"] == "https://anna.example"
        assert (town.app.calls["POST"], town.app.calls["PATCH"]) == (writes[0] + 1, writes[1] + 1)
        told = [(row.event, row.record_id) for row in town.rows(posting)]
        assert told == [("contact.created", anna), ("contact.updated", anna)], f"killed at {at}"
        assert town.hints() == []
        if not fuse.blown:
            assert at > FEWEST_STEPS
            return
