"""A run, phase by phase: read A, read B, decide, deliver, until nothing is left to do.

A run that webhooks asked for begins at deciding, which first reads again what they named.

The phase and everything it stands for are stored together, so a run that was stopped anywhere goes
on from its row: there is no other state.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import sqlalchemy as sa

from instep.core.cadence import night_after
from instep.core.errors import (
    ConnectionBroken,
    InstepError,
    RetryLater,
    SyncHalted,
)
from instep.engine.cadences import cadence_of
from instep.engine.carrying_out import carry_out
from instep.engine.deciding import decide_batch
from instep.engine.delivering import deliver
from instep.engine.looking_up import doubt, look_up
from instep.engine.missing import confirm
from instep.engine.reading import read_page
from instep.engine.rereading import follow_hints
from instep.engine.visiting import is_visited, visit_newly_linked, visit_parents
from instep.engine.work import Side, Work, to_ms
from instep.store import connections, effects, hints, kin, plans, runs, statistics, syncs
from instep.store.runs import Run
from instep.store.shards import DrainOvertaken

ROUNDS = 6
"""How often one run decides anew what its own deliveries brought up; the rest waits for the next."""

_RETRY_READ_MS = 30_000


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a run goes no further now: finished, waiting until `at`, or for a person."""

    state: str
    sentence: str | None = None
    at: int | None = None


async def go_on(work: Work, run: Run, until: Callable[[], bool]) -> Stopped | None:
    """Carry a run on until it ends or `until` says so; None means there is more to do.

    Safe to call again at any time, by any worker that holds the shard.
    """
    try:
        await _recover(work, run)
        while not until():
            current = await work.read(lambda tx: runs.get(tx, run.id))
            if current.phase == "done":
                return await _finish(work, current)
            await _PHASES[current.phase](work, current)
    except DrainOvertaken:
        raise
    except RetryLater as error:
        return await _wait(work, run, error)
    except InstepError as error:
        return await _halt(work, run, error)
    return None


async def _recover(work: Work, run: Run) -> None:
    """Settle what an earlier drain left in the air, before anything new is read or decided."""
    if not await work.read(lambda tx: effects.any_in_the_air(tx, work.sync.id)):
        return  # the usual case, which a change on its way need not pay for
    await doubt(work, run)
    await _look_up_all(work, run)


async def _look_up_all(work: Work, run: Run) -> None:
    while await look_up(work, run):
        pass


async def _read_a(work: Work, run: Run) -> None:
    await _read(work, run, work.a, "read_b")


async def _read_b(work: Work, run: Run) -> None:
    await _read(work, run, work.b, "done" if run.kind == "preview" else "decide")


async def _read(work: Work, run: Run, side: Side, next_phase: str) -> None:
    if is_visited(side):
        await visit_parents(work, run, side, next_phase)
    else:
        await read_page(work, run, side, next_phase)


async def _confirm_a(work: Work, run: Run) -> None:
    await confirm(work, run, work.a, "read_b")


async def _confirm_b(work: Work, run: Run) -> None:
    await confirm(work, run, work.b, "done" if run.kind == "preview" else "decide")


async def _decide(work: Work, run: Run) -> None:
    """Decide everything that is noticed before anything is sent: a brake then stops all of it."""
    if run.counts.get("rounds", 0) < ROUNDS:
        await follow_hints(work, run)
        await _wake(work, run)
        await visit_newly_linked(work, run)
        await _look_at_tables(work, run)
        after = await decide_batch(work, run, None)
        while after is not None:
            after = await decide_batch(work, run, after)
    phase = "deliver" if await _something_is_due(work) else "done"
    await work.write(lambda tx: runs.advance(tx, run.id, phase, {"rounds": 1}))


async def _look_at_tables(work: Work, run: Run) -> None:
    """Before much that is new is decided, let the database see what it has become."""
    moved = sum(run.counts.get(word, 0) for word in ("changed_a", "changed_b"))
    if run.counts.get("rounds", 0) == 0 and moved >= statistics.MANY:
        await work.db.run(statistics.refresh)


async def _wake(work: Work, run: Run) -> None:
    """Notice the records that waited for another one to be linked."""
    if work.family.relatives:
        await work.write(lambda tx: kin.wake(tx, work.scope(run), work.family))


async def _deliver(work: Work, run: Run) -> None:
    """Deliver until nothing is due, then decide what the deliveries brought up."""
    if await deliver(work, run):
        return
    await _look_up_all(work, run)
    if not await _something_is_due(work):
        # a stored plan is carried out as it is: what it brought up is for the next run to decide
        phase = "decide" if run.plan_id is None and not work.sync.rests else "done"
        await work.write(lambda tx: runs.advance(tx, run.id, phase))


async def _something_is_due(work: Work) -> bool:
    due = await work.read(lambda tx: effects.next_due(tx, work.sync.id))
    return due is not None and due <= work.now()


_PHASES: dict[str, Callable[[Work, Run], Awaitable[None]]] = {
    "read_a": _read_a,
    "confirm_a": _confirm_a,
    "read_b": _read_b,
    "confirm_b": _confirm_b,
    "decide": _decide,
    "deliver": _deliver,
    "carry_out": carry_out,
}


async def _finish(work: Work, run: Run) -> Stopped:
    def finish(tx: sa.Connection) -> Stopped:
        now = work.now()
        runs.finish(tx, run.id, "done", now)
        if run.plan_id is not None:
            plans.end(tx, run.plan_id)
        for side in (work.a, work.b):
            connections.mark(tx, side.connection_id, None)
        waiting = effects.next_due(tx, work.sync.id)
        at = _next_poll(tx, work, run)
        if _is_wanted(tx, work):
            at = now
        syncs.set_due(tx, work.sync.id, at if waiting is None else max(now, min(at, waiting)))
        if at == syncs.NEVER and waiting is None:
            syncs.rest(tx, work.sync.id)
        return Stopped("done", at=waiting)

    return await work.write(finish)


def _is_wanted(tx: sa.Connection, work: Work) -> bool:
    """Whether something came up during the run that wants another one at once."""
    return (
        syncs.is_requested(tx, work.sync.id)
        or hints.any_left(tx, work.sync.id)
        or kin.any_ready(tx, work.sync.id, work.family)
        or plans.approved(tx, work.sync.id) is not None
    )


def _next_poll(tx: sa.Connection, work: Work, run: Run) -> int:
    """Return when to poll next; a run that has read no list moves nothing."""
    if run.kind == "webhook" or run.plan_id is not None or work.sync.rests:
        return work.sync.poll_at
    cadence = cadence_of(tx, work.sync, {side.name: side.app for side in (work.a, work.b)})
    at = work.now() + cadence.seconds * 1000
    syncs.set_poll(tx, work.sync.id, at)
    if run.kind == "reconcile":
        night = night_after(work.now(), work.sync.id, cadence.nights)
        syncs.set_reconciliation(tx, work.sync.id, night)
    return at


async def _wait(work: Work, run: Run, error: RetryLater) -> Stopped:
    """Leave the run open: an app cannot be reached or asks for patience."""
    at = to_ms(error.at) if error.at is not None else work.now() + _RETRY_READ_MS

    def wait(tx: sa.Connection) -> None:
        syncs.set_due(tx, work.sync.id, at)
        runs.say(tx, run.id, str(error))

    await work.write(wait)
    return Stopped("waiting", str(error), at)


async def _halt(work: Work, run: Run, error: InstepError) -> Stopped:
    """Stop the sync until a person has looked: a brake, a broken connection, a refused read."""
    broken = error.connection_id if isinstance(error, ConnectionBroken) else None

    def halt(tx: sa.Connection) -> None:
        runs.finish(tx, run.id, "halted", work.now(), str(error))
        syncs.set_state(tx, work.sync.id, "halted", reason_of(error), str(error), broken)
        if broken is not None:
            connections.mark(tx, broken, str(error))

    await work.write(halt)
    return Stopped("halted", str(error))


def reason_of(error: InstepError) -> str:
    """Return the code a halt is stored under."""
    if isinstance(error, SyncHalted):
        return error.reason
    return "connection_broken" if isinstance(error, ConnectionBroken) else "refused"
