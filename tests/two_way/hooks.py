"""Instep's own server for GoHighLevel's webhooks, and waiting until one is kept."""

from __future__ import annotations

import asyncio
import contextlib

from instep.api.server import serve
from tests.two_way.stage import GHL

_PATIENCE = 60


class Told:
    """What came in by webhook."""

    def __init__(self):
        self._due = asyncio.Event()

    def wake(self):
        """Take what the server says once something is kept."""
        self._due.set()

    async def one(self):
        """Wait until a webhook is kept that makes the sync due."""
        async with asyncio.timeout(_PATIENCE):
            await self._due.wait()
        self._due.clear()


@contextlib.asynccontextmanager
async def serving(stage, wake=lambda: None):
    """Serve the API; give its address."""
    url = asyncio.get_running_loop().create_future()
    ended = asyncio.Event()
    server = asyncio.create_task(serve(stage.instep, wake, url.set_result, ended))
    try:
        yield await url
    finally:
        ended.set()
        await server


@contextlib.asynccontextmanager
async def listening(stage):
    """Serve `/hooks/gohighlevel`, and let the sandbox's GoHighLevel send there."""
    told = Told()
    async with serving(stage, told.wake) as url:
        stage.ghl.send_webhooks_to(f"{url}/hooks/{GHL}")
        yield told
        stage.ghl.send_webhooks_to(None)
