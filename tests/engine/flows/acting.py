"""A flow's caller at a sandbox: GoHighLevel on a real port, opened without a store."""

from __future__ import annotations

import contextlib
import itertools
from datetime import UTC, datetime

from instep.connectors.gohighlevel import connector as gohighlevel
from instep.core.retry import RetryPolicy
from instep.engine.clients import Reached
from instep.engine.custom_fields import names_custom
from instep.engine.flows.actions.acting import caller
from instep.engine.flows.actions.calling import Call
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.clock import ManualClock
from instep.sdk.resource import Account
from instep.sdk.testing.fakes import FixedTokens, FreeLimiter

_KEYS = itertools.count(1)


class Opened:
    """Connections that are open already, by name. `custom`: their custom fields are asked for."""

    def __init__(self, reached, custom=None):
        self._reached, self._custom = reached, custom

    async def named(self, name):
        return self._reached[name]

    async def resource(self, reached, kind, naming):
        if self._custom is None or not names_custom(naming):
            return kind(reached.account)
        account = await self._custom.account(
            reached.connection_id, kind, reached.account, reached.client
        )
        return kind(account)


class Actor:
    """Calls operations as a step does. `clock` stands still until it is moved."""

    def __init__(self, reached, clock):
        self.reached, self.clock = reached, clock
        self.caller = caller(Opened(reached), clock)

    def made(self, operation, connection="ghl", **inputs):
        # the sandbox goes by the real clock; this one is moved where a look-up waits
        begun = int(datetime.now(UTC).timestamp() * 1000)
        return Call(connection, operation, inputs, f"key-{next(_KEYS)}", begun)

    async def call(self, operation, connection="ghl", **inputs):
        return await self.caller.call(self.made(operation, connection, **inputs))


def reached_by(connector, account, secrets, clock, kind):
    """A connection as `Clients` opens it. One attempt: what fails is seen."""
    client = Client(
        connector=connector,
        account=account,
        tokens=FixedTokens(Credential(kind, secrets)),
        limiter=FreeLimiter(),
        clock=clock,
        policy=RetryPolicy(attempts=1),
    )
    return Reached(f"con_{connector.name}", connector, account, client, 4)


def ghl_reached(told, clock, token="private_integration_token"):
    """GoHighLevel as the sandbox told it, with one of its tokens."""
    config = {
        "base_url": told["url"],
        "marketplace_url": told["url"],
        "company_id": told["company_id"],
        "timezone": "America/New_York",
    }
    account = Account(told["location_id"], "US", config)
    return reached_by(gohighlevel, account, {"token": told[token]}, clock, "private_integration")


@contextlib.asynccontextmanager
async def acting(told):
    """Open GoHighLevel as `ghl`, and with the agency's token as `agency`."""
    clock = ManualClock(datetime.now(UTC))
    reached = {
        "ghl": ghl_reached(told, clock),
        "agency": ghl_reached(told, clock, "agency_private_integration_token"),
    }
    try:
        yield Actor(reached, clock)
    finally:
        for each in reached.values():
            await each.client.close()
