"""Heartbeats: how any live worker learns that another one is gone."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from instep.store.database import insert_into
from instep.store.schema.workers import worker


def beat(tx: sa.Connection, worker_id: str, now: int, dead_after: int) -> list[str]:
    """Say that this worker lives, and return the ids of those that have been silent too long.

    `now` is epoch milliseconds, `dead_after` milliseconds.
    """
    tx.execute(
        insert_into(tx, worker)
        .values(id=worker_id, workspace_id="", beat_at=now)
        .on_conflict_do_update(index_elements=["id"], set_={"beat_at": now})
    )
    silent = sa.select(worker.c.id).where(worker.c.beat_at < now - dead_after)
    return list(tx.execute(silent).scalars())


def forget(tx: sa.Connection, ids: Sequence[str]) -> None:
    """Forget workers whose work has been taken over."""
    tx.execute(sa.delete(worker).where(worker.c.id.in_(list(ids))))


def leave(tx: sa.Connection, worker_id: str) -> None:
    """Say goodbye: a worker that stops in order leaves nothing to take over."""
    forget(tx, [worker_id])
