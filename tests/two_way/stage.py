"""Two apps on real ports, a sync between them, and the engine that keeps it; time costs no time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from instep.bootstrap import assemble, sandbox_apps
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sandbox import Person, Sandbox
from instep.sandbox.faults import make_fault
from instep.settings import Settings
from instep.store.schema.syncs import history
from tests.two_way.apps import GoHighLevel, Insightly

SYNC, GHL, INSIGHTLY = "people", "gohighlevel", "insightly"
_ROUNDS = 40


class JumpingClock:
    """The machine's clock, so many seconds `ahead`: who sleeps jumps there. It tells of each jump.

    It never stands still or goes back, so that what an app did a moment ago is never to come.
    """

    def __init__(self):
        self.ahead = 0.0
        self.tell = lambda: None

    def now(self):
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def monotonic(self):
        return time.monotonic() + self.ahead

    async def sleep(self, seconds):
        until = self.monotonic() + seconds
        await asyncio.sleep(0)  # others go first; one of them may jump as far
        self.move(until - self.monotonic())

    def move(self, seconds):
        if seconds > 0:
            self.ahead += seconds
            self.tell()


class Stage:
    """What a test acts on. Side A is GoHighLevel, side B is Insightly.

    Waiting takes no time: the clock jumps, and the apps' clocks with it, each wrong by its `skew`
    in seconds.
    """

    def __init__(self, sandbox, instep, clock):
        described = sandbox.describe()
        self.sandbox = sandbox
        self.instep = instep
        self.clock = clock
        self.ghl = GoHighLevel(described[GHL])
        self.insightly = Insightly(described[INSIGHTLY])
        self.skew = {GHL: 0, INSIGHTLY: 0}
        clock.tell = self._align
        self.known = {}  # the ids of what has no e-mail, by what it is called

    @property
    def apps(self):
        """Side A, then side B."""
        return (self.ghl, self.insightly)

    async def connect(self, country="US", **more):
        """Connect both apps, as `instep connect` does; `more` are further settings of both."""
        ghl, insightly = (self.sandbox.describe()[name] for name in (GHL, INSIGHTLY))
        settings = {
            GHL: {
                "base_url": ghl["url"],
                "location_id": ghl["location_id"],
                "token": ghl["private_integration_token"],
                "webhook_public_key": ghl["webhook_public_key"],
            },
            INSIGHTLY: {
                "base_url": insightly["url"],
                "api_key": insightly["api_key"],
                "per_second": "99",
            },
        }
        for name, values in settings.items():
            await self.instep.connections.connect(Typed(name, name, None, country, values | more))

    async def create(self, name=SYNC, **wanted):
        """Set a sync up, as `instep sync create` does."""
        return await self.instep.syncs.create(Wanted(name, GHL, INSIGHTLY, **wanted))

    async def run(self, name=SYNC):
        """Run a sync until nothing is left to do; return its status then."""
        await self.instep.syncs.request_run(name)
        return await self.settle(name)

    async def settle(self, name=SYNC):
        """Work, waiting wherever the engine waits, until no run and no write is open."""
        for _ in range(_ROUNDS):
            status = await self.work(name)
            if status.sync.state != "active" or not _is_open(status):
                return status
            self.wait(max(1, status.sync.due_at / 1000 - self.clock.now().timestamp()))
        raise AssertionError(f"it does not settle: {status}")

    async def work(self, name=SYNC):
        """Do what is due now, and nothing that has to wait."""
        shard = (await self.instep.syncs.get(name)).shard
        while await self.instep.engine.advance(shard):
            pass
        return await self.instep.syncs.status(name)

    def wait(self, seconds):
        """Let time pass everywhere."""
        self.clock.move(seconds)

    def _align(self):
        """Put the apps' clocks where the engine's is, each as wrong as it is."""
        for name, app in self.sandbox.apps.items():
            seconds = self.clock.ahead + self.skew[name]
            app.faults.switch_on(make_fault("clock_skew", {"seconds": seconds}))

    def history(self, *what):
        """The history of these kinds, oldest first; all of it if none is named."""
        query = sa.select(history).order_by(history.c.id)
        if what:
            query = query.where(history.c.what.in_(what))
        with self.instep.db.read() as tx:
            return tx.execute(query).all()

    def changes(self):
        """What was written and why: (app, person, field, before, after, why), oldest first."""
        return [
            (name_of(row.side), row.label, field, before, after, why)
            for row in self.history("created", "updated")
            for field, before, after, why in _fields(row)
        ]

    async def why(self, record):
        """How a record stands, as `instep why --json` says it."""
        (told,) = await self.instep.reviews.why(record)
        return told.as_json()

    def assert_in_step(self):
        """Both apps hold the same people, each once, as far as both have the fields."""
        sides = [
            {each.key: (each.fields, each.tags) for each in app.everyone()} for app in self.apps
        ]
        assert sides[0] == sides[1]
        for app in self.apps:
            assert app.people() == sorted(set(app.people()))


@contextlib.asynccontextmanager
async def staged(database_url, directory, people=(), **parts):
    """Serve both apps with these people in each, and assemble Instep beside them.

    `people` is one list for both apps, or a list for each. `parts` go to `assemble`.
    """
    apps = sandbox_apps(pace="1000", only=(GHL, INSIGHTLY))
    both = people if people and isinstance(people[0], list) else (people, people)
    for app, mine in zip(apps, both, strict=True):
        app.load(mine)
    settings = Settings(data_dir=directory, database_url=database_url, port=0)
    clock = JumpingClock()
    with Sandbox(apps).in_thread() as sandbox:
        async with assemble(settings, clock=clock, **parts) as instep:
            yield Stage(sandbox, instep, clock)


def person(name, **more):
    """A person that both apps can hold; the e-mail tells them apart."""
    return Person(first_name=name, last_name="Doe", email=email(name), **more)


def email(name):
    """The e-mail address of a person of this first name."""
    return f"{name.lower()}@example.com"


def name_of(side):
    """What the connection of a side is called."""
    return GHL if side == "a" else INSIGHTLY


def _is_open(status):
    waiting = sum(number for state, number in status.waiting.items() if state != "failed")
    return waiting > 0 or status.latest is None or status.latest.state == "running"


def _fields(row):
    before, after, why = (json.loads(text or "{}") for text in (row.before, row.after, row.why))
    return [(key, before.get(key), value, why.get(key)) for key, value in after.items()]
