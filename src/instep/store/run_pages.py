"""Which runs of all syncs are shown: by sync, state, kind and time, page by page, newest first.

A page costs the same however many runs there are: it is put together from one short stretch of an
index for each state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store import runs
from instep.store.runs import Run
from instep.store.schema.plans import plan
from instep.store.schema.syncs import run


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which runs are meant; what is left out chooses all. Times are epoch milliseconds."""

    sync_id: str | None = None
    states: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None


def page(
    tx: sa.Connection, workspace_id: str, chosen: Chosen, limit: int, before: str | None = None
) -> list[Run]:
    """Return a page of runs, before the one of this id. Raises UserError if there is no such run."""
    meant = [run.c.workspace_id == workspace_id, *_narrowed(chosen)]
    if before is not None:
        last = runs.find(tx, workspace_id, before)
        meant.append(sa.tuple_(run.c.started_at, run.c.id) < sa.tuple_(last.started_at, last.id))
    stretches: list[list[sa.ColumnElement[bool]]] = [
        [run.c.state == state] for state in chosen.states
    ] or [[]]
    parts = [
        sa.select(run).where(*meant, *each).order_by(*_newest(run)).limit(limit).subquery()
        for each in stretches
    ]
    together = sa.union_all(*(sa.select(part) for part in parts)).subquery()
    rows = tx.execute(sa.select(together).order_by(*_newest(together)).limit(limit))
    return [runs.read(row) for row in rows]


def undone_by(tx: sa.Connection, of: Run) -> Sequence[str]:
    """Return the runs that took a run back, newest first."""
    undos = sa.select(plan.c.id).where(plan.c.sync_id == of.sync_id, plan.c.of_run == of.id)
    query = sa.select(run.c.id).where(run.c.sync_id == of.sync_id, run.c.plan_id.in_(undos))
    return list(tx.execute(query.order_by(*_newest(run))).scalars())


def undoes(tx: sa.Connection, of: Run) -> str | None:
    """Return the run that a run takes back; None: it takes none back."""
    if of.plan_id is None:
        return None
    return tx.execute(sa.select(plan.c.of_run).where(plan.c.id == of.plan_id)).scalar()


def _newest(of: Any) -> tuple[sa.ColumnElement[Any], ...]:
    return of.c.started_at.desc(), of.c.id.desc()


def _narrowed(chosen: Chosen) -> list[sa.ColumnElement[bool]]:
    held: list[sa.ColumnElement[bool]] = []
    if chosen.sync_id is not None:
        held.append(run.c.sync_id == chosen.sync_id)
    if chosen.since is not None:
        held.append(run.c.started_at >= chosen.since)
    if chosen.until is not None:
        held.append(run.c.started_at < chosen.until)
    return held
