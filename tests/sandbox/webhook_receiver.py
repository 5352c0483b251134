"""Somebody who receives webhooks on a real port, and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass

from aiohttp import web

WAIT = 60  # seconds; a test that waits this long has failed


@dataclass(frozen=True)
class Received:
    headers: dict
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw)

    @property
    def event(self):
        return self.body["type"]


class Receiver:
    """`answers` are the statuses of the next calls; 200 when there are none left."""

    def __init__(self):
        self.url = ""
        self.answers = []
        self.received = []
        self.most_at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._at_once = 0
        self._more = asyncio.Condition()

    async def take(self, request):
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        headers = {name.lower(): value for name, value in request.headers.items()}
        got = Received(headers, await request.read())
        async with self._more:
            self.received.append(got)
            self._more.notify_all()
        await self.gate.wait()
        self._at_once -= 1
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def wait_for(self, number):
        """The first so many, once they are there."""
        async with asyncio.timeout(WAIT), self._more:
            await self._more.wait_for(lambda: len(self.received) >= number)
        return self.received[:number]

    async def events(self, number):
        return [each.event for each in await self.wait_for(number)]


@contextlib.asynccontextmanager
async def receiving():
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        receiver.gate.set()
        await runner.cleanup()


async def settled(ghl, number=1, **asked):
    """The log, newest first, once so many deliveries have come to an end."""
    async with asyncio.timeout(WAIT):
        while True:
            listed = (await ghl.call("GET", "/_sandbox/webhooks", params=asked)).body["webhooks"]
            done = [each for each in listed if each["standing"] != "waiting"]
            if len(done) >= number:
                return listed
            await asyncio.sleep(0.01)
