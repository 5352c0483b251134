"""A client for an app that is typed and not connected: for a look at it. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from instep.engine.typed import Checked
from instep.sdk.auth import GivenCredential
from instep.sdk.client import Client
from instep.sdk.clock import Clock
from instep.sdk.pacing import LocalLimiter


@asynccontextmanager
async def trying(checked: Checked, clock: Clock) -> AsyncIterator[Client]:
    """Open a client by what a person typed, and close it afterwards."""
    connector, account = checked.connector, checked.account
    limits = connector.limits(checked.credential.kind, account.config)
    client = Client(
        connector=connector,
        account=account,
        tokens=GivenCredential(checked.credential),
        limiter=LocalLimiter(limits, clock),
        clock=clock,
    )
    try:
        yield client
    finally:
        await client.close()
