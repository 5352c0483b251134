"""Read children that an app lists one parent at a time: those of changed parents, and a sweep.

There is no list of all of them (facts: ghl 7 row 19), so a poll visits the parents that changed
since their last visit, and a few of the others, those longest ago first, within a daily number of
calls. What a parent's own change does not show is found by the sweep, or told by a webhook.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from instep.core.errors import Gone
from instep.engine import missing
from instep.engine.missing import Answer
from instep.engine.work import Side, Work
from instep.store import records, runs, sightings, visits
from instep.store.batches import RecordKey
from instep.store.kin import Relative
from instep.store.records import Seen
from instep.store.runs import Run

PARENTS = 50
"""Parents visited at once: what they have is stored together."""

SWEEP_PER_DAY = 2_000
"""Calls a day for visiting parents that did not change, per sync and side."""

_DAY_SECONDS = 86_400
_COMPLETE = frozenset({"backfill", "reconcile"})


@dataclass(frozen=True, slots=True)
class Visited:
    """What one parent has now. No children at all: it has none, or is gone itself."""

    parent_id: str
    children: tuple[Seen, ...]


def is_visited(side: Side) -> bool:
    """Whether this side's records can only be listed below one parent."""
    parent = side.resource.parent
    return parent is not None and not parent.listed_together


async def visit_parents(work: Work, run: Run, side: Side, next_phase: str) -> bool:
    """Visit the next parents and store what they have; return whether there are more to visit.

    After the last one the run enters `next_phase`, in the same transaction.
    """
    turn = await work.read(lambda tx: _next(tx, work, run, side))
    return await _take(work, run, side, turn, next_phase)


async def visit_newly_linked(work: Work, run: Run) -> None:
    """Visit the parents that were linked since this run visited, before anything is decided.

    Their children may be there already: what their partners have is not created a second time.
    """
    for side in (work.a, work.b):
        parents = parents_of(work, side) if is_visited(side) else None
        if parents is None:
            continue
        while ids := await work.read(partial(_unvisited, work, side, parents)):
            await _take(work, run, side, _Turn(ids))


def below_unvisited(tx: sa.Connection, work: Work, keys: Sequence[RecordKey]) -> set[RecordKey]:
    """Return the children that cannot be decided yet: nobody has looked below the parent's partner."""
    found: set[RecordKey] = set()
    for side, there in ((work.a, work.b), (work.b, work.a)):
        parents = parents_of(work, side) if is_visited(side) else None
        ids = [record_id for of, record_id in keys if of == there.name]
        if parents is not None and ids:
            waiting = visits.below_unvisited(tx, work.sync.id, side.name, parents, ids)
            found |= {(there.name, each) for each in waiting}
    return found


def _unvisited(work: Work, side: Side, parents: Relative, tx: sa.Connection) -> list[str]:
    return visits.unvisited_parents(tx, work.sync.id, side.name, parents, PARENTS)


async def _take(
    work: Work, run: Run, side: Side, turn: _Turn, next_phase: str | None = None
) -> bool:
    """Visit these parents and store what they have; without any, the run enters `next_phase`."""
    now = work.now()
    ids = turn.parents
    slots = asyncio.Semaphore(side.concurrency)

    async def visit(parent_id: str) -> Visited:
        async with slots:
            return await _visit(work, side, parent_id)

    visited = await asyncio.gather(*map(visit, ids))
    page = [child for each in visited for child in each.children]
    answers = await _confirm(work, run, side, ids, page, now)

    def store(tx: sa.Connection) -> None:
        scope = work.scope(run)
        taken = records.take(tx, scope, side.name, page, source=run.kind, trusted_since=None)
        missing.store(tx, work, run, side, answers)
        visits.note(tx, scope, side.name, ids, now)
        counts = {
            f"pages_{side.name}": len(ids),
            f"visited_{side.name}": len(ids),
            f"swept_{side.name}": len(ids) if turn.swept else 0,
            f"read_{side.name}": len(page),
            f"changed_{side.name}": len(taken.moved),
        }
        runs.advance(tx, run.id, None if ids else next_phase, counts)

    await work.write(store)
    return bool(ids)


async def _confirm(
    work: Work, run: Run, side: Side, ids: Sequence[str], page: Sequence[Seen], began: int
) -> list[Answer]:
    """Ask for the children that are not in their parents' lists any more.

    Before anything of the visit is stored: a stop makes the same visit once more.
    """
    listed = {each.id for each in page}

    def lost(tx: sa.Connection) -> list[sa.Row[Any]]:
        rows = sightings.missing_under(tx, work.sync.id, side.name, ids, listed, began)
        so_far = runs.get(tx, run.id).counts.get(f"gone_{side.name}", 0)
        linked = sum(row.link_id is not None for row in rows)
        missing.brake(tx, work, run, side, linked and so_far + linked)
        return rows

    answers = await missing.ask(work, side, await work.read(lost))
    missing.refuse_to_go_on(answers)
    return answers


@dataclass(frozen=True, slots=True)
class _Turn:
    """Parents to visit now; `swept` ones did not change."""

    parents: Sequence[str] = ()
    swept: bool = False


def _next(tx: sa.Connection, work: Work, run: Run, side: Side) -> _Turn:
    """Return the parents to visit now: all of them in a complete run, else changed ones first."""
    parents = parents_of(work, side)
    if parents is None:
        return _Turn()
    scope = work.scope(run)
    if run.kind in _COMPLETE:
        return _Turn(visits.stale(tx, scope, side.name, parents, run.started_at, PARENTS))
    due = visits.due(tx, scope, side.name, parents, run.started_at, PARENTS)
    left = _allowance(work) - run.counts.get(f"swept_{side.name}", 0)
    if due or left <= 0:
        return _Turn(due)
    limit = min(left, PARENTS)
    return _Turn(visits.stale(tx, scope, side.name, parents, run.started_at, limit), swept=True)


def parents_of(work: Work, side: Side) -> Relative | None:
    """Return the sync that keeps the parents equal, if there is one."""
    parent = side.resource.parent
    return work.family.relatives.get(parent.kind) if parent is not None else None


def _allowance(work: Work) -> int:
    """Return how many unchanged parents one poll may visit."""
    return math.ceil(SWEEP_PER_DAY * work.sync.every_seconds / _DAY_SECONDS)


async def _visit(work: Work, side: Side, parent_id: str) -> Visited:
    resource = side.below(parent_id)
    children: list[Seen] = []
    try:
        async for page in side.pages(resource, resource.list()):
            children += [work.seen(side, each) for each in page]
    except Gone:
        return Visited(parent_id, ())
    return Visited(parent_id, tuple(children))
