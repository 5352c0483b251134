"""An app with a daily quota: five syncs get through the day, and a used-up day ends by itself."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors import memory
from instep.core.errors import DailyLimit
from instep.core.records import Write
from instep.engine.clients import Clients
from instep.engine.draining import Engine
from instep.engine.sync_services import Syncs, Wanted
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.limits import Limits, Observed, Purpose
from instep.sdk.request import Reply, Request
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

MORNING = datetime(2026, 11, 21, tzinfo=UTC)
METERED = "metered"


@dataclass
class Meter:
    """Counts the calls of one app by day, and refuses what is above its daily quota."""

    clock: ManualClock
    daily: int
    calls: Counter = field(default_factory=Counter)
    refused: int = 0

    def transport(self, config):
        inner = memory.connector.transport(config)
        return _Metered(self, inner) if config["name"] == METERED else inner

    def observed(self, reply):
        if "x-left" not in reply.headers:
            return Observed()
        return Observed(daily=self.daily, daily_left=int(reply.headers["x-left"]))

    def meaning(self, request: Request, reply: Reply):
        if reply.status == 429 and reply.headers.get("x-left") == "0":
            return DailyLimit("The day's calls are used up.", self.midnight())
        return memory.connector.meaning(request, reply)

    def midnight(self) -> datetime:
        return self.clock.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)

    def count(self) -> int | None:
        """Count a call; return what is left then, None if it is refused."""
        today = self.clock.now().date()
        if self.calls[today] >= self.daily:
            self.refused += 1
            return None
        self.calls[today] += 1
        return self.daily - self.calls[today]


class _Metered:
    def __init__(self, meter, inner):
        self._meter, self._inner = meter, inner

    async def send(self, request, headers):
        left = self._meter.count()
        if left is None:
            return Reply(429, {"x-left": "0"}, {"message": "No calls are left today."})
        reply = await self._inner.send(request, headers)
        return Reply(reply.status, {**reply.headers, "x-left": str(left)}, reply.body)

    async def close(self):
        await self._inner.close()


@dataclass
class Office:
    """One app with a quota, and others that are each kept in step with it by a sync of its own."""

    clock: ManualClock
    meter: Meter
    metered: memory.MemoryApp
    others: list[memory.MemoryApp]
    clients: Clients
    engine: Engine
    syncs: Syncs

    async def work(self, until: datetime) -> None:
        """Let time go by, from one due sync to the next."""
        while self.clock.now() < until:
            now = self.clock.now().timestamp() * 1000
            known = await self.syncs.list()
            for shard in {each.shard for each in known if each.due_at <= now}:
                while await self.engine.advance(shard):
                    pass
            due = min(each.due_at for each in await self.syncs.list()) / 1000
            ahead = min(due, until.timestamp()) - self.clock.now().timestamp()
            self.clock.move(max(ahead, 1))


async def _open(database, daily, syncs, *, told_by_headers):
    clock = ManualClock(MORNING)
    meter = Meter(clock, daily)
    declared = None if told_by_headers else daily
    connector = replace(
        memory.connector,
        limits=lambda _kind, config: Limits(
            1_000, 10, 4, daily=declared if config["name"] == METERED else None
        ),
        transport=meter.transport,
        observed=meter.observed,
        meaning=meter.meaning,
    )
    vault = Vault(os.urandom(32))
    stored = Connections(database, vault, DEFAULT_WORKSPACE)
    apps = [
        memory.install(memory.MemoryApp(name, now=clock.now))
        for name in (METERED, *(f"other{number}" for number in range(syncs)))
    ]
    for app in apps:
        await stored.create(
            NewConnection(app.name, "memory", "token", app.name, "US", {"name": app.name}),
            Credential("token", {"token": app.token}),
        )
    clients = Clients(database, vault, stored, {"memory": connector}, clock)
    engine = Engine(database, clients, clock, owner="one")
    office = Office(
        clock, meter, apps[0], apps[1:], clients, engine, Syncs(engine, clients, DEFAULT_WORKSPACE)
    )
    office.metered.add({"first_name": "Ada", "email": "ada@example.com", "city": "Leiden"})
    for app in office.others:
        await office.syncs.create(Wanted(app.name, app.name, METERED))
        await office.syncs.request_run(app.name)
    return office


@pytest.fixture
async def open_office(database):
    """Opens the office, and closes it in the end."""
    opened = []

    async def open_(daily, syncs, *, told_by_headers=False):
        opened.append(await _open(database, daily, syncs, told_by_headers=told_by_headers))
        return opened[-1]

    yield open_
    for office in opened:
        await office.clients.close()


def _ada(app):
    return next(each for each in app.records().values() if each.values["email"].startswith("ada"))


def _edit(office, number):
    """Change Ada somewhere: in the app with the quota, or in one of the others."""
    app = [office.metered, *office.others][number % (len(office.others) + 1)]
    app.edit(_ada(app).id, Write(set={"city": f"City {number}"}))


async def test_five_syncs_get_through_a_day_of_a_free_plan_with_its_edits(sqlite_url):
    with closing(Database(sqlite_url)) as database:
        office = await _open(database, 1_000, 5, told_by_headers=True)
        await office.work(MORNING + timedelta(minutes=1))
        for number in range(47):
            await office.work(MORNING + timedelta(minutes=30 * (number + 1)))
            _edit(office, number)
        await office.work(MORNING + timedelta(days=1, hours=1))
        status = await office.syncs.status("other0")
        await office.clients.close()
    assert office.meter.refused == 0
    assert 400 < office.meter.calls[MORNING.date()] < 900
    assert {_ada(app).values["city"] for app in (office.metered, *office.others)} == {"City 46"}
    assert status.cadence.sentence == (
        "polls every 16 minutes: Memory allows 1,000 calls a day, shared by 5 syncs"
    )


@pytest.mark.parametrize("told_by_headers", [False, True])
async def test_a_day_that_is_used_up_stops_says_when_it_goes_on_and_goes_on(
    open_office, told_by_headers
):
    office = await open_office(20, 1, told_by_headers=told_by_headers)
    await office.work(MORNING + timedelta(minutes=1))
    for number in range(30):  # more than the day has calls: each is looked for first
        office.others[0].add({"first_name": f"P{number}", "email": f"p{number}@example.com"})
    await office.syncs.request_run("other0")
    await office.work(MORNING + timedelta(hours=1))
    status = await office.syncs.status("other0")
    assert status.sync.state == "active"
    assert status.latest is not None
    assert "goes on at 2026-11-22 00:00 UTC" in (status.latest.sentence or "")
    assert status.sync.due_at == (MORNING + timedelta(days=1)).timestamp() * 1000
    assert office.meter.refused == 0
    assert len(office.metered.records()) < 31
    await office.work(MORNING + timedelta(days=6))
    assert len(office.metered.records()) == 31
    assert office.meter.refused == 0


async def test_a_person_still_gets_through_on_a_day_that_machines_have_used_up(open_office):
    office = await open_office(20, 1)
    reached = await office.clients.named(METERED)
    request = memory.connector.verify(reached.account)
    for _ in range(18):
        await reached.client.send(request, Purpose.READ)
    for machine in (Purpose.READ, Purpose.WRITE):
        with pytest.raises(DailyLimit, match="kept for people"):
            await reached.client.send(request, machine)
    for _ in range(2):
        await reached.client.send(request, Purpose.PERSON)
    with pytest.raises(DailyLimit):
        await reached.client.send(request, Purpose.PERSON)
    assert office.meter.refused == 0


async def test_a_sync_of_an_app_that_says_nothing_polls_as_often_as_was_wanted(open_office):
    office = await open_office(1_000_000, 2)
    await office.work(MORNING + timedelta(minutes=6))
    assert (await office.syncs.status("other0")).cadence.sentence == "polls every 5 minutes"
