"""A watch over a database, its channels, and ways to bring trouble about; both databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.engine.alert_services import Alerts
from instep.engine.alerts import Watch
from instep.engine.channel_services import AlertChannels
from instep.engine.channels.way import Wire
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.transport import HttpTransport
from instep.store import syncs
from instep.store.alert_channels import Channels
from instep.store.connections import Connections, NewConnection
from instep.store.schema.alerts import alert, alert_message
from instep.store.syncs import NewSync
from instep.store.workspaces import DEFAULT_WORKSPACE

SETTLED = 5 * 60


@dataclass
class Tower:
    """What a process holds that watches; `process` is another one on the same database."""

    database: object
    vault: object
    clock: object = field(default_factory=lambda: ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    allows: object = field(default=lambda _host: True)
    _open: list = field(default_factory=list)

    def __post_init__(self):
        self.watch = self.process()
        self.alerts = Alerts(self.database, self.clock, DEFAULT_WORKSPACE)
        self.channels = AlertChannels(
            self.database, self.watch.channels, self.watch.wire, DEFAULT_WORKSPACE
        )
        self.connections = Connections(self.database, self.vault, DEFAULT_WORKSPACE)

    def process(self, database=None, wrap=lambda transport: transport):
        transport = HttpTransport("", allows=self.allows)
        self._open.append(transport)
        database = database or self.database
        wire = Wire(wrap(transport), self.clock, self.allows)
        channels = Channels(database, self.vault, DEFAULT_WORKSPACE)
        return Watch(
            database,
            channels,
            wire,
            DEFAULT_WORKSPACE,
            timedelta(days=30),
            chance=lambda: 0.0,
        )

    async def close(self):
        for each in self._open:
            await each.close()

    @property
    def now(self):
        return int(self.clock.now().timestamp() * 1000)

    async def hook(self, listener, name="hook", **settings):
        given = {"url": listener.url, **settings}
        return await self.channels.add(name, "webhook", given)

    async def round(self, seconds=0.0):
        """Let time pass, look once, and send what is due."""
        self.clock.move(seconds)
        assert await self.watch.look()
        assert await self.watch.send_due()

    async def connect(self, name):
        new = NewConnection(name, "memory", "token", name, "US", {})
        return await self.connections.create(new, Credential("token", {"token": name}))

    async def sync(self, name="people"):
        a, b = await self.connect(f"{name}-a"), await self.connect(f"{name}-b")
        new = NewSync(name, "contact", a.id, b.id, [], 300, Brakes())
        return await self.database.run(
            lambda tx: syncs.create(tx, DEFAULT_WORKSPACE, new, self.now)
        )

    async def halt(self, sync, reason="mass_change", sentence="It would change 60 of 100."):
        await self.database.run(lambda tx: syncs.set_state(tx, sync.id, "halted", reason, sentence))

    async def release(self, sync):
        await self.database.run(lambda tx: syncs.set_state(tx, sync.id, "active"))

    async def insert(self, table, **values):
        row = {"workspace_id": DEFAULT_WORKSPACE, **values}
        await self.database.run(lambda tx: tx.execute(sa.insert(table).values(row)))

    async def open_ones(self):
        return [each.as_json() for each in (await self.alerts.list()).alerts]

    def rows(self, table=alert_message):
        with self.database.read() as tx:
            return tx.execute(sa.select(table).order_by(table.c.id)).all()

    def alert_rows(self):
        return self.rows(alert)


def title(heard):
    return heard.body["data"]["title"]
