"""Trouble with connections: refused by their apps, or short of calls."""

from __future__ import annotations

import json

import sqlalchemy as sa

from instep.core.alerting.incidents import Finding, Subject
from instep.core.alerting.rules import Kind
from instep.store.alert_findings.sought import Sought, command, counted
from instep.store.schema.connections import connection, pace
from instep.store.schema.syncs import sync


def broken(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find connections that their apps refuse, and say how many syncs stand still with each."""
    ends = connection.c.id.in_((sync.c.a_connection, sync.c.b_connection))
    users = sa.select(sa.func.count()).select_from(sync).where(ends)
    query = sa.select(
        connection.c.id,
        connection.c.name,
        connection.c.connector,
        connection.c.problem,
        users.scalar_subquery().label("users"),
    ).where(connection.c.workspace_id == sought.workspace_id, connection.c.status == "broken")
    return [
        Finding(
            Kind.CONNECTION,
            Subject("connection", row.id, row.name),
            sought.now,
            f"{row.problem or 'Its app refuses it.'} {_stand_still(row.users)}".strip(),
            command("connect", row.connector, "--name", row.name, "--renew"),
        )
        for row in tx.execute(query)
    ]


def _stand_still(users: int) -> str:
    return f"It is used by {counted(users, 'sync')}." if users else ""


def short_of_calls(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find connections whose daily quota is nearly used up."""
    query = (
        sa.select(connection.c.id, connection.c.name, pace.c.state)
        .join(pace, pace.c.key == connection.c.budget)
        .where(connection.c.workspace_id == sought.workspace_id)
    )
    return [
        Finding(
            Kind.QUOTA,
            Subject("connection", row.id, row.name),
            sought.now,
            f"Less than {sought.fewest_percent} % of today's {daily:,} calls are left.",
            command("connections"),
        )
        for row in tx.execute(query)
        if (daily := _short(row.state, sought)) is not None
    ]


def _short(stored: str, sought: Sought) -> int | None:
    """Return the daily quota of a pace that is short of calls; None of one that is not."""
    state = json.loads(stored)
    daily: int | None = state["daily"]
    is_over = state["resets_at"] * 1000 <= sought.now  # the day is: nothing of the new one is used
    if not daily or is_over:
        return None
    left = daily - state["used_today"]
    return daily if left * 100 < daily * sought.fewest_percent else None
