"""Flows on a real database with apps that are fakes: what tests of the engine stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from instep.core.errors import InstepError, OutcomeUnknown
from instep.core.flow.model import Poll
from instep.core.flow.offer import Input, OfferedAction, OfferedTrigger
from instep.core.template import Shape
from instep.engine.flows.actions.calling import Arrived, Call
from instep.engine.flows.names.named_ids import Stored
from instep.engine.flows.runs.draining import Flows
from instep.engine.flows.services import FlowServices
from instep.engine.flows.triggers.polling import Polled
from instep.engine.flows.triggers.starting import Starter
from instep.engine.work import to_ms
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.store import shards
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.core.flow.small_offer import SmallOffer

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@dataclass
class FakeApp:
    """Carries calls out and remembers them; `answers` may raise instead."""

    calls: list[Call] = field(default_factory=list)
    carried_out: dict[str, Any] = field(default_factory=dict)
    answer: Callable[[Call], Any] = lambda _call: {"ok": True}
    look_up: Callable[[Call], Arrived | None] | None = None

    async def call(self, call):
        self.calls.append(call)
        await asyncio.sleep(0)
        given = self.answer(call)
        if isinstance(given, OutcomeUnknown):
            self.carried_out[call.key] = {"ok": True}
            raise given
        if isinstance(given, InstepError):
            raise given
        self.carried_out[call.key] = given
        return given

    async def find_out(self, call):
        if self.look_up is not None:
            return self.look_up(call)
        found = self.carried_out.get(call.key)
        return None if found is None else Arrived(found)

    async def describe(self, call):
        return [{"method": "POST", "body": dict(call.inputs)}]


@dataclass
class FakePoller:
    """Hands out what it is given, page by page."""

    polls: list[list[Polled]] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)
    error: InstepError | None = None

    async def pages(self, trigger: Poll, cursor):
        self.cursors.append(cursor)
        if self.error is not None:
            raise self.error
        for page in self.polls.pop(0) if self.polls else []:
            yield page


ANY = Input(Shape())
SEND = OfferedAction({"to": ANY, "text": ANY, "n": ANY}, Shape(), "write")


class Offer(SmallOffer):
    """What the small workspace offers, and an app that takes messages."""

    def actions(self, connection):
        return {**super().actions(connection), "send": SEND}

    def polls(self, connection):
        return {
            name: replace(each, item=Shape()) for name, each in super().polls(connection).items()
        }

    def events(self, connection):
        return {"ContactCreate": OfferedTrigger(Shape())}


class Offers:
    async def current(self, asking=()):
        return Offer()


class NoNames:
    """Every document goes by ids already."""

    async def store_by_id(self, document):
        return Stored(document, ())


@dataclass
class Ground:
    """Flows of one workspace, drained by hand."""

    db: Database
    services: FlowServices
    flows: Flows
    app: FakeApp
    poller: FakePoller
    clock: ManualClock
    syncs_run: list[str]
    connections: Connections

    async def publish(self, document):
        await self.services.save(document)
        return await self.services.publish(document["id"])

    async def drain(self):
        await drain_due(self.db, self.flows, self.clock)

    async def states(self, name):
        return dict((await self.services.get(name)).runs)


async def drain_due(db, flows, clock):
    """Drain every shard that has something due, once."""
    now = to_ms(clock.now())
    for shard in await db.run_read(lambda tx: flows.due_shards(tx, now)):
        fence = await db.run(lambda tx, shard=shard: shards.take(tx, shard, "test", now))
        await flows.drain(fence)


async def make_ground(database) -> Ground:
    """Return flows on this database, with the connection `ghl`."""
    connections = Connections(database, Vault(bytes(32)), DEFAULT_WORKSPACE)
    new = NewConnection("ghl", "gohighlevel", "private_integration", "loc-1", "US", {})
    await connections.create(new, Credential("private_integration", {"token": "top-secret"}))
    clock, app, poller, ran = ManualClock(AT), FakeApp(), FakePoller(), []

    async def run_sync(name):
        ran.append(name)
        return {"requested": True}

    async def secrets_of(_names):
        return ["top-secret"]

    starter = Starter(database, poller, clock, lambda: 0.5)
    flows = Flows(database, clock, app, starter, run_sync, secrets_of)
    services = FlowServices(database, connections, Offers(), NoNames(), clock, DEFAULT_WORKSPACE)
    return Ground(database, services, flows, app, poller, clock, ran, connections)
