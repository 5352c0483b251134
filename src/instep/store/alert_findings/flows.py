"""Trouble with flows: failing, behind, silent, and runs that were given up on."""

from __future__ import annotations

import sqlalchemy as sa

from instep.core.alerting.incidents import Finding, Subject
from instep.core.alerting.rules import Kind
from instep.store.alert_findings.sought import Sought, command, counted
from instep.store.schema.flows import flow, flow_run, flow_step, flow_trigger


def failing(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find flows whose newest runs failed, and those that paused themselves over it."""
    by_itself = sa.and_(flow.c.state == "paused", flow.c.paused_by.is_(None))
    query = sa.select(flow.c.id, flow.c.name, flow.c.sentence, flow.c.failing_since).where(
        flow.c.workspace_id == sought.workspace_id,
        flow.c.failing_since.is_not(None),
        flow.c.failures > 0,
        sa.or_(flow.c.state == "active", by_itself),
    )
    return [
        Finding(
            Kind.FAILURE,
            Subject("flow", row.id, row.name),
            row.failing_since,
            row.sentence or "Its newest runs failed.",
            command("run", "list", "--flow", row.name),
        )
        for row in tx.execute(query)
    ]


def behind(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find flows of which a run waits for too long to be worked on, or to be tried again.

    A run that its own delay holds is not late, nor one whose connection is broken: that is told
    with the connection.
    """
    at = _waits_since()
    here = sa.and_(flow_step.c.run_id == flow_run.c.id, flow_step.c.place == flow_run.c.place)
    runs = flow_run.join(flow_step, here, isouter=True)
    # written out for the partial indexes, as where runs are drained
    is_open = sa.text("flow_run.state IN ('ready', 'waiting', 'held')")
    # not the column itself: to have it in order, SQLite would walk every run there ever was
    of = flow_run.c.flow_id + sa.literal_column("''")
    waits = (
        sa.select(of.label("flow_id"), sa.func.min(at).label("at"))
        .select_from(runs)
        .where(is_open, flow_run.c.state != sa.literal_column("'held'"))
        .group_by(of)
        .having(sa.func.min(at) < sought.oldest_allowed())
        .subquery()
    )
    query = (
        sa.select(flow.c.id, flow.c.name, waits.c.at)
        .join(waits, waits.c.flow_id == flow.c.id)
        .where(flow.c.workspace_id == sought.workspace_id, flow.c.state == "active")
    )
    minutes = counted(sought.rules[Kind.DELAY].size, "minute")
    return [
        Finding(
            Kind.DELAY,
            Subject("flow", row.id, row.name),
            row.at,
            f"Its runs are late: the oldest waits for more than {minutes}.",
            command("run", "list", "--flow", row.name, "--state", "ready"),
        )
        for row in tx.execute(query)
    ]


def _waits_since() -> sa.ColumnElement[int]:
    """Since when a run waits: from the end of its delay, or of its replay, else its arrival.

    Days may lie between what started it and the step it has come to: then it is that one's start.
    """
    run = flow_run.c
    is_timed = sa.or_(run.state == sa.literal_column("'waiting'"), run.replayed > 0)
    came = sa.func.coalesce(flow_step.c.begun_at, run.started_at, run.created_at)
    return sa.case((is_timed, run.due_at), else_=came)


def dead_letters(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find flows with runs that wait for a person: to be done again, or answered for."""
    states = ("dead", "unknown")
    query = (
        sa.select(
            flow.c.id,
            flow.c.name,
            *(sa.func.sum(sa.case((flow_run.c.state == s, 1), else_=0)).label(s) for s in states),
            sa.func.min(flow_run.c.ended_at).label("at"),
        )
        .join(flow_run, flow_run.c.flow_id == flow.c.id)
        .where(flow_run.c.workspace_id == sought.workspace_id, flow_run.c.state.in_(states))
        .group_by(flow.c.id, flow.c.name)
    )
    return [
        Finding(
            Kind.DEAD_LETTER,
            Subject("flow", row.id, row.name),
            row.at if row.at is not None else sought.now,
            _left(row.dead, row.unknown),
            command("run", "list", "--flow", row.name, "--state", "dead", "--state", "unknown"),
        )
        for row in tx.execute(query)
    ]


def _left(dead: int, unknown: int) -> str:
    told = [f"{counted(dead, 'run')} given up on"] if dead else []
    if unknown:
        told.append(f"{counted(unknown, 'run')} to be answered for")
    return f"{', '.join(told)}."


def silent(tx: sa.Connection, sought: Sought) -> list[Finding]:
    """Find flows whose poll was not made, or whose event was not heard, for too long."""
    heard = sa.func.coalesce(flow_trigger.c.ok_at, flow.c.changed_at)
    query = (
        sa.select(flow.c.id, flow.c.name, flow_trigger.c.kind, heard.label("at"))
        .join(flow_trigger, flow_trigger.c.flow_id == flow.c.id)
        .where(
            flow.c.workspace_id == sought.workspace_id,
            flow.c.state == "active",
            flow_trigger.c.kind.in_(("event", "poll")),
            heard < sought.silent_since(),
        )
    )
    hours = counted(sought.rules[Kind.SILENCE].size, "hour")
    what = {"poll": "was not polled", "event": "heard nothing"}
    return [
        Finding(
            Kind.SILENCE,
            Subject("flow", row.id, row.name),
            row.at,
            f"Its trigger {what[row.kind]} for more than {hours}.",
            command("flow", "show", row.name),
        )
        for row in tx.execute(query)
    ]
