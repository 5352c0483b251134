"""Trouble with webhooks that go out: stopped, behind, given up on."""

from __future__ import annotations

import sqlalchemy as sa

from instep.core.alerting.incidents import Finding, Subject
from instep.core.alerting.rules import Kind
from instep.store.alert_findings.sought import Sought, command, counted
from instep.store.schema.connections import connection
from instep.store.schema.postings import posting, posting_stop


def stopped(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find connections whose webhooks wait until a person does something."""
    query = (
        sa.select(
            connection.c.id, connection.c.name, posting_stop.c.sentence, posting_stop.c.stopped_at
        )
        .join(posting_stop, posting_stop.c.connection_id == connection.c.id)
        .where(connection.c.workspace_id == sought.workspace_id)
    )
    return [
        Finding(
            Kind.FAILURE,
            Subject("connection", row.id, row.name),
            row.stopped_at,
            f"No webhook goes out: {row.sentence}",
            command("bridge", "posts", row.name),
        )
        for row in tx.execute(query)
    ]


def behind(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find connections whose webhooks are late, except where they were stopped."""
    is_stopped = sa.exists().where(posting_stop.c.connection_id == connection.c.id)
    oldest = sa.func.min(posting.c.created_at)
    query = (
        sa.select(connection.c.id, connection.c.name, oldest.label("at"))
        .join(posting, posting.c.connection_id == connection.c.id)
        .where(
            connection.c.workspace_id == sought.workspace_id,
            posting.c.state == sa.literal_column("'waiting'"),
            ~is_stopped,
        )
        .group_by(connection.c.id, connection.c.name)
        .having(oldest < sought.oldest_allowed())
    )
    minutes = counted(sought.rules[Kind.DELAY].size, "minute")
    return [
        Finding(
            Kind.DELAY,
            Subject("connection", row.id, row.name),
            row.at,
            f"Webhooks do not get through: the oldest waits for more than {minutes}.",
            command("bridge", "posts", row.name),
        )
        for row in tx.execute(query)
    ]


def dead_letters(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find connections with webhooks that were given up on."""
    query = (
        sa.select(
            connection.c.id,
            connection.c.name,
            sa.func.count().label("number"),
            sa.func.min(posting.c.ended_at).label("at"),
        )
        .join(posting, posting.c.connection_id == connection.c.id)
        .where(connection.c.workspace_id == sought.workspace_id, posting.c.state == "dead")
        .group_by(connection.c.id, connection.c.name)
    )
    return [
        Finding(
            Kind.DEAD_LETTER,
            Subject("connection", row.id, row.name),
            row.at if row.at is not None else sought.now,
            f"{counted(row.number, 'webhook')} given up on.",
            command("bridge", "posts", row.name, "--dead"),
        )
        for row in tx.execute(query)
    ]
