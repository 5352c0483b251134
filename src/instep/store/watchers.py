"""Syncs as events see them: whose records they watch, and that there is work for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.store.schema.syncs import run, sync


@dataclass(frozen=True, slots=True)
class Watcher:
    """A sync as events see it: the kind of its records, and the connection of each side."""

    sync_id: str
    workspace_id: str
    canonical: str
    ends: tuple[tuple[SideName, str], tuple[SideName, str]]


def watching(tx: sa.Connection, connection_ids: Collection[str]) -> list[Watcher]:
    """Return the syncs of these connections, in the order of their ids, and locked.

    The lock is for `hints.any_left`: a run that ends sees each hint, or the hint sees it ended.
    """
    if not connection_ids:
        return []
    return [
        Watcher(
            row.id,
            row.workspace_id,
            row.canonical,
            (("a", row.a_connection), ("b", row.b_connection)),
        )
        for row in tx.execute(_WATCHING, {"ends": list(connection_ids)})
    ]


def hurry(tx: sa.Connection, sync_ids: Collection[str], now: int) -> bool:
    """Make these syncs due now, as there are hints; return whether one of them was not.

    One that has a run under way is left to it: the run looks for hints when it ends, and while it
    waits for an app, hints do not make it impatient. One that never ran is left to its first run.
    """
    if not sync_ids:
        return False
    changed = tx.execute(_HURRY, {"syncs": list(sync_ids), "now": now})
    return changed.rowcount > 0


# built once: they are asked with every webhook, and putting them together takes longer than they do
_ends: sa.BindParameter[str] = sa.bindparam("ends", expanding=True)
_WATCHING = (
    sa.select(
        sync.c.id, sync.c.workspace_id, sync.c.canonical, sync.c.a_connection, sync.c.b_connection
    )
    .where(sync.c.a_connection.in_(_ends) | sync.c.b_connection.in_(_ends))
    .order_by(sync.c.id)
    .with_for_update(key_share=True)
)

_now = sa.bindparam("now", type_=sa.BigInteger)
_HURRY = (
    sa.update(sync)
    .where(
        sync.c.id.in_(sa.bindparam("syncs", expanding=True)),
        sync.c.due_at > _now,
        sa.exists().where(run.c.sync_id == sync.c.id, run.c.kind != "preview"),
        ~sa.exists().where(run.c.sync_id == sync.c.id, run.c.state == "running"),
    )
    .values(due_at=_now)
)
