"""Trouble with channels: whoever should be told is not. The other channels tell of it."""

from __future__ import annotations

import sqlalchemy as sa

from instep.core.alerting.incidents import CHANNEL, Finding, Subject
from instep.core.alerting.rules import Kind
from instep.store.alert_findings.sought import Sought, command
from instep.store.schema.alerts import alert_channel

_PATIENCE_MS = 5 * 60 * 1000


def failing(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find channels to which nothing gets through, not only the first attempt."""
    query = sa.select(
        alert_channel.c.id,
        alert_channel.c.name,
        alert_channel.c.problem,
        alert_channel.c.problem_at,
    ).where(
        alert_channel.c.workspace_id == sought.workspace_id,
        alert_channel.c.problem_at <= sought.now - _PATIENCE_MS,
    )
    return [
        Finding(
            Kind.FAILURE,
            Subject(CHANNEL, row.id, row.name),
            row.problem_at,
            f"Messages do not get through: {row.problem}",
            command("alerts", "channel", "test", row.name),
        )
        for row in tx.execute(query)
    ]
