"""How every sync, flow and connection stands, in a few statements whatever there is of each.

Nothing here reads a long table: what is counted is what waits or was given up on, which partial
indexes hold; of runs only the newest are looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store.flows.runs import OPEN
from instep.store.schema.connections import connection, credential, pace
from instep.store.schema.events import hint
from instep.store.schema.flows import flow, flow_run, flow_trigger
from instep.store.schema.syncs import effect, notice, record, run, sync


@dataclass(frozen=True, slots=True)
class SyncRow:
    """How one sync stands. `ok_at` is when its newest good run ended; `running` since when one is.

    Times: epoch milliseconds.
    """

    id: str
    name: str
    kind: str
    a: str
    b: str
    state: str
    reason: str | None
    sentence: str | None
    every_seconds: int
    due_at: int
    ok_at: int | None
    running: int | None
    running_kind: str | None
    waiting: int
    failed: int
    review: int


@dataclass(frozen=True, slots=True)
class FlowRow:
    """How one flow stands. `ok_at` is when its newest good run ended; `heard_at`: its trigger."""

    id: str
    name: str
    title: str | None
    state: str
    sentence: str | None
    by_itself: bool
    failing_since: int | None
    trigger: str | None
    heard_at: int | None
    trigger_problem: str | None
    changed_at: int
    ok_at: int | None
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """How one connection stands; `pace` is its budget's row, None before its first call."""

    id: str
    name: str
    connector: str
    status: str
    problem: str | None
    verified_at: int | None
    expires_at: int | None
    pace: Mapping[str, Any] | None


def syncs(tx: sa.Connection, workspace_id: str) -> list[SyncRow]:
    """Return every sync, by name."""
    counted = _waiting(tx, workspace_id)
    a, b = connection.alias(), connection.alias()
    newest = _newest(tx, workspace_id)
    query = (
        sa.select(sync, a.c.name.label("a_name"), b.c.name.label("b_name"))
        .join(a, a.c.id == sync.c.a_connection)
        .join(b, b.c.id == sync.c.b_connection)
        .where(sync.c.workspace_id == workspace_id)
        .order_by(sync.c.name)
    )
    return [
        SyncRow(
            id=row.id,
            name=row.name,
            kind=row.canonical,
            a=row.a_name,
            b=row.b_name,
            state=row.state,
            reason=row.reason,
            sentence=row.sentence,
            every_seconds=row.every_seconds,
            due_at=row.due_at,
            ok_at=newest[row.id].ok_at,
            running=newest[row.id].running,
            running_kind=newest[row.id].running_kind,
            **counted.get(row.id, _NONE),
        )
        for row in tx.execute(query)
    ]


_PAIRS = sa.func.count(
    sa.distinct(sa.func.coalesce(record.c.link_id, record.c.side + record.c.record_id))
)
"""How many records there are, where a linked pair is one."""

_NONE = {"waiting": 0, "failed": 0, "review": 0}


def _newest(tx: sa.Connection, workspace_id: str) -> dict[str, Any]:
    """Return of each sync when its newest good run ended, and its open run."""
    mine = run.c.sync_id == sync.c.id
    ok = (
        sa.select(run.c.finished_at)
        .where(mine, run.c.state == "done", run.c.kind != "preview")
        .order_by(run.c.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_open = run.c.state == sa.literal_column("'running'")  # as the partial index spells it
    since = sa.select(run.c.started_at).where(mine, is_open).scalar_subquery()
    kind = sa.select(run.c.kind).where(mine, is_open).scalar_subquery()
    query = sa.select(
        sync.c.id, ok.label("ok_at"), since.label("running"), kind.label("running_kind")
    ).where(sync.c.workspace_id == workspace_id)
    return {row.id: row for row in tx.execute(query).all()}


def _waiting(tx: sa.Connection, workspace_id: str) -> dict[str, dict[str, int]]:
    """Count by sync what waits (to be read, decided, written), dead letters, and reviews."""
    counted: dict[str, dict[str, int]] = {}
    # each condition is spelt as its partial index spells it
    counts = (
        ("waiting", hint, None),
        ("waiting", notice, None),
        ("waiting", effect, effect.c.state != sa.literal_column("'failed'")),
        ("failed", effect, effect.c.state == sa.literal_column("'failed'")),
        ("review", record, record.c.state == sa.literal_column("'review'")),
    )
    ids = sa.select(sync.c.id).where(sync.c.workspace_id == workspace_id)
    for name, table, condition in counts:
        number = _PAIRS if name == "review" else sa.func.count()
        query = sa.select(table.c.sync_id, number.label("number"))
        query = query.where(table.c.sync_id.in_(ids)).group_by(table.c.sync_id)
        if condition is not None:
            query = query.where(condition)
        for row in tx.execute(query):
            counted.setdefault(row.sync_id, dict(_NONE))[name] += row.number
    return counted


def flows(tx: sa.Connection, workspace_id: str) -> list[FlowRow]:
    """Return every flow, by name."""

    def number(states: Sequence[str]) -> sa.ScalarSelect[int]:
        query = sa.select(sa.func.count()).select_from(flow_run)
        return query.where(
            flow_run.c.flow_id == flow.c.id, flow_run.c.state.in_(states)
        ).scalar_subquery()

    ok = (
        sa.select(flow_run.c.ended_at)
        .where(flow_run.c.flow_id == flow.c.id, flow_run.c.state == "done")
        .order_by(flow_run.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(
            flow,
            flow_trigger.c.kind.label("trigger"),
            flow_trigger.c.ok_at.label("heard_at"),
            flow_trigger.c.sentence.label("trigger_problem"),
            ok.label("done_at"),
            number(OPEN).label("waiting"),
            number(("dead", "unknown")).label("failed"),
        )
        .join(flow_trigger, flow_trigger.c.flow_id == flow.c.id, isouter=True)
        .where(flow.c.workspace_id == workspace_id)
        .order_by(flow.c.name)
    )
    return [
        FlowRow(
            id=row.id,
            name=row.name,
            title=row.title,
            state=row.state,
            sentence=row.sentence,
            by_itself=row.paused_by is None,
            failing_since=row.failing_since if row.failures else None,
            trigger=row.trigger,
            heard_at=row.heard_at,
            trigger_problem=row.trigger_problem,
            changed_at=row.changed_at,
            ok_at=row.done_at,
            waiting=row.waiting,
            failed=row.failed,
        )
        for row in tx.execute(query)
    ]


def connections(tx: sa.Connection, workspace_id: str) -> list[ConnectionRow]:
    """Return every connection, by name, with where its budget stands."""
    query = (
        sa.select(connection, credential.c.expires_at, pace.c.state.label("pace"))
        .join(credential, credential.c.connection_id == connection.c.id, isouter=True)
        .join(pace, pace.c.key == connection.c.budget, isouter=True)
        .where(connection.c.workspace_id == workspace_id)
        .order_by(connection.c.name)
    )
    return [
        ConnectionRow(
            id=row.id,
            name=row.name,
            connector=row.connector,
            status=row.status,
            problem=row.problem,
            verified_at=row.verified_at,
            expires_at=row.expires_at,
            pace=None if row.pace is None else json.loads(row.pace),
        )
        for row in tx.execute(query)
    ]
