"""GoHighLevel's connector on the line: its resources, and the sdk's client that sends for them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from instep.connectors.gohighlevel import connector
from instep.core.retry import RetryPolicy
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.clock import ManualClock
from instep.sdk.resource import Account
from instep.sdk.testing.fakes import FixedTokens, FreeLimiter

ONCE, PATIENT = RetryPolicy(attempts=1), RetryPolicy()


class Line:
    """One location, reached by the connector. Waiting takes no time here."""

    def __init__(self, told, client, account):
        self.told = told
        self.client = client
        self._account = account

    def resource(self, kind):
        return connector.resource(kind)(self._account)

    async def create(self, kind, values, parent=None):
        """The new record, as the connector reads the answer."""
        resource = self.resource(kind)
        resource = resource if parent is None else resource.under(parent)
        return resource.created(await self.client.send(resource.create(values)))

    async def get(self, kind, record_id, parent=None):
        resource = self.resource(kind)
        resource = resource if parent is None else resource.under(parent)
        return resource.record(await self.client.send(resource.get(record_id)))

    async def every(self, kind):
        """All records of a kind, page by page."""
        resource, found = self.resource(kind), []
        request = resource.list()
        while request is not None:
            reply = await self.client.send(request)
            found += resource.records(reply)
            request = resource.next(request, reply)
        return found


@contextlib.asynccontextmanager
async def connected(told, token=None, policy=PATIENT):
    """Connect with the private integration token that the sandbox told, or with another one."""
    config = {"base_url": told["url"], "marketplace_url": told["url"]}
    account = Account(told["location_id"], "US", config | {"timezone": "America/New_York"})
    secrets = {"token": token or told["private_integration_token"]}
    client = Client(
        connector=connector,
        account=account,
        tokens=FixedTokens(Credential("private_integration", secrets)),
        limiter=FreeLimiter(),
        clock=ManualClock(datetime.now(UTC)),
        policy=policy,
    )
    try:
        yield Line(told, client, account)
    finally:
        await client.close()
