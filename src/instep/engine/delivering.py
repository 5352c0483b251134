"""Carry effects to the apps: claimed first, sent with bounded concurrency, outcomes together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
import structlog

from instep.core.errors import (
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    Gone,
    InstepError,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    VersionStale,
)
from instep.core.fingerprint import load
from instep.core.match import contradicts
from instep.core.pairs import other_side
from instep.core.plan import Action
from instep.core.records import Record, Values, Write
from instep.core.retry import backoff_seconds
from instep.engine.arrived import how_arrived
from instep.engine.deleting_records import delete, has_moved, is_fresh
from instep.engine.twins import newcomer
from instep.engine.work import Side, Work, to_ms
from instep.sdk.limits import Purpose
from instep.store import effects, outcomes, records, runs
from instep.store.batches import keys_of_row
from instep.store.effects import write_of
from instep.store.outcomes import Deleted, Done, Failed, Later, Moved, Outcome
from instep.store.records import Seen
from instep.store.runs import Run

CLAIM = 50
"""Effects claimed at once: after a crash, at most these have to be looked up."""

ATTEMPTS = 8

log = structlog.get_logger()


async def deliver(work: Work, run: Run) -> int:
    """Deliver the next due effects and store their outcomes; return how many there were.

    Raises ConnectionBroken or DailyLimit after everything else was stored: the effects they
    stopped were not sent and stay ready.
    """
    rows = await work.write(lambda tx: effects.claim(tx, work.scope(run), CLAIM))
    if not rows:
        return 0
    targets = await work.read(lambda tx: records.load_targets(tx, work.sync.id, rows))
    slots = {side.name: asyncio.Semaphore(side.concurrency) for side in (work.a, work.b)}

    async def attempt(row: sa.Row[Any]) -> tuple[Outcome, InstepError | None]:
        # not more at once than the app takes: a queue behind the limiter would let reads go stale
        async with slots[row.side]:
            return await _attempt(work, run, row, targets.get(row.id))

    results = await asyncio.gather(*map(attempt, rows))
    await store(work, run, [outcome for outcome, _ in results])
    for _, stop in results:
        if stop is not None:
            raise stop
    return len(rows)


async def store(work: Work, run: Run, results: Sequence[Outcome]) -> None:
    """Store outcomes, and count them into the run."""

    def store_all(tx: sa.Connection) -> None:
        outcomes.store(tx, work.scope(run), results)
        runs.advance(tx, run.id, more=count(results))

    await work.write(store_all)


def count(results: Sequence[Outcome]) -> Counter[str]:
    """Count outcomes in the words of a run's counts."""
    counts: Counter[str] = Counter()
    for each in results:
        side = each.effect.side
        match each:
            case Done(how="created") if each.effect.record_id is None:
                counts[f"created_{side}"] += 1
            case Done() if each.effect.record_id is None:
                counts[f"found_{side}"] += 1
            case Done():
                counts[f"updated_{side}"] += 1
            case Deleted():
                counts[f"deleted_{side}"] += 1
            case Moved():
                counts["superseded"] += 1
            case Later():
                counts["postponed"] += 1
            case Failed():
                counts["rejected"] += 1
    return counts


async def _attempt(
    work: Work, run: Run, row: sa.Row[Any], target: sa.Row[Any] | None
) -> tuple[Outcome, InstepError | None]:
    """Try one effect; say what became of it, and whether the whole delivery has to stop."""
    try:
        return await _carry_out(work, run, row, target), None
    except (ConnectionBroken, DailyLimit) as error:
        at = to_ms(error.at) if isinstance(error, DailyLimit) and error.at else work.now()
        return Later(row, at, str(error), counted=False), error
    except RetryLater as error:
        return _later(work, row, error), None
    except Gone as error:
        return Failed(row, str(error), gone=True), None
    except RecordRejected as error:
        return Failed(row, str(error)), None


async def _carry_out(work: Work, run: Run, row: sa.Row[Any], target: sa.Row[Any] | None) -> Outcome:
    side = work.side(row.side)
    if row.action == Action.DELETE:
        return await delete(work, side, row, target)
    if row.record_id is None:
        # what is made again by an undo has its link already
        twin = await newcomer(work, run, side, row) if row.link_id is None else None
        if twin is not None:
            return Moved(row, twin, "somebody created it there meanwhile; decided again")
        return await _create(work, side, row)
    return await _update(work, side, row, target)


def _later(work: Work, row: sa.Row[Any], error: RetryLater) -> Later | Failed:
    """Postpone; give up after too many attempts, unless the outcome is still unknown."""
    unknown = isinstance(error, OutcomeUnknown)
    if row.attempts >= ATTEMPTS and not unknown:
        return Failed(row, f"Given up after {row.attempts} attempts: {error}")
    wait = int(backoff_seconds(row.attempts, work.jitter()) * 1000)
    at = to_ms(error.at) if error.at is not None else work.now() + wait
    return Later(row, at, str(error), unknown=unknown)


async def _create(work: Work, side: Side, row: sa.Row[Any]) -> Outcome:
    resource, values = side.below(row.parent_id), write_of(row).set
    try:
        reply = await side.send(resource.create(values), Purpose.WRITE)
    except Duplicate as error:
        return await _adopt(work, side, row, error)
    made = resource.created(reply)
    late = {each.name for each in resource.fields if each.update_only} & values.keys()
    if not late:
        return Done(row, work.seen_created(side, made, values))
    return await _complete(work, row, made, {name: values[name] for name in late})


async def _complete(work: Work, row: sa.Row[Any], made: Record, late: Values) -> Outcome:
    """Write what the app takes only once the record is there.

    If that fails, the record is kept as it is and the rest is decided again.
    """
    side = work.side(row.side)
    resource, wanted = side.below(row.parent_id), write_of(row).set
    try:
        replies = [
            await side.send(request, Purpose.WRITE)
            for request in resource.update(made.id, Write(set=late), made.version)
        ]
    except InstepError as error:
        log.info("created in part", side=side.name, why=str(error))
        told = replace(made, values=_without(made.values, late))
        return Done(
            row, work.seen_created(side, told, _without(wanted, late)), unsent=frozenset(late)
        )
    answered, version = resource.updated(replies)
    values = {**made.values, **late, **answered}
    return Done(row, work.seen_created(side, replace(made, values=values, version=version), wanted))


def _without(values: Values, names: Values) -> Values:
    return {name: value for name, value in values.items() if name not in names}


async def _adopt(work: Work, side: Side, row: sa.Row[Any], error: Duplicate) -> Outcome:
    """Link the record the app says it has, if it is nobody else's and nothing contradicts."""
    seen = await work.read_again(side, error.existing_id)
    known = await work.read(lambda tx: records.get(tx, work.sync.id, side.name, seen.id))
    source = await work.read(
        lambda tx: records.get(tx, work.sync.id, other_side(side.name), row.source_id)
    )
    linked = known is not None and known.link_id is not None
    if (
        linked
        or source is None
        or contradicts(keys_of_row(source), seen.keys)
        or _is_separate(row, source)
    ):
        whose = seen.keys.label or seen.id
        return Failed(
            row,
            f"{side.app} refuses a second record with the same {error.matching_field or 'key'}: "
            f"{whose} has it already. Change one of the two, or merge them there.",
        )
    return Done(row, seen, how="duplicate")


def _is_separate(row: sa.Row[Any], source: sa.Row[Any]) -> bool:
    """Whether a person said that this is nobody who shares its keys: it was stored without them."""
    has_keys = source.strong is not None or source.weak is not None
    return has_keys and row.strong is None and row.weak is None


async def _update(work: Work, side: Side, row: sa.Row[Any], target: sa.Row[Any] | None) -> Outcome:
    seen = None
    if target is None or not is_fresh(work, side, target) or _names(work, row):
        seen = await work.read_again(side, row.record_id, row.parent_id)
        fields, version, changed_at = load(seen.fields), seen.version, seen.changed_at
    else:
        fields, version, changed_at = load(target.fields), target.version, target.changed_at
    # also of what was read just now: the decision may be older than that
    if has_moved(fields, load(row.basis)):
        return Moved(row, seen, "it changed there before we wrote; decided again")
    try:
        return Done(row, await _send(work, side, row, (fields, version, changed_at)))
    except VersionStale as error:
        seen = await work.read_again(side, row.record_id, row.parent_id)
        # a repeated call is refused so, too, if the first one was done and only its answer got lost
        how = how_arrived(work, side, row, load(seen.fields))
        return Moved(row, seen, str(error)) if how is None else Done(row, seen, how=how)


def _names(work: Work, row: sa.Row[Any]) -> bool:
    """Whether it says whose a record is: that is never written twice on a doubt."""
    basis = load(row.basis)
    return any(pair.key in basis for pair in work.mapping.links)


async def _send(
    work: Work, side: Side, row: sa.Row[Any], known: tuple[Values, str | None, int | None]
) -> Seen:
    """Send an update and return the record as it stands now, by the app's answer."""
    fields, version, changed_at = known
    write = write_of(row)
    resource = side.below(row.parent_id)
    replies = [
        await side.send(request, Purpose.WRITE)
        for request in resource.update(row.record_id, write, version)
    ]
    answered, version = resource.updated(replies)
    held = work.mapping.outward(fields, side.name)
    after = {**write.applied_to(held), **answered}
    # words added to words that nobody read: what the record holds now is not known
    unknown = {*write.add, *write.remove} - held.keys() - answered.keys()
    told = {name: value for name, value in after.items() if name not in unknown}
    seen = work.seen(side, Record(row.record_id, told, version))
    return replace(seen, version=version, changed_at=seen.changed_at or changed_at)
