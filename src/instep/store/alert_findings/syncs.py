"""Trouble with syncs: stopped, behind, and writes that were given up on."""

from __future__ import annotations

import sqlalchemy as sa

from instep.core.alerting.incidents import Finding, Subject
from instep.core.alerting.rules import Kind
from instep.core.brakes import BRAKES
from instep.store.alert_findings.sought import Sought, command, counted
from instep.store.schema.connections import connection
from instep.store.schema.syncs import effect, notice, run, sync


def stopped(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find syncs that were stopped: by a brake, or because going on would fail.

    One that stands still because a connection is broken is told with the connection.
    """
    ends = connection.c.id.in_((sync.c.a_connection, sync.c.b_connection))
    broken = sa.exists().where(ends, connection.c.status == "broken")
    ended = sa.select(sa.func.max(run.c.finished_at)).where(run.c.sync_id == sync.c.id)
    query = sa.select(
        sync.c.id,
        sync.c.name,
        sync.c.reason,
        sync.c.sentence,
        ended.scalar_subquery().label("ended_at"),
    ).where(sync.c.workspace_id == sought.workspace_id, sync.c.state == "halted")
    query = query.where(sa.or_(sync.c.reason != "connection_broken", ~broken))
    return [
        Finding(
            Kind.BRAKE if row.reason in BRAKES else Kind.FAILURE,
            Subject("sync", row.id, row.name),
            sought.now if row.ended_at is None else min(row.ended_at, sought.now),
            row.sentence or "It was stopped.",
            command("sync", "status" if row.reason in BRAKES else "run", row.name),
        )
        for row in tx.execute(query)
    ]


def behind(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find syncs of which something waits for too long: a record, a write, or a whole run.

    A first run, which reads and writes everything there is, may take its time.
    """
    waits = sa.union_all(_records(), _writes(), _runs()).subquery()
    oldest = sa.func.min(waits.c.at)
    query = (
        sa.select(sync.c.id, sync.c.name, oldest.label("at"))
        .join(waits, waits.c.sync_id == sync.c.id)
        .where(sync.c.workspace_id == sought.workspace_id, sync.c.state == "active")
        .group_by(sync.c.id, sync.c.name)
        .having(oldest < sought.oldest_allowed())
    )
    minutes = counted(sought.rules[Kind.DELAY].size, "minute")
    return [
        Finding(
            Kind.DELAY,
            Subject("sync", row.id, row.name),
            row.at,
            f"What changed is not carried over: the oldest waits for more than {minutes}.",
            command("sync", "status", row.name),
        )
        for row in tx.execute(query)
    ]


def _records() -> sa.Select[tuple[str, int]]:
    """Since when records wait to be looked at."""
    return (
        sa.select(notice.c.sync_id, sa.func.min(notice.c.noticed_at).label("at"))
        .where(notice.c.source != "backfill")
        .group_by(notice.c.sync_id)
    )


def _writes() -> sa.Select[tuple[str, int]]:
    """Since when writes wait to be delivered."""
    # spelt as the partial index spells it
    is_open = effect.c.state != sa.literal_column("'failed'")
    first = sa.exists().where(run.c.id == effect.c.run_id, run.c.kind == "backfill")
    return (
        sa.select(effect.c.sync_id, sa.func.min(effect.c.created_at).label("at"))
        .where(is_open, ~first)
        .group_by(effect.c.sync_id)
    )


def _runs() -> sa.Select[tuple[str, int]]:
    """Since when runs are under way that say what they wait for, such as an app's patience."""
    return sa.select(run.c.sync_id, run.c.started_at.label("at")).where(
        run.c.state == sa.literal_column("'running'"),
        run.c.sentence.is_not(None),
        run.c.kind != "backfill",
    )


def dead_letters(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find syncs with writes that were given up on, which wait for a person."""
    query = (
        sa.select(
            sync.c.id,
            sync.c.name,
            sa.func.count().label("number"),
            sa.func.min(sa.func.coalesce(effect.c.sent_at, effect.c.created_at)).label("at"),
        )
        .join(effect, effect.c.sync_id == sync.c.id)
        .where(sync.c.workspace_id == sought.workspace_id, effect.c.state == "failed")
        .group_by(sync.c.id, sync.c.name)
    )
    return [
        Finding(
            Kind.DEAD_LETTER,
            Subject("sync", row.id, row.name),
            row.at,
            f"{counted(row.number, 'write')} refused by an app and given up on.",
            command("sync", "status", row.name),
        )
        for row in tx.execute(query)
    ]
