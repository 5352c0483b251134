"""Follow hints: read again by id what an app said may have changed, coalesced, within the budget."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog

from instep.core.errors import Gone, InstepError, RecordRejected
from instep.core.pairs import SIDES
from instep.engine.work import Side, Work
from instep.store import hints, records, runs
from instep.store.records import Seen
from instep.store.runs import Run

BATCH = 100
"""Hints followed at once: as many outcomes are stored together."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of one hint.

    `seen` is the record as it is now; without it and without `stop` there is none to be had.
    `stop` is why this hint has to wait, and the run with it.
    """

    hint: sa.Row[Any]
    seen: Seen | None = None
    gone: bool = False
    stop: InstepError | None = None


async def follow_hints(work: Work, run: Run) -> None:
    """Read every record again that a hint names now, and notice what moved.

    A hint that comes while this works waits for the next round. Raises what stops the run
    (RetryLater, ConnectionBroken) after storing everything else; those hints stay.
    """
    upto = await work.read(lambda tx: hints.newest(tx, work.sync.id))
    if upto is None:
        return
    slots = {side.name: asyncio.Semaphore(side.concurrency) for side in (work.a, work.b)}

    async def follow(row: sa.Row[Any], parent_id: str | None) -> Followed:
        async with slots[row.side]:
            return await _follow(work, row, parent_id)

    while rows := await work.read(lambda tx: hints.waiting(tx, work.sync.id, upto, BATCH)):
        parents = await work.read(partial(_parents, sync_id=work.sync.id, rows=rows))
        followed = await asyncio.gather(
            *(follow(row, parents.get((row.side, row.record_id))) for row in rows)
        )
        await _store(work, run, [each for each in followed if each.stop is None])
        for each in followed:
            if each.stop is not None:
                raise each.stop


def _parents(
    tx: sa.Connection, sync_id: str, rows: Sequence[sa.Row[Any]]
) -> dict[tuple[str, str], str]:
    """Return whose children the hinted records are: as the event said, else as they were read."""
    found: dict[tuple[str, str], str] = {}
    for side in SIDES:
        untold = [row.record_id for row in rows if row.side == side and row.parent_id is None]
        known = records.parents(tx, sync_id, side, untold)
        found.update({(side, each): parent for each, parent in known.items()})
    told = {(row.side, row.record_id): row.parent_id for row in rows if row.parent_id is not None}
    return {**found, **told}


async def _follow(work: Work, row: sa.Row[Any], parent_id: str | None) -> Followed:
    side = work.side(row.side)
    try:
        return Followed(row, await work.read_again(side, row.record_id, parent_id))
    except Gone:
        return Followed(row, gone=True)
    except RecordRejected as error:
        # facts: ghl 7 no. 8 (what a webhook says is incomplete at times): the next poll knows more
        log.info("hint not followed", sync=work.sync.name, side=side.name, why=str(error))
        return Followed(row)
    except InstepError as error:
        return Followed(row, stop=error)


async def _store(work: Work, run: Run, followed: Sequence[Followed]) -> None:
    """Store what was read, and take the hints away that led to it, in one transaction."""

    def store(tx: sa.Connection) -> None:
        for side in (work.a, work.b):
            _store_side(tx, work, run, side, [f for f in followed if f.hint.side == side.name])
        hints.remove(tx, [each.hint for each in followed])

    if followed:
        await work.write(store)


def _store_side(
    tx: sa.Connection, work: Work, run: Run, side: Side, followed: Sequence[Followed]
) -> None:
    scope = work.scope(run)
    page = [each.seen for each in followed if each.seen is not None]
    taken = records.take(tx, scope, side.name, page, source="webhook", trusted_since=None)
    # a delete is believed when an event and the app's own answer say so; else a scan decides
    gone = [each.hint.record_id for each in followed if each.gone and each.hint.deleted]
    records.bury(tx, scope, side.name, gone, f"It was deleted in {side.app}.")
    counts = {f"hinted_{side.name}": len(followed), f"changed_{side.name}": len(taken.moved)}
    runs.advance(tx, run.id, more=counts)
