"""Where a connection's credential lives, and the one right to refresh it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from instep.sdk.auth import Credential
from instep.sdk.clock import Clock
from instep.store import leases
from instep.store.connections import Connection, load_credential, store_credential
from instep.store.database import Database
from instep.store.ids import new_id
from instep.store.vault import Vault

_LEASE_MS = 90_000
"""Longer than a refresh can take, so that nobody steals the right while an answer is under way."""

_LOOK_AGAIN_SECONDS = 0.2


class StoredTokens:
    """A TokenStore on the database; implements sdk.auth.TokenStore."""

    def __init__(self, db: Database, vault: Vault, connection: Connection, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._of = (connection.workspace_id, connection.id)
        self._clock = clock

    async def load(self) -> Credential:
        """Return the credential as last stored by any process."""
        return await self._db.run_read(lambda tx: load_credential(tx, self._vault, self._of[1]))

    async def save(self, credential: Credential) -> None:
        """Store a new credential; returns when it is committed."""
        await self._db.run(lambda tx: store_credential(tx, self._vault, self._of, credential))

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Hold the right to refresh, across processes. No transaction stays open meanwhile."""
        workspace_id, connection_id = self._of
        lease = leases.Lease(workspace_id, f"refresh:{connection_id}", new_id("own"))
        while not await self._db.run(lambda tx: leases.acquire(tx, lease, self._now(), _LEASE_MS)):
            await self._clock.sleep(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            await self._db.run(lambda tx: leases.release(tx, lease))

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)
