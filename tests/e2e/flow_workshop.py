"""Flows as a workspace has them, over its stored connections; drained by hand."""

from __future__ import annotations

import contextlib
import json
import os
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from instep.connectors.gohighlevel import connector as gohighlevel
from instep.engine.clients import Clients
from instep.engine.flows.house import House
from instep.engine.flows.runs.draining import Flows
from instep.engine.flows.services import FlowServices, Offers
from instep.sdk.auth import Credential
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.schema.flows import flow_run, flow_step
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.engine.flows.ground import drain_due
from tests.engine.flows.polled import MovedClock

TOKENS = MappingProxyType(
    {"ghl": "private_integration_token", "agency": "agency_private_integration_token"}
)
"""The connections to GoHighLevel, by name, and what the sandbox calls the token of each."""


class NoChannels:
    """Nobody is to be told anything."""

    async def notify(self, channel, title, text, key):
        raise AssertionError(f"{title}: nobody was to be told")


@dataclass(frozen=True)
class Ran:
    """A run that was carried as far as it went. `steps` have what was kept, by their place."""

    state: str
    sentence: str | None
    item: Any
    steps: dict[str, tuple[Any, Any]]

    @property
    def input(self):
        return self.steps["call"][0]

    @property
    def output(self):
        return self.steps["call"][1]


@dataclass
class Workshop:
    """What people do with flows, and what carries them out."""

    db: Database
    connections: Connections
    services: FlowServices
    offers: Offers
    flows: Flows
    clock: MovedClock

    async def connect(self, name, connector, account, credential, **config):
        new = NewConnection(name, connector, credential.kind, account, "US", config)
        await self.connections.create(new, credential)

    async def connect_ghl(self, told):
        """Connect the sandbox's account, with the token of its location and with its agency's."""
        config = {
            "base_url": told["url"],
            "marketplace_url": told["url"],
            "company_id": told["company_id"],
            "timezone": "America/New_York",
        }
        for name, token in TOKENS.items():
            credential = Credential("private_integration", {"token": told[token]})
            await self.connect(name, "gohighlevel", told["location_id"], credential, **config)

    async def publish(self, document):
        await self.services.save(document)
        await self.services.publish(document["id"])

    async def drain(self):
        await drain_due(self.db, self.flows, self.clock)

    async def call(self, operation, connection, inputs):
        """Publish a flow whose one step calls an operation, and run it by hand.

        Every argument stands in the item of the run, and comes to the step by a template.
        """
        step = {"id": "call", "kind": "action", "connection": connection, "operation": operation}
        step["inputs"] = {name: templated(each, f"trigger.{name}") for name, each in inputs.items()}
        name = operation.replace(".", "_")
        await self.publish({"id": name, "trigger": {"kind": "manual"}, "steps": [step]})
        key = await self.services.start(name, inputs)
        await self.drain()
        (ran,) = await self.ran(flow_run.c.key == key)
        return ran

    async def ran(self, which):
        """The runs that a condition is true of, the oldest first."""

        def read(tx):
            found = tx.execute(sa.select(flow_run).where(which).order_by(flow_run.c.id)).all()
            mine = flow_step.c.run_id.in_([row.id for row in found])
            return found, tx.execute(sa.select(flow_step).where(mine)).all()

        found, steps = await self.db.run_read(read)
        return [
            Ran(
                row.state,
                row.sentence,
                json.loads(row.item),
                {
                    each.place: (_loaded(each.input), _loaded(each.output))
                    for each in steps
                    if each.run_id == row.id
                },
            )
            for row in found
        ]


def _loaded(text):
    return None if text is None else json.loads(text)


def templated(value, path):
    """A template for each value: objects and their lists are filled in from inside."""
    if isinstance(value, dict) and value:
        return {name: templated(each, f"{path}.{name}") for name, each in value.items()}
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        return [templated(each, f"{path}[{place}]") for place, each in enumerate(value)]
    return f"{{{{{path}}}}}"


async def _run_no_sync(name):
    raise AssertionError(f"no flow here runs a sync: {name}")


@contextlib.asynccontextmanager
async def workshop(url, *connectors):
    """Open the flows of a migrated database. GoHighLevel is among the connectors."""
    with closing(Database(url)) as db:
        vault, clock = Vault(os.urandom(32)), MovedClock()
        connections = Connections(db, vault, DEFAULT_WORKSPACE)
        known = {each.name: each for each in (gohighlevel, *connectors)}
        clients = Clients(db, vault, connections, known, clock)
        house = House(db, clients, clock, connections, NoChannels(), DEFAULT_WORKSPACE)
        flows = house.flows(_run_no_sync, timedelta(days=30))
        try:
            yield Workshop(db, connections, house.services, house.offers, flows, clock)
        finally:
            await clients.close()
