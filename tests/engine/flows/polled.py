"""Polls a trigger as the engine does, page by page, and remembers what it knows by then."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from instep.core.flow.arrivals import arrivals, ids_of
from instep.core.flow.model import Poll
from instep.engine.clients import Clients
from instep.engine.flows.triggers.app_polls import AppPolls
from instep.sdk.auth import Credential
from instep.sdk.clock import SystemClock
from instep.store.connections import Connections, NewConnection
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

_numbers = itertools.count(1)


class MovedClock(SystemClock):
    """The real clock, put ahead by hand."""

    def __init__(self):
        self.ahead = timedelta()

    def now(self):
        return super().now() + self.ahead


@dataclass
class Watched:
    """One trigger, and what is stored of it: `known` and the cursor of the last page."""

    poller: AppPolls
    trigger: Poll
    known: dict = field(default_factory=dict)
    cursor: str | None = None
    baselined: int = 0
    pages: int = 0
    more: bool = True
    items: list = field(default_factory=list)

    async def poll(self, most=None):
        """What one poll emits, as (kind, item); with `most` it is killed after so many pages."""
        emitted = []
        async for page in self.poller.pages(self.trigger, self.cursor):
            known = {
                each: self.known[each]
                for each in ids_of(page.items, page.watch)
                if each in self.known
            }
            found = arrivals(page.items, known, page.watch, baseline=page.baseline)
            emitted += [(each.kind, each.item) for each in found.emitted]
            self.known |= found.learned
            self.cursor, self.more = page.cursor, page.more
            self.baselined += len(page.items) if page.baseline else 0
            self.pages += 1
            self.items += page.items
            if most is not None and self.pages >= most:
                break
        return emitted

    async def poll_all(self):
        """What polls emit until the list is read to its end."""
        emitted = await self.poll()
        while self.more:
            emitted += await self.poll()
        return emitted


@dataclass
class Watcher:
    """Connections, and triggers on them."""

    connections: Connections
    clients: Clients
    clock: MovedClock

    async def connect(self, connector, account, credential):
        """Store a connection; return its name."""
        name = f"c{next(_numbers)}"
        new = NewConnection(
            name, connector, credential.kind, account.id, account.country, account.config
        )
        await self.connections.create(new, credential)
        return name

    def watch(self, connection, operation, *, changed=True, **inputs):
        poller = AppPolls(self.clients, self.clock)
        return Watched(poller, Poll(connection, operation, inputs, 5, changed, everything=False))


@asynccontextmanager
async def watching(database, connectors, clock=None):
    """Open what a process polls with."""
    vault, clock = Vault(b"k" * 32), clock or MovedClock()
    connections = Connections(database, vault, DEFAULT_WORKSPACE)
    clients = Clients(database, vault, connections, {each.name: each for each in connectors}, clock)
    try:
        yield Watcher(connections, clients, clock)
    finally:
        await clients.close()


def token(kind, **secrets):
    return Credential(kind, secrets)
