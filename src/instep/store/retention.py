"""Retention in its table: what somebody has set; the rest is as the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from instep.core.retention import What
from instep.store.database import insert_into
from instep.store.schema.retention import retention


def days_set(tx: sa.Connection, workspace_id: str) -> Mapping[What, int]:
    """Return for how many days things are kept, as far as somebody has set it."""
    mine = sa.select(retention).where(retention.c.workspace_id == workspace_id)
    return {What(row.what): row.days for row in tx.execute(mine)}


def keep(tx: sa.Connection, workspace_id: str, what: What, usual: timedelta) -> timedelta:
    """Return for how long something is kept: as it was set, else as usual."""
    days = days_set(tx, workspace_id).get(what)
    return usual if days is None else timedelta(days=days)


def set_days(tx: sa.Connection, workspace_id: str, what: What, days: int | None) -> None:
    """Store for how many days something is kept; None is as usual again."""
    if days is None:
        mine = retention.c.workspace_id == workspace_id
        tx.execute(sa.delete(retention).where(mine, retention.c.what == what.value))
        return
    row = {"workspace_id": workspace_id, "what": what.value, "days": days}
    tx.execute(
        insert_into(tx, retention)
        .values(row)
        .on_conflict_do_update(index_elements=["workspace_id", "what"], set_={"days": days})
    )
