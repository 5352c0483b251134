"""Two apps in memory with contacts and what belongs to them, and the syncs between: small again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from instep.connectors import memory
from instep.core.records import Write
from instep.engine.sync_services import Syncs, Wanted
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.store import syncs as stored_syncs
from instep.store.connections import Connections, NewConnection
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash import late_links
from tests.crash.fuse import Fuse
from tests.crash.small_world import open_effects, start_process

WRITES = ("POST", "PATCH", "DELETE")

_SHOWN = {
    "task": ("title", "body", "due_at", "completed"),
    "note": ("title", "body"),
    "business": ("name", "phone"),
    "contact": ("first_name", "city"),
}

_numbers = count(1)


def email_of(name: str) -> str:
    return f"{name.lower()}@example.com"


@dataclass
class Family:
    """Two apps that outlive every process; `kinds` are those that a sync keeps equal."""

    number: int

    database: object
    vault: object
    clock: ManualClock
    a: memory.MemoryApp
    b: memory.MemoryApp
    kinds: list[str] = field(default_factory=list)

    @property
    def apps(self) -> tuple[memory.MemoryApp, memory.MemoryApp]:
        return self.a, self.b

    async def sync(self, kind: str, *, swapped: bool = False, **more) -> None:
        """Set a sync up between the two apps, side A being the first one unless swapped."""
        one, other = reversed(self.apps) if swapped else self.apps
        async with self.services() as (_, syncs):
            name = self.sync_of(kind)
            await syncs.create(Wanted(name, one.name, other.name, canonical=kind, **more))
        self.kinds.append(kind)

    def sync_of(self, kind: str) -> str:
        """Return what the sync of a kind is called: several families may share a database."""
        return f"{kind}s of {self.number}"

    def services(self, fuse: Fuse | None = None) -> _Process:
        """Be a new process: the engine and the services of syncs, opened from the database."""
        return _Process(self, fuse or Fuse())

    async def run(self, *kinds: str, fuse: Fuse | None = None) -> None:
        """Run the syncs of these kinds one after the other, or of all: each until it is done."""
        async with self.services(fuse) as (engine, syncs):
            for kind in kinds or self.kinds:
                await syncs.request_run(self.sync_of(kind))
                await self._work(engine, syncs, kind)

    async def _work(self, engine, syncs: Syncs, kind: str) -> None:
        shard = (await syncs.get(self.sync_of(kind))).shard
        for _ in range(20):
            while await engine.advance(shard):
                pass
            status = await syncs.status(self.sync_of(kind))
            ended = status.latest is not None and status.latest.state == "done"
            if ended and not open_effects(status):
                return
            assert status.sync.state == "active", status.sync.sentence
            self.clock.move(60)
        raise AssertionError(f"the run of {kind} does not end: {status}")

    async def drain(self) -> list[str]:
        """Be a worker that carries out what is due right now; return the kinds that were due."""
        were_due: list[str] = []
        async with self.services() as (engine, _):
            for _ in range(10):
                due = self._due()
                if not due:
                    return were_due
                were_due += [each.canonical for each in due]
                for shard in sorted({each.shard for each in due}):
                    while await engine.advance(shard):
                        pass
        raise AssertionError(f"something stays due for ever: {were_due}")

    async def status(self, kind: str):
        async with self.services() as (_, syncs):
            return await syncs.status(self.sync_of(kind))

    async def counts(self, kind: str) -> dict:
        return (await self.status(kind)).latest.counts

    def _due(self):
        with self.database.read() as tx:
            due = stored_syncs.due(tx, int(self.clock.now().timestamp() * 1000))
        ours = {self.sync_of(kind) for kind in self.kinds}
        return [each for each in due if each.name in ours]

    # What people do

    def person(self, app: memory.MemoryApp, name: str, **more) -> str:
        """Add a contact; return its id."""
        self.clock.move(1)
        values = {"first_name": name, "last_name": "Doe", "email": email_of(name), **more}
        return app.add(values).id

    def both(self, name: str, **more) -> None:
        """Add a contact to both apps."""
        for app in self.apps:
            self.person(app, name, **more)

    def task(self, app: memory.MemoryApp, name: str, title: str, **more) -> str:
        """Add a task of the contact of this name; return its id."""
        return self.add(app, "task", contact_id=self.id_of(app, name), title=title, **more)

    def note(self, app: memory.MemoryApp, name: str, body: str, **more) -> str:
        """Add a note on the contact of this name; return its id."""
        return self.add(app, "note", contact_id=self.id_of(app, name), body=body, **more)

    def add(self, app: memory.MemoryApp, kind: str, **values) -> str:
        self.clock.move(1)
        return app.add(values, kind).id

    def edit(self, app: memory.MemoryApp, kind: str, record_id: str, **values) -> None:
        """Change a record in an app, as its user would."""
        self.clock.move(1)
        app.edit(record_id, Write(set=values), kind)

    # What they see

    def id_of(self, app: memory.MemoryApp, name: str) -> str:
        """Return the id of the one contact of this first name."""
        (found,) = (each.id for each in app.records().values() if each.values["first_name"] == name)
        return found

    def one(self, app: memory.MemoryApp, kind: str, **values):
        """Return the one record of a kind that has these values."""
        found = [
            each
            for each in app.records(kind).values()
            if all(each.values.get(name) == value for name, value in values.items())
        ]
        assert len(found) == 1, f"{len(found)} {kind}s in {app.name} have {values}"
        return found[0]

    def shown(self, app: memory.MemoryApp, kind: str) -> Counter:
        """Return what an app holds of a kind, as a multiset; whom it names by name, not by id."""
        return Counter(
            (
                *(each.values.get(name) or None for name in _SHOWN[kind]),
                self._name(app, "contact", each.values.get("contact_id")),
                self._name(app, "business", each.values.get("business_id")),
            )
            for each in app.records(kind).values()
        )

    def _name(self, app: memory.MemoryApp, kind: str, record_id) -> str | None:
        if record_id is None:
            return None
        values = app.read(record_id, kind).values
        return values["first_name" if kind == "contact" else "name"]

    def equal(self, *kinds: str) -> bool:
        """Assert that both apps hold the same of these kinds, or of all that are kept equal."""
        for kind in kinds or self.kinds:
            a, b = self.shown(self.a, kind), self.shown(self.b, kind)
            assert a == b, f"{kind}: only in a: {a - b}; only in b: {b - a}"
        return True

    def writes(self) -> int:
        return sum(app.calls[method] for app in self.apps for method in WRITES)


class _Process:
    """A process as a context: its engine and services, closed at the end."""

    def __init__(self, family: Family, fuse: Fuse) -> None:
        self._family = family
        self._fuse = fuse

    async def __aenter__(self):
        ours = self._family
        known = (memory.connector, late_links.connector)
        started = start_process(ours.database, ours.vault, ours.clock, self._fuse, known)
        self._clients, engine, syncs = started
        return engine, syncs

    async def __aexit__(self, *_) -> None:
        await self._clients.close()


async def make_family(database, vault, *, late: bool = False) -> Family:
    """Make two empty apps and connect them; no sync is set up yet.

    `late`: the second app's tasks get their contact by a call of their own.
    """
    number = next(_numbers)
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    a, b = (
        memory.install(memory.MemoryApp(f"{side}-family{number}", now=clock.now))
        for side in ("a", "b")
    )
    connections = Connections(database, vault, DEFAULT_WORKSPACE)
    for app, connector in ((a, "memory"), (b, "late" if late else "memory")):
        await connections.create(
            NewConnection(app.name, connector, "token", app.name, "US", {"name": app.name}),
            Credential("token", {"token": app.token}),
        )
    return Family(number, database, vault, clock, a, b)
