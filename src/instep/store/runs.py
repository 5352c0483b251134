"""Runs: one execution of a sync each, with its phase, so that a stopped one goes on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.store.ids import new_id
from instep.store.schema.syncs import run
from instep.store.syncs import Sync


@dataclass(frozen=True, slots=True)
class Run:
    """One execution. `counts` is what happened so far, by word. Times: epoch milliseconds."""

    id: str
    workspace_id: str
    sync_id: str
    kind: str
    phase: str
    state: str
    counts: Mapping[str, int]
    sentence: str | None
    started_at: int
    finished_at: int | None
    plan_id: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for a run, and the stored plan it is to carry out, if it has one."""

    person: str | None = None
    plan_id: str | None = None


NOBODY = Asked()
"""A run that came by itself."""


def start(
    tx: sa.Connection,
    sync: Sync,
    kind: str,
    phase: str,
    now: int,
    asked: Asked = NOBODY,
) -> Run:
    """Start a run; there is no other open one of this sync."""
    run_id = new_id("run")
    tx.execute(
        sa.insert(run).values(
            id=run_id,
            workspace_id=sync.workspace_id,
            sync_id=sync.id,
            kind=kind,
            phase=phase,
            state="running",
            counts="{}",
            started_at=now,
            plan_id=asked.plan_id,
            person=asked.person,
        )
    )
    return get(tx, run_id)


def current_of(tx: sa.Connection, sync_id: str) -> Run | None:
    """Return the sync's open run, if there is one."""
    query = sa.select(run).where(run.c.sync_id == sync_id, run.c.state == "running")
    row = tx.execute(query).first()
    return None if row is None else read(row)


def get(tx: sa.Connection, run_id: str) -> Run:
    """Return a run. The id comes from us, so it is there."""
    return read(tx.execute(sa.select(run).where(run.c.id == run_id)).one())


def find(tx: sa.Connection, workspace_id: str, run_id: str) -> Run:
    """Return the run a person names. Raises UserError if there is none."""
    row = tx.execute(
        sa.select(run).where(run.c.workspace_id == workspace_id, run.c.id == run_id)
    ).first()
    if row is None:
        raise UserError(f"There is no run {run_id!r}. instep sync runs lists the runs of a sync.")
    return read(row)


def latest(
    tx: sa.Connection, sync_id: str, limit: int = 1, before: str | None = None
) -> Sequence[Run]:
    """Return a sync's newest runs, newest first; those before one of its runs if that is named."""
    query = sa.select(run).where(run.c.sync_id == sync_id)
    if before is not None:
        since = sa.select(run.c.started_at).where(run.c.id == before).scalar_subquery()
        query = query.where(sa.tuple_(run.c.started_at, run.c.id) < sa.tuple_(since, before))
    rows = tx.execute(query.order_by(run.c.started_at.desc(), run.c.id.desc()).limit(limit))
    return [read(row) for row in rows]


def advance(
    tx: sa.Connection, run_id: str, phase: str | None = None, more: Mapping[str, int] | None = None
) -> None:
    """Move a run to its next phase and add to its counts, with the work they stand for."""
    row = tx.execute(sa.select(run.c.counts).where(run.c.id == run_id)).one()
    changes: dict[str, Any] = {}
    if phase is not None:
        changes["phase"] = phase
    if more:
        changes["counts"] = json.dumps(Counter(json.loads(row.counts)) + Counter(more))
    if changes:
        tx.execute(sa.update(run).where(run.c.id == run_id).values(**changes))


def finish(
    tx: sa.Connection, run_id: str, state: str, now: int, sentence: str | None = None
) -> None:
    """End a run: done, failed or halted."""
    tx.execute(
        sa.update(run)
        .where(run.c.id == run_id)
        .values(state=state, finished_at=now, sentence=sentence)
    )


def say(tx: sa.Connection, run_id: str, sentence: str | None) -> None:
    """Say what an open run is waiting for."""
    tx.execute(sa.update(run).where(run.c.id == run_id).values(sentence=sentence))


def counts_since_poll(tx: sa.Connection, of: Run) -> Counter[str]:
    """Return the counts of the runs by webhook between the latest poll and `of`."""
    mine = sa.select(run).where(run.c.sync_id == of.sync_id, run.c.started_at <= of.started_at)
    poll = (
        mine.where(run.c.kind.in_(("backfill", "poll", "reconcile", "released")))
        .order_by(run.c.started_at.desc())
        .limit(1)
    )
    since = tx.execute(poll.with_only_columns(run.c.started_at)).scalar()
    between = mine.where(
        run.c.kind == "webhook", run.c.id != of.id, run.c.started_at >= (since or 0)
    )
    counts: Counter[str] = Counter()
    for row in tx.execute(between.with_only_columns(run.c.counts)):
        counts.update(json.loads(row.counts))
    return counts


def of_plan(tx: sa.Connection, plan_id: str) -> Run | None:
    """Return the newest run that carries out a plan; None: none has begun."""
    query = sa.select(run).where(run.c.plan_id == plan_id)
    row = tx.execute(query.order_by(run.c.started_at.desc(), run.c.id.desc()).limit(1)).first()
    return None if row is None else read(row)


def last_read(tx: sa.Connection, of: Run) -> int:
    """Return when the latest earlier run began that read both sides; 0 if there was none."""
    query = sa.select(sa.func.max(run.c.started_at)).where(
        run.c.sync_id == of.sync_id,
        run.c.id != of.id,
        run.c.started_at <= of.started_at,
        run.c.state == "done",
        run.c.kind.in_(READING),
    )
    found: int | None = tx.execute(query).scalar_one()
    return found or 0


READING = ("backfill", "poll", "released", "reconcile")
"""The kinds of run that list both sides before anything is decided."""


def has_finished(tx: sa.Connection, sync_id: str) -> bool:
    """Whether any run of this sync that may write has ended well."""
    query = sa.select(run.c.id).where(
        run.c.sync_id == sync_id, run.c.state == "done", run.c.kind != "preview"
    )
    return tx.execute(query.limit(1)).first() is not None


def read(row: sa.Row[Any]) -> Run:
    """Return a run from its row."""
    fields = {name: getattr(row, name) for name in Run.__dataclass_fields__}
    fields["counts"] = json.loads(row.counts)
    return Run(**fields)
