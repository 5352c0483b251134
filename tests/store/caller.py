"""One process of several that call one app: as often and as fast as the shared budget lets it."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import closing
from functools import partial

from instep.core.errors import DailyLimit
from instep.sdk.clock import SystemClock
from instep.sdk.limits import Limits, Purpose
from instep.store.connections import Connections
from instep.store.database import Database
from instep.store.limits import StoredLimiter
from instep.store.vault import Vault

say = partial(print, flush=True)


async def call(limiter: StoredLimiter, made: list[float]) -> None:
    """Call until the day's quota is used up."""
    try:
        while True:
            await limiter.acquire(Purpose.READ)
            made.append(time.time())
    except DailyLimit:
        return


async def calls(url: str, connection_id: str, limits: Limits) -> None:
    with closing(Database(url)) as database:
        connections = Connections(database, Vault(b"k" * 32), "wsp_default")
        connection = await connections.get(connection_id)
        limiter = StoredLimiter(database, connection, limits, SystemClock())
        say("ready")
        await asyncio.to_thread(sys.stdin.readline)
        made: list[float] = []
        await asyncio.gather(*(call(limiter, made) for _ in range(4)))
        say(*made)


if __name__ == "__main__":
    per_second, burst, daily = map(int, sys.argv[3:])
    asyncio.run(calls(sys.argv[1], sys.argv[2], Limits(per_second, burst, 4, daily)))
