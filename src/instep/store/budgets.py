"""What the credentials of a sync allow, and what the sync has cost there lately."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.core.pairs import SIDES
from instep.store.schema.connections import connection, pace
from instep.store.schema.syncs import run, sync
from instep.store.syncs import Sync

_RECENT = 10
"""How many runs say what one costs."""


@dataclass(frozen=True, slots=True)
class Spending:
    """One side's credential, and what this sync costs there.

    `daily` is the app's limit (None: none known), which so many active `syncs` share; a poll, and a
    complete read, take so many pages.
    """

    daily: int | None
    syncs: int
    poll_pages: float
    scan_pages: float


def spending(tx: sa.Connection, of: Sync) -> dict[SideName, Spending]:
    """Return what both sides of a sync may and do spend, by the newest runs."""
    keys = _keys(tx, of)
    limits = _limits(tx, keys.values())
    shared = _shared(tx, keys.values())
    polls, scans = _pages(tx, of.id, ("poll",)), _pages(tx, of.id, ("backfill", "reconcile"))
    return {
        side: Spending(
            daily=limits.get(keys[of.connection(side)]),
            syncs=max(shared.get(keys[of.connection(side)], 1), 1),
            poll_pages=polls[side],
            scan_pages=scans[side],
        )
        for side in SIDES
    }


def connectors(tx: sa.Connection, of: Sync) -> dict[SideName, str]:
    """Return the name of the connector of either side of a sync."""
    ends = [of.connection(side) for side in SIDES]
    query = sa.select(connection.c.id, connection.c.connector).where(connection.c.id.in_(ends))
    names = {row.id: row.connector for row in tx.execute(query)}
    return {side: names[of.connection(side)] for side in SIDES}


def _keys(tx: sa.Connection, of: Sync) -> dict[str, str]:
    """Return the budget's key of each connection of a sync."""
    ends = [of.connection(side) for side in SIDES]
    query = sa.select(connection.c.id, connection.c.budget).where(connection.c.id.in_(ends))
    return {row.id: row.budget for row in tx.execute(query)}


def _limits(tx: sa.Connection, keys: Collection[str]) -> dict[str, int | None]:
    query = sa.select(pace.c.key, pace.c.state).where(pace.c.key.in_([*keys]))
    return {row.key: json.loads(row.state)["daily"] for row in tx.execute(query)}


def _shared(tx: sa.Connection, keys: Collection[str]) -> dict[str, int]:
    """Count the active syncs that spend from each of these budgets."""
    ends = connection.c.id.in_((sync.c.a_connection, sync.c.b_connection))
    query = (
        sa.select(connection.c.budget, sa.func.count(sa.distinct(sync.c.id)))
        .select_from(sync.join(connection, ends))
        .where(connection.c.budget.in_([*keys]), sync.c.state == "active")
        .group_by(connection.c.budget)
    )
    return {row.budget: row[1] for row in tx.execute(query)}


def _pages(tx: sa.Connection, sync_id: str, kinds: Collection[str]) -> Mapping[SideName, float]:
    """Return how many pages a run of these kinds reads on either side, on average; at least one."""
    query = (
        sa.select(run.c.counts)
        .where(run.c.sync_id == sync_id, run.c.kind.in_([*kinds]), run.c.state == "done")
        .order_by(run.c.started_at.desc())
        .limit(_RECENT)
    )
    counts: list[dict[str, Any]] = [json.loads(each) for each in tx.execute(query).scalars()]
    return {
        side: max(1.0, sum(each.get(f"pages_{side}", 0) for each in counts) / max(len(counts), 1))
        for side in SIDES
    }
