"""Find out what became of writes whose answer never came, before anything is repeated.

Neither GoHighLevel nor Insightly takes an idempotency key (facts: ghl 7 no. 22, apps 1.2), so a
blind repeat of a create makes a double.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from instep.core.errors import Gone, RetryLater
from instep.core.fingerprint import load
from instep.core.match import Keys, contradicts
from instep.core.pairs import other_side
from instep.core.plan import Action
from instep.engine.arrived import how_arrived
from instep.engine.deleting_records import look_up_delete
from instep.engine.delivering import CLAIM, store
from instep.engine.work import Side, Work, to_ms
from instep.sdk.limits import Purpose
from instep.store import effects, records
from instep.store.effects import write_of
from instep.store.outcomes import Done, Failed, Later, Moved, Outcome
from instep.store.records import Seen
from instep.store.runs import Run

_SCAN_BACK = timedelta(minutes=10)
"""How far before the sending a scan for a keyless record begins: clocks differ."""

_AGAIN_MS = 5_000


async def doubt(work: Work, run: Run) -> None:
    """Take in what a process that is gone left half-sent. Call before anything else of a drain."""
    await work.write(lambda tx: effects.doubt(tx, work.scope(run)))


async def look_up(work: Work, run: Run) -> int:
    """Look up the next unknown outcomes and store what was found; return how many there were."""
    rows = await work.read(lambda tx: effects.unknown(tx, work.scope(run), CLAIM))
    if rows:
        claimed: set[tuple[str, str]] = set()
        attempts = (_attempt(work, row, claimed) for row in rows)
        await store(work, run, await asyncio.gather(*attempts))
    return len(rows)


async def _attempt(work: Work, row: sa.Row[Any], claimed: set[tuple[str, str]]) -> Outcome:
    """Look one effect up; `claimed` are the records that others of the batch have found."""
    side = work.side(row.side)
    try:
        if row.action == Action.DELETE:
            return await look_up_delete(work, side, row)
        if row.record_id is None:
            return await _look_up_create(work, side, row, claimed)
        return await _look_up_update(work, side, row)
    except RetryLater as error:
        at = to_ms(error.at) if error.at else work.now() + _AGAIN_MS
        return Later(row, at, str(error), unknown=True, counted=False)


async def _look_up_update(work: Work, side: Side, row: sa.Row[Any]) -> Outcome:
    """Read and see: the update is there, is not there, or somebody else wrote."""
    try:
        seen = await work.read_again(side, row.record_id, row.parent_id)
    except Gone as error:
        return Failed(row, str(error), gone=True)
    fields, basis = load(seen.fields), load(row.basis)
    if (how := how_arrived(work, side, row, fields)) is not None:
        return Done(row, seen, how=how)
    if all(fields.get(key) == value for key, value in basis.items()):
        return Later(row, work.now(), "it had not arrived; sent again", counted=False)
    return Moved(row, seen, "it changed there meanwhile; decided again")


async def _look_up_create(
    work: Work, side: Side, row: sa.Row[Any], claimed: set[tuple[str, str]]
) -> Outcome:
    settled_at = row.sent_at + int(side.resource.lookup.settle_seconds * 1000)
    if work.now() < settled_at:
        return Later(row, settled_at, "waiting until it can be found", unknown=True, counted=False)
    found = await _found(work, side, row)
    free = await work.read(
        lambda tx: records.unlinked(tx, work.sync.id, side.name, [seen.id for seen in found])
    )
    ours = [seen for seen in found if seen.id in free and (side.name, seen.id) not in claimed]
    if not ours:
        return Later(row, work.now(), "it had not arrived; sent again", counted=False)
    exact = [seen for seen in ours if _is_as_written(work, row, seen)]
    chosen = (exact or ours)[0]
    claimed.add((side.name, chosen.id))
    return Done(row, chosen, how="look-up")


async def _found(work: Work, side: Side, row: sa.Row[Any]) -> Sequence[Seen]:
    if work.mapping.parts:
        return await _find_child(work, side, row)
    return await _find(work, side, row, await _keys_of_source(work, side, row))


async def _find_child(work: Work, side: Side, row: sa.Row[Any]) -> Sequence[Seen]:
    """Look among the parent's children, or, where the parent is linked later, what is new."""
    resource = side.below(row.parent_id)
    if resource.links_later or row.parent_id is None:
        resource = side.resource
        request = resource.changes(shortly_before(row.sent_at))
    else:
        request = resource.list()
    written, sent_at = write_of(row).set, datetime.fromtimestamp(row.sent_at / 1000, UTC)
    found: list[Seen] = []
    async for page in side.pages(resource, request):
        found += [
            work.seen(side, each) for each in page if resource.recognises(written, each, sent_at)
        ]
    return found


def shortly_before(sent_at: int) -> str:
    """Return where a scan begins for what was sent at a time (epoch milliseconds)."""
    since = datetime.fromtimestamp(sent_at / 1000, UTC) - _SCAN_BACK
    return since.strftime("%Y-%m-%dT%H:%M:%SZ")


async def _keys_of_source(work: Work, side: Side, row: sa.Row[Any]) -> Keys:
    other = other_side(side.name)
    source = await work.read(lambda tx: records.get(tx, work.sync.id, other, row.source_id))
    return Keys(row.strong, row.weak, source.label if source is not None else None)


def _is_as_written(work: Work, row: sa.Row[Any], seen: Seen) -> bool:
    """Whether it holds what we wrote, as far as its app told and can hold it."""
    fields = load(seen.fields)
    return all(
        work.mapping.by_key[key].same(value, fields[key])
        for key, value in load(row.after).items()
        if key in fields
    )


def _is_ours(work: Work, keys: Keys, row: sa.Row[Any], seen: Seen) -> bool:
    """Whether this is the record we created, though somebody may have edited it since.

    When it was decided to create one, nobody there had its keys.
    """
    if keys.strong is not None:
        return seen.keys.strong == keys.strong
    if keys.weak is not None:
        return seen.keys.weak == keys.weak and not contradicts(keys, seen.keys)
    same_name = keys.label is not None and seen.keys.label == keys.label
    return same_name or _is_as_written(work, row, seen)


async def _find(work: Work, side: Side, row: sa.Row[Any], keys: Keys) -> Sequence[Seen]:
    """Search by the strong key, else the weak one, else among what changed since the sending."""
    for pairs, key in ((work.mapping.strong, keys.strong), (work.mapping.weak, keys.weak)):
        if key is not None:
            field = pairs[0].field(side.name).name
            said = write_of(row).set.get(field)
            # as it was written: not every search looks past capitals, as our key does
            request = side.resource.find(field, said if isinstance(said, str) else key)
            if request is not None:
                reply = await side.send(request, Purpose.READ)
                found = [work.seen(side, record) for record in side.resource.records(reply)]
                return [seen for seen in found if _is_ours(work, keys, row, seen)]
    return await _scan(work, side, row, keys)


async def _scan(work: Work, side: Side, row: sa.Row[Any], keys: Keys) -> Sequence[Seen]:
    found: list[Seen] = []
    async for page in side.pages(side.resource, side.resource.changes(shortly_before(row.sent_at))):
        read = [work.seen(side, record) for record in page]
        found += [seen for seen in read if _is_ours(work, keys, row, seen)]
    return found
