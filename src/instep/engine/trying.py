"""A client for an app that is typed and not connected: for a look at it. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from instep.engine.typed import Checked
from instep.sdk.auth import Credential
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
        tokens=_Typed(checked.credential),
        limiter=LocalLimiter(limits, clock),
        clock=clock,
    )
    try:
        yield client
    finally:
        await client.close()


class _Typed:
    """A TokenStore for a credential that was typed: it is used as it is."""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential

    async def load(self) -> Credential:
        """Return the credential."""
        return self._credential

    async def save(self, credential: Credential) -> None:
        """Keep another one for the rest of this look."""
        self._credential = credential

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Hold nothing: nobody else has this credential."""
        yield
