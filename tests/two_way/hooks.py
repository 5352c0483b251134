"""Instep's own server for GoHighLevel's webhooks, and waiting until one is kept."""

from __future__ import annotations

import asyncio
import contextlib

import sqlalchemy as sa

from instep.api.server import serve
from instep.store.schema.events import hint
from tests.two_way.stage import GHL

_PATIENCE = 10


class Told:
    """What came in by webhook."""

    def __init__(self, stage):
        self._stage = stage

    async def one(self):
        """Wait until something is kept that no run has followed yet."""
        async with asyncio.timeout(_PATIENCE):
            while not self._kept():
                await asyncio.sleep(0.005)

    def _kept(self):
        with self._stage.instep.db.read() as tx:
            return tx.execute(sa.select(sa.func.count()).select_from(hint)).scalar_one()


@contextlib.asynccontextmanager
async def listening(stage):
    """Serve `/hooks/gohighlevel`, and let the sandbox's GoHighLevel send there."""
    url = asyncio.get_running_loop().create_future()
    told = asyncio.Event()
    serving = asyncio.create_task(serve(stage.instep, lambda: None, url.set_result, told))
    try:
        stage.ghl.send_webhooks_to(f"{await url}/hooks/{GHL}")
        yield Told(stage)
    finally:
        told.set()
        await serving
