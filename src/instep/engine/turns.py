"""Whose turn it is: what one process does for all that share a database.

The right to it is a lease, and every outcome is written under a fence: a process that was killed is
taken over once its lease is over, and one that only slept can write nothing more.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import leases, shards
from instep.store.database import Database
from instep.store.ids import new_id
from instep.store.leases import Lease
from instep.store.shards import Fence
from instep.store.workspaces import DEFAULT_WORKSPACE

LEASE = timedelta(seconds=15)
_RENEWED_BEFORE = timedelta(seconds=10)


@dataclass(slots=True)
class Turn:
    """The turn to do what is called `name`, whose epochs count under `number` among the shards."""

    db: Database
    clock: Clock
    name: str
    number: int
    fence: Fence | None = field(default=None, init=False)
    _lease: Lease = field(init=False)
    _until: datetime | None = field(default=None, init=False)
    _taking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        """Choose by which name the lease is held: on SQLite there is one engine, always the same."""
        owner = "local" if self.db.is_sqlite else new_id("out")
        self._lease = Lease(DEFAULT_WORKSPACE, self.name, owner)

    async def take(self) -> Fence | None:
        """Return the fence to write under, of a turn held or just taken; None: it is another's."""
        async with self._taking:
            return await self._hold()

    async def _hold(self) -> Fence | None:
        now = self.clock.now()
        if self._until is not None and now < self._until - _RENEWED_BEFORE:
            return self.fence
        is_new = self.fence is None or self._until is None or now >= self._until

        def hold(tx: sa.Connection) -> Fence | None:
            if not leases.acquire(tx, self._lease, to_ms(now), _milliseconds(LEASE)):
                return None
            owner = self._lease.owner
            return shards.take(tx, self.number, owner, to_ms(now)) if is_new else self.fence

        self.fence = await self.db.run(hold)
        self._until = None if self.fence is None else now + LEASE
        return self.fence

    def lost(self) -> None:
        """Take note that another process has taken over: the next turn is a new one."""
        self._until = None

    async def give_back(self) -> None:
        """Let another process have it at once."""
        if self.fence is not None:
            await self.db.run(lambda tx: leases.release(tx, self._lease))
            self.fence = None


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
