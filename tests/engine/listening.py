"""Somebody who listens on a real port, and a connection that posts to them; both databases."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import sqlalchemy as sa
from aiohttp import web

from instep.engine.outlets import Outlets
from instep.engine.posting_services import Postings, Wanted
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.kept.outbox import NewPosting
from instep.sdk.standard_webhooks import new_secret, verify
from instep.sdk.transport import HttpTransport
from instep.sdk.webhooks import Incoming
from instep.store import postings
from instep.store.connections import Connections, NewConnection
from instep.store.schema.postings import posting
from instep.store.workspaces import DEFAULT_WORKSPACE

WAIT = 60  # seconds; a test that waits this long has failed
SECRET = new_secret()
_numbers = count(1)


@dataclass
class Heard:
    """One webhook as it came."""

    headers: dict
    raw: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def body(self):
        return json.loads(self.raw)

    @property
    def said(self):
        return f"{self.body['data']['id']} {self.body['type']}"


@dataclass
class Listener:
    """`answers` are (status, headers) of the next calls; 200 when there are none left."""

    url: str = ""
    answers: list = field(default_factory=list)
    heard: list = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    body: bytes = b""

    async def take(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append(Heard(headers, await request.read()))
        await self.gate.wait()
        status, more = self.answers.pop(0) if self.answers else (200, {})
        return web.Response(status=status, headers=more, body=self.body)

    @property
    def said(self):
        return [each.said for each in self.heard]

    async def until(self, number):
        async with asyncio.timeout(WAIT):
            while len(self.heard) < number:  # noqa: ASYNC110 - the server and the test share a loop
                await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def listening():
    listener = Listener()
    listener.gate.set()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", listener.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook/3f9c"
    try:
        yield listener
    finally:
        listener.gate.set()
        await runner.cleanup()


def updated(record, event="contact.updated", **values):
    return NewPosting("contact", record, event, values or {"first_name": record})


@dataclass
class Office:
    """A database with outboxes, and what a process that posts from it holds."""

    database: object
    vault: object
    clock: object = field(default_factory=lambda: ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    allows: object = field(default=lambda _host: True)
    _open: list = field(default_factory=list)

    def connections(self, database=None):
        return Connections(database or self.database, self.vault, DEFAULT_WORKSPACE)

    async def connect(self, url, secret=SECRET, **config):
        name = f"bridge{next(_numbers)}"
        new = NewConnection(name, "memory", "token", name, "US", {"outbound_url": url, **config})
        secrets = {"token": "t", **({"signing_secret": secret} if secret else {})}
        return await self.connections().create(new, Credential("token", secrets))

    def outlets(self, database=None, wrap=lambda transport: transport):
        """Be another process."""
        transport = HttpTransport("", allows=self.allows)
        self._open.append(transport)
        database = database or self.database
        return Outlets(
            database,
            self.connections(database),
            self.clock,
            wrap(transport),
            timedelta(days=30),
            chance=lambda: 0.0,
        )

    def services(self):
        return Postings(self.database, self.connections(), self.clock, DEFAULT_WORKSPACE)

    async def put(self, connection, *new):
        now = int(self.clock.now().timestamp() * 1000)
        place = (connection.workspace_id, connection.id)
        await self.database.run(lambda tx: postings.put(tx, *place, new, now))

    async def report(self, connection, **wanted):
        found = await self.services().report(connection.name, Wanted(**wanted))
        return found.standing, [each.as_json() for each in reversed(found.posts)]

    async def states(self, connection):
        return [each["state"] for each in (await self.report(connection))[1]]

    def rows(self):
        with self.database.read() as tx:
            return tx.execute(sa.select(posting).order_by(posting.c.id)).all()

    async def close(self):
        for each in self._open:
            await each.close()


def proven(heard, now, secret=SECRET):
    """The webhook's id, once its signature is proven as a receiver would."""
    return verify(secret, Incoming(heard.headers, heard.raw, now), now)
