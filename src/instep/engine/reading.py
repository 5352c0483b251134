"""Read one side page by page into records and notices, resumable after every page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import sqlalchemy as sa

from instep.core.brakes import check_emptied
from instep.core.errors import Gone, SyncHalted
from instep.engine.work import Side, Work
from instep.sdk.limits import Purpose
from instep.sdk.request import Reply, Request
from instep.store import records, runs, syncs
from instep.store.records import Seen, Taken
from instep.store.runs import Run
from instep.store.syncs import Checkpoint

_SKEW = timedelta(minutes=5)
"""How far our clock may be off where the app does not tell its own time."""


async def read_page(work: Work, run: Run, side: Side, next_phase: str) -> bool:
    """Read and store one page; the page token moves in the same transaction.

    Returns whether there are more pages. After the last one the cursor moves and the run enters
    `next_phase`, still in that transaction, so that a stop in mid-page loses nothing.
    """
    at = await work.read(lambda tx: syncs.checkpoint_of(tx, work.sync.id, side.name))
    request = _request(side, at)
    reply = await side.send(request, Purpose.READ)
    page = [work.seen(side, record) for record in side.resource.records(reply)]
    following = side.resource.next(request, reply)
    reached = _advance(work, side, at, reply, following, len(page))
    if following is None and at.since is None:
        await _check_emptied(work, side, reached.seen)

    def store(tx: sa.Connection) -> Taken:
        scope = work.scope(run)
        settled = scope.now - side.resource.cursor.overlap_seconds * 1000
        taken = records.take(tx, scope, side.name, page, source=run.kind, trusted_since=settled)
        finished = replace(reached, began=None, seen=0) if following is None else reached
        syncs.save_checkpoint(tx, scope, side.name, finished)
        counts = {
            f"pages_{side.name}": 1,
            f"read_{side.name}": len(page),
            f"changed_{side.name}": len(taken.moved),
        }
        runs.advance(tx, run.id, next_phase if following is None else None, counts)
        return taken

    taken = await work.write(store)
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
    began = at.began or _began(work, side, reply)
    page = None if following is None else json.dumps(following.dump())
    since = at.since if following is not None else began
    return Checkpoint(since, page, began, at.seen + rows)


def _began(work: Work, side: Side, reply: Reply) -> str:
    overlap = timedelta(seconds=side.resource.cursor.overlap_seconds)
    told = _date(reply)
    moment = told - overlap if told is not None else work.clock.now() - overlap - _SKEW
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(reply: Reply) -> datetime | None:
    """Return the reply's Date header: the app's clock, so that a skew of ours does not count."""
    try:
        return parsedate_to_datetime(reply.headers["date"])
    except (KeyError, ValueError):
        return None


async def _check_emptied(work: Work, side: Side, seen: int) -> None:
    links = await work.read(lambda tx: syncs.count_links(tx, work.sync.id))
    tripped = check_emptied(side.app, links, seen)
    if tripped is not None:
        raise SyncHalted(tripped.sentence, tripped.reason)


async def _reread(work: Work, run: Run, side: Side, ids: Sequence[str]) -> None:
    """Read by id what a lagging list contradicted us about."""
    fresh: list[Seen] = []
    for record_id in ids:
        try:
            reply = await side.send(side.resource.get(record_id), Purpose.READ)
        except Gone:
            continue  # the next complete scan decides about it
        fresh.append(work.seen(side, side.resource.record(reply)))

    def store(tx: sa.Connection) -> None:
        records.take(tx, work.scope(run), side.name, fresh, source=run.kind, trusted_since=None)
        runs.advance(tx, run.id, more={f"reread_{side.name}": len(ids)})

    if ids:
        await work.write(store)
