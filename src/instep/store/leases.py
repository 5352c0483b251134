"""Leases: a right that one holds at a time, across processes, and loses by time if it dies."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from instep.store.database import insert_into
from instep.store.schema.connections import lease


@dataclass(frozen=True, slots=True)
class Lease:
    """A named right and who wants it. `owner` is new for every time somebody wants it."""

    workspace_id: str
    name: str
    owner: str


def acquire(tx: sa.Connection, wanted: Lease, now: int, milliseconds: int) -> bool:
    """Take the lease if it is free or past its time, renew it if it is ours.

    Returns whether we hold it now. `now` is epoch milliseconds; the machines of several workers
    keep their clocks in step to much less than `milliseconds`.
    """
    statement = insert_into(tx, lease).values(
        workspace_id=wanted.workspace_id,
        name=wanted.name,
        owner=wanted.owner,
        expires_at=now + milliseconds,
    )
    taken = tx.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": wanted.owner, "expires_at": now + milliseconds},
            where=(lease.c.expires_at <= now) | (lease.c.owner == wanted.owner),
        ).returning(lease.c.owner)
    )
    return taken.first() is not None


def release(tx: sa.Connection, held: Lease) -> None:
    """Give the lease back, if it is still ours."""
    tx.execute(sa.delete(lease).where(lease.c.name == held.name, lease.c.owner == held.owner))
