"""Read one side page by page into records and notices, resumable after every page."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from instep.core.brakes import check_emptied
from instep.core.errors import Gone, SyncHalted
from instep.engine import app_time, missing
from instep.engine.work import Side, Work
from instep.sdk.limits import Purpose
from instep.sdk.request import Reply, Request
from instep.store import records, runs, sightings, syncs
from instep.store.records import Scope, Seen, Taken
from instep.store.runs import Run
from instep.store.syncs import Checkpoint


async def read_page(work: Work, run: Run, side: Side, next_phase: str) -> bool:
    """Read and store one page; the page token moves in the same transaction.

    Returns whether there are more pages. After the last one the cursor moves and the run enters
    `next_phase`, still in that transaction, so that a stop in mid-page loses nothing. After a
    complete read it first confirms who was missing.
    """
    at = await work.read(lambda tx: syncs.checkpoint_of(tx, work.sync.id, side.name))
    request = _request(side, at)
    asked_at = work.now()
    reply = await side.send(request, Purpose.READ)
    page = [work.seen(side, record) for record in side.resource.records(reply)]
    following = side.resource.next(request, reply)
    reached = _advance(work, side, at, reply, following, len(page))
    whole = at.since is None or not side.resource.cursor.since
    reached = replace(reached, started_at=_started(at, asked_at) if whole else at.started_at)
    if following is None and whole:
        await _check_emptied(work, run, side, reached.seen)

    def store(tx: sa.Connection) -> Taken:
        scope = work.scope(run)
        if whole:
            _sight(tx, scope, side, page, is_first=at.page is None)
        if whole and following is None:
            _brake(tx, work, run, side, reached)
        settled = scope.now - side.resource.cursor.overlap_seconds * 1000
        taken = records.take(tx, scope, side.name, page, source=run.kind, trusted_since=settled)
        finished = replace(reached, began=None, seen=0) if following is None else reached
        syncs.save_checkpoint(tx, scope, side.name, finished)
        counts = {
            f"pages_{side.name}": 1,
            f"read_{side.name}": len(page),
            f"changed_{side.name}": len(taken.moved),
        }
        after = f"confirm_{side.name}" if reached.started_at is not None else next_phase
        runs.advance(tx, run.id, after if following is None else None, counts)
        return taken

    try:
        taken = await work.write(store)
    except SyncHalted:
        await _begin_anew(work, run, side, at)
        raise
    await _reread(work, run, side, taken.doubtful)
    return following is not None


def _request(side: Side, at: Checkpoint) -> Request:
    if at.page is not None:
        return Request.load(json.loads(at.page))
    return side.resource.list() if at.since is None else side.resource.changes(at.since)


def _advance(
    work: Work, side: Side, at: Checkpoint, reply: Reply, following: Request | None, rows: int
) -> Checkpoint:
    """Return the checkpoint after this page.

    The new cursor is the app's own time when this read began, less the overlap: whatever changed
    before that was visible by then. It moves only after the last page, since not every app lists
    in the order of change (facts: apps 1.4).
    """
    began = at.began or app_time.began(
        reply, side.resource.cursor.overlap_seconds, work.clock.now()
    )
    page = None if following is None else json.dumps(following.dump())
    since = at.since if following is not None else began
    return Checkpoint(since, page, began, at.seen + rows)


def _started(at: Checkpoint, asked_at: int) -> int:
    """Return when a complete read began by our own clock, which our rows are dated by."""
    if at.page is None or at.started_at is None:
        return asked_at
    return at.started_at


def _sight(
    tx: sa.Connection, scope: Scope, side: Side, page: Sequence[Seen], *, is_first: bool
) -> None:
    """Note who was in this page of a complete read; what an earlier read saw is forgotten."""
    if is_first:
        sightings.clear(tx, scope.sync_id, side.name)
    sightings.note(tx, scope, side.name, [each.id for each in page])


def _brake(tx: sa.Connection, work: Work, run: Run, side: Side, at: Checkpoint) -> None:
    if at.started_at is not None:
        lost = sightings.count_missing(tx, work.sync.id, side.name, at.started_at)
        missing.brake(tx, work, run, side, lost)


async def _begin_anew(work: Work, run: Run, side: Side, at: Checkpoint) -> None:
    """Let the next run read this side from the start: whoever releases it has looked by then."""
    fresh = Checkpoint(since=at.since)

    def save(tx: sa.Connection) -> None:
        syncs.save_checkpoint(tx, work.scope(run), side.name, fresh)

    await work.write(save)


async def _check_emptied(work: Work, run: Run, side: Side, seen: int) -> None:
    if missing.is_let_through(work, run):
        return
    links = await work.read(lambda tx: syncs.count_links(tx, work.sync.id))
    where = f"{side.app} (side {side.name.upper()})"
    tripped = check_emptied(where, links, seen, side.resource.name)
    if tripped is not None:
        raise SyncHalted(tripped.sentence, tripped.reason)


async def _reread(work: Work, run: Run, side: Side, ids: Sequence[str]) -> None:
    """Read by id what a lagging list contradicted us about."""
    fresh: list[Seen] = []
    parents = await work.read(lambda tx: records.parents(tx, work.sync.id, side.name, ids))
    for record_id in ids:
        # who is gone is left to the next complete scan to decide about
        with contextlib.suppress(Gone):
            fresh.append(await work.read_again(side, record_id, parents.get(record_id)))

    def store(tx: sa.Connection) -> None:
        records.take(tx, work.scope(run), side.name, fresh, source=run.kind, trusted_since=None)
        runs.advance(tx, run.id, more={f"reread_{side.name}": len(ids)})

    if ids:
        await work.write(store)
