"""Find out what of a sync is written to an app that cannot be read back."""

from __future__ import annotations

import sqlalchemy as sa

from instep.core.mapping_rows import reaches
from instep.core.write_only import of_sync
from instep.engine.clients import Clients
from instep.store import budgets, reviews
from instep.store.syncs import Sync


def names(tx: sa.Connection, clients: Clients, sync: Sync) -> list[str]:
    """Return the connections that a sync writes to without being able to read it back."""
    called = dict(zip(("a", "b"), reviews.names(tx, [sync.id])[sync.id], strict=True))
    return [
        called[side]
        for side, connector in budgets.connectors(tx, sync).items()
        if sync.canonical in clients.write_only(connector) and reaches(sync.mapping, side)
    ]


def sentences(tx: sa.Connection, clients: Clients, sync: Sync) -> tuple[str, ...]:
    """Say it in words, for every report about the sync."""
    return tuple(of_sync(sync.canonical, name) for name in names(tx, clients, sync))
