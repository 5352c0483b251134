"""Who was not in a complete read: asked for by id, and believed gone only when the app says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
import structlog

from instep.core.brakes import check_missing
from instep.core.errors import Gone, InstepError, RecordRejected, SyncHalted
from instep.engine.work import Side, Work
from instep.store import records, runs, sightings, syncs
from instep.store.records import Seen
from instep.store.runs import Run

BATCH = 100
"""How many are asked for at once: as many answers are stored together."""

LET_THROUGH = frozenset({"released", "approved", "undo"})
"""The kinds of run that a person has looked at: no brake stops them."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an app said about one record: as it is now, gone, or neither (`stop`: the run waits).

    `buried`: we took it for gone already, and a list showed it all the same.
    """

    id: str
    buried: bool
    seen: Seen | None = None
    gone: bool = False
    stop: InstepError | None = None


def is_let_through(work: Work, run: Run) -> bool:
    """Whether a person has said that this run may do what a brake would stop."""
    looked_at = run.kind == "preview" and work.sync.next_kind in LET_THROUGH
    return run.kind in LET_THROUGH or looked_at


def brake(tx: sa.Connection, work: Work, run: Run, side: Side, missing: int) -> None:
    """Stop before anybody is taken for gone if so many linked records are missing."""
    if is_let_through(work, run):
        return
    links = syncs.count_links(tx, work.sync.id)
    where = f"{side.app} (side {side.name.upper()})"
    tripped = check_missing(work.sync.brakes, where, side.resource.name, missing, links)
    if tripped is not None:
        raise SyncHalted(tripped.sentence, tripped.reason)


async def confirm(work: Work, run: Run, side: Side, next_phase: str) -> None:
    """Ask for the next records that the complete read of a side left in doubt.

    Each batch is stored before the next is asked for; after the last one the sightings have done
    their work and the run enters `next_phase`. A run that was stopped goes on where it was.
    """
    at = await work.read(lambda tx: syncs.checkpoint_of(tx, work.sync.id, side.name))
    started_at = at.started_at
    rows: Sequence[sa.Row[Any]] = ()
    if started_at is not None:
        rows = await work.read(
            lambda tx: sightings.doubted(tx, work.sync.id, side.name, started_at, BATCH)
        )
    if rows:
        await _ask(work, run, side, rows)
        return

    def end(tx: sa.Connection) -> None:
        sightings.clear(tx, work.sync.id, side.name)
        syncs.save_checkpoint(tx, work.scope(run), side.name, replace(at, started_at=None))
        runs.advance(tx, run.id, next_phase)

    await work.write(end)


async def _ask(work: Work, run: Run, side: Side, rows: Sequence[sa.Row[Any]]) -> None:
    """Ask for these records, store what the app says, and then raise what stops the run."""
    answers = await ask(work, side, rows)
    told = [each for each in answers if each.stop is None]
    if told:
        await work.write(lambda tx: store(tx, work, run, side, told))
    refuse_to_go_on(answers)


async def ask(work: Work, side: Side, rows: Sequence[sa.Row[Any]]) -> list[Answer]:
    """Ask an app for records (rows of record_id, parent_id, state) that a list did not bring."""
    slots = asyncio.Semaphore(side.concurrency)

    async def ask_one(row: sa.Row[Any]) -> Answer:
        async with slots:
            return await _answer(work, side, row)

    return await asyncio.gather(*map(ask_one, rows))


def refuse_to_go_on(answers: Sequence[Answer]) -> None:
    """Raise what kept the app from answering, if anything did."""
    for each in answers:
        if each.stop is not None:
            raise each.stop


async def _answer(work: Work, side: Side, row: sa.Row[Any]) -> Answer:
    answer = Answer(row.record_id, row.state == "gone")
    try:
        return replace(answer, seen=await work.read_again(side, row.record_id, row.parent_id))
    except Gone:
        return replace(answer, gone=True)
    except RecordRejected as error:
        # neither there nor gone: it stays as we know it, and the next complete read asks again
        log.info("missing, not confirmed", sync=work.sync.name, side=side.name, why=str(error))
        return answer
    except InstepError as error:
        return replace(answer, stop=error)


def store(tx: sa.Connection, work: Work, run: Run, side: Side, answers: Sequence[Answer]) -> None:
    """Store what the app said, in the caller's transaction, so that nobody is asked for twice."""
    scope = work.scope(run)
    gone = [each.id for each in answers if each.gone]
    hidden = [each.id for each in answers if each.gone or (each.buried and each.seen is None)]
    there = [each.id for each in answers if each.id not in hidden]
    page = [each.seen for each in answers if each.seen is not None]
    taken = records.take(tx, scope, side.name, page, source=run.kind, trusted_since=None)
    records.bury(tx, scope, side.name, gone, f"It was deleted in {side.app}.", source=run.kind)
    sightings.forget(tx, scope, side.name, hidden)
    sightings.note(tx, scope, side.name, there)
    counts = {
        f"confirmed_{side.name}": len(answers),
        f"gone_{side.name}": len(gone),
        f"changed_{side.name}": len(taken.moved),
    }
    runs.advance(tx, run.id, more=counts)
