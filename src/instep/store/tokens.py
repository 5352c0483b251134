"""Where a connection's credential lives, and the one right to renew it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import sqlalchemy as sa

from instep.core.errors import RetryLater
from instep.sdk.auth import Credential
from instep.sdk.clock import Clock
from instep.store import credentials, leases
from instep.store.connections import Connection
from instep.store.database import Database
from instep.store.ids import new_id
from instep.store.leases import Lease
from instep.store.vault import Vault

_LEASE_MS = 10_000
"""How long a dead holder keeps others waiting. It must be well under half a minute: that long a
refresh token whose answer was lost still brings the same new pair (facts: ghl 3.1)."""

_RENEW_SECONDS = 3.0
_LOOK_AGAIN_SECONDS = 0.2


class StoredTokens:
    """A TokenStore on the database; implements sdk.auth.TokenStore. One per connection."""

    def __init__(self, db: Database, vault: Vault, connection: Connection, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._place = connection.place
        self._lease_name = connection.lease_name
        self._clock = clock
        self._turn = asyncio.Lock()
        self._basis: int | None = None  # the version it had when we began to refresh

    async def load(self) -> Credential:
        """Return the credential as last stored by any process."""
        return await self._db.run_read(lambda tx: credentials.load(tx, self._vault, self._place))

    async def save(self, credential: Credential) -> None:
        """Store a new credential; returns when it is committed.

        While refreshing, it replaces only the credential that was there on entering: a holder that
        slept past its lease must not undo what another one stored. Raises RetryLater then.
        """
        basis = self._basis

        def save(tx: sa.Connection) -> bool:
            if basis is None:
                credentials.store(tx, self._vault, self._place, credential)
                return True
            return credentials.replace(tx, self._vault, self._place, credential, basis)

        if not await self._db.run(save):
            raise RetryLater("Another worker renewed this connection's tokens meanwhile.")

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Hold the right to refresh, across processes. No transaction stays open meanwhile."""
        async with self._turn:
            lease = Lease(self._place.workspace_id, self._lease_name, new_id("own"))
            try:
                while not await self._acquire(lease):
                    await self._clock.sleep(_LOOK_AGAIN_SECONDS)
                self._basis = await self._db.run_read(
                    lambda tx: credentials.version_of(tx, self._place)
                )
                async with self._renewing(lease):
                    yield
            finally:
                self._basis = None
                await self._db.run(lambda tx: leases.release(tx, lease))

    @asynccontextmanager
    async def _renewing(self, lease: Lease) -> AsyncIterator[None]:
        renewing = asyncio.create_task(self._renew_for_ever(lease))
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _renew_for_ever(self, lease: Lease) -> None:
        while True:
            # real seconds, whatever the clock: what matters is that this process still lives
            await asyncio.sleep(_RENEW_SECONDS)
            await self._acquire(lease)

    async def _acquire(self, lease: Lease) -> bool:
        now = int(self._clock.now().timestamp() * 1000)
        return await self._db.run(lambda tx: leases.acquire(tx, lease, now, _LEASE_MS))
