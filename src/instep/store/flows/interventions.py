"""What a person does to runs: cancel them, answer for a step in doubt, let held ones go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.flow.outcomes import answered
from instep.store.flows import listing, runs, steps
from instep.store.flows.listing import Chosen, Span
from instep.store.schema.flows import flow_run

AT_ONCE = 500
"""Runs that are changed in one transaction."""

Change = Callable[[sa.Connection, list[int]], int]


def change_some(
    tx: sa.Connection, workspace_id: str, chosen: Chosen, cursor: int, change: Change
) -> tuple[int, int | None]:
    """Change some of the runs that are meant, from the oldest on after `cursor`.

    Returns how many were changed, and where to go on; None: that was all.
    """
    span = Span(above=cursor, newest_first=False)
    looked = listing.numbers(tx, workspace_id, chosen, span, AT_ONCE)
    if not looked:
        return 0, None
    query = sa.select(flow_run.c.id).where(flow_run.c.id.in_(looked), *listing.matching(chosen))
    found = list(tx.execute(query.order_by(flow_run.c.id).with_for_update()).scalars())
    return change(tx, found), looked[-1] if len(looked) == AT_ONCE else None


def cancel(tx: sa.Connection, run_ids: list[int], sentence: str, now: int) -> int:
    """End those of these runs that are open; one under way begins no further step."""
    mine = sa.and_(flow_run.c.id.in_(run_ids), flow_run.c.state.in_(runs.OPEN))
    ended = {
        "state": "cancelled",
        "sentence": sentence,
        "ended_at": now,
        "held_by": None,
        "was_state": None,
        "was_version": None,
        "was_ended_at": None,
    }
    return tx.execute(sa.update(flow_run).where(mine).values(**ended)).rowcount


def let_go(tx: sa.Connection, run_ids: list[int], now: int) -> int:
    """Let those of these runs go on that wait for a connection to be renewed."""
    mine = sa.and_(flow_run.c.id.in_(run_ids), flow_run.c.state == "held")
    again = {"state": "ready", "due_at": now, "held_by": None}
    return tx.execute(sa.update(flow_run).where(mine).values(**again)).rowcount


def answer(
    tx: sa.Connection, workspace_id: str, key: str, now: datetime, *, happened: bool, person: str
) -> None:
    """Store a person's word on whether a step was carried out, beside its attempt; its run goes on.

    Raises UserError unless the run waits for that.
    """
    query = sa.select(flow_run).where(
        flow_run.c.workspace_id == workspace_id, flow_run.c.key == key
    )
    row = tx.execute(query.with_for_update()).first()
    if row is None:
        raise UserError(f"There is no run {key!r} of a flow; `instep run list` lists them.")
    step = steps.of_runs(tx, [row.id])[row.id].get(row.place or "")
    if row.state != "unknown" or step is None or step.outcome is None:
        raise UserError(f"The run {key} is {row.state}: no step of it is in doubt.")
    at = int(now.timestamp() * 1000)
    step.outcome = answered(step.outcome, now, happened=happened)
    step.ended_at = at if happened else None
    if step.tries:
        word = f"{person} said that it was {'' if happened else 'not '}carried out."
        last = step.tries[-1]
        step.tries[-1] = replace(last, error=f"{last.error or ''} {word}".strip())
    steps.write(tx, [steps.Written(row.id, workspace_id, step)])
    again = {"state": "ready", "due_at": at, "sentence": None, "ended_at": None}
    tx.execute(sa.update(flow_run).where(flow_run.c.id == row.id).values(**again))
