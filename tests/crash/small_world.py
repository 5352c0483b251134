"""Two apps in memory and one sync between them: small enough to be killed at every step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

from instep.connectors import memory
from instep.core.records import Write
from instep.engine.clients import Clients
from instep.engine.draining import Engine
from instep.engine.rule_making import Said
from instep.engine.sync_services import Syncs, Wanted
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.store.connections import Connections, NewConnection
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.fuse import Fuse, FusedDatabase, FusedTransport

COMPARED = ("first_name", "last_name", "email", "phone", "city", "website", "tags")

_numbers = count(1)


def _person(name: str, **more):
    return {"first_name": name, "last_name": "Doe", "email": f"{name.lower()}@example.com", **more}


SHARED = (
    (_person("Equal", city="Leiden"), _person("Equal", city="Leiden")),
    (_person("Differs", city="Leiden"), _person("Differs", city="Delft")),
    (_person("Fills", phone="+12125550123"), _person("Fills", city="Delft")),
    (_person("Tagged", tags=("lead", "vip")), _person("Tagged", tags=("newsletter",))),
)
ONLY_A = (
    _person("Anna", city="Leiden", tags=("lead",)),
    {"first_name": "Arno", "phone": "+12125550188", "city": "Leiden"},
    {"first_name": "Zoe", "last_name": "Keyless", "city": "Leiden"},
)
ONLY_B = (
    _person("Bert", city="Gouda"),
    {"first_name": "Bea", "phone": "+12125550199", "city": "Gouda"},
)


@dataclass
class World:
    """The two apps outlive every process; `database` is all that a process leaves behind.

    `people` and `edits` (name, field, value) are what both apps have to show in the end.
    """

    database: object
    vault: object
    clock: ManualClock
    a: memory.MemoryApp
    b: memory.MemoryApp
    sync: str
    people: int = len(SHARED) + len(ONLY_A) + len(ONLY_B)
    edits: list = field(default_factory=list)

    async def run(self, fuse: Fuse | None = None) -> None:
        """Be a new process: open everything from the database and work until the run is done."""
        fuse = fuse or Fuse()
        clients, engine, syncs = start_process(self.database, self.vault, self.clock, fuse)
        try:
            await syncs.request_run(self.sync)
            await self._work(engine, syncs)
        finally:
            await clients.close()

    async def _work(self, engine: Engine, syncs: Syncs) -> None:
        shard = (await syncs.get(self.sync)).shard
        for _ in range(20):
            while await engine.advance(shard):
                pass
            status = await syncs.status(self.sync)
            if (
                status.latest is not None
                and status.latest.state == "done"
                and not open_effects(status)
            ):
                return
            assert status.sync.state == "active", status.sync.sentence
            self.clock.move(60)
        raise AssertionError(f"the run does not end: {status}")

    def edit(self, app: memory.MemoryApp, name: str, **fields) -> None:
        """Change a person in an app, as its user would."""
        self.clock.move(1)
        app.edit(named(app, name).id, Write(set=fields))
        self.edits += [(name, key, value) for key, value in fields.items()]

    def add(self, app: memory.MemoryApp, person) -> None:
        """Add a person in an app, as its user would."""
        self.clock.move(1)
        app.add(person)
        self.people += 1

    def writes(self) -> int:
        return sum(app.calls[method] for app in (self.a, self.b) for method in ("POST", "PATCH"))


def open_effects(status) -> bool:
    """Return whether anything is still on its way; a dead letter is not."""
    return any(number for state, number in status.waiting.items() if state != "failed")


def has(app: memory.MemoryApp, name: str) -> bool:
    """Whether the app has somebody of this first name."""
    return any(each.values["first_name"] == name for each in app.records().values())


def named(app: memory.MemoryApp, name: str):
    """Return the one record of this first name."""
    (record,) = (each for each in app.records().values() if each.values["first_name"] == name)
    return record


def contents(app: memory.MemoryApp) -> Counter:
    """Return what an app holds, as a multiset of people."""
    return Counter(
        tuple(record.values.get(name) or None for name in COMPARED)
        for record in app.records().values()
    )


async def make_world(database, vault, mapping=None, said=None) -> World:
    """Make two apps with people in them, connect them and set up their sync."""
    number = next(_numbers)
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    a, b = (
        memory.install(memory.MemoryApp(f"{side}{number}", now=clock.now)) for side in ("a", "b")
    )
    for in_a, in_b in SHARED:
        a.add(in_a)
        b.add(in_b)
    for app, people in ((a, ONLY_A), (b, ONLY_B)):
        for person in people:
            app.add(person)
    connections = Connections(database, vault, DEFAULT_WORKSPACE)
    for app in (a, b):
        await connections.create(
            NewConnection(app.name, "memory", "token", app.name, "US", {"name": app.name}),
            Credential("token", {"token": app.token}),
        )
    clients, _, syncs = start_process(database, vault, clock, Fuse())
    wanted = Wanted(f"sync{number}", a.name, b.name, mapping=mapping, said=said or Said())
    await syncs.create(wanted)
    await clients.close()
    return World(database, vault, clock, a, b, f"sync{number}")


def start_process(
    database, vault, clock, fuse: Fuse, connectors=(memory.connector,)
) -> tuple[Clients, Engine, Syncs]:
    """Assemble what a process holds in its memory, with the fuse in every edge."""
    fused = FusedDatabase(database, fuse)
    known = {each.name: _fused(each, fuse) for each in connectors}
    stored = Connections(fused, vault, DEFAULT_WORKSPACE)
    clients = Clients(fused, vault, stored, known, clock)
    engine = Engine(fused, clients, clock, owner=f"worker-{next(_numbers)}")
    return clients, engine, Syncs(engine, clients, DEFAULT_WORKSPACE)


def _fused(connector, fuse: Fuse):
    return replace(
        connector, transport=lambda config: FusedTransport(connector.transport(config), fuse)
    )
