"""Let the core decide what is noticed, batch by batch, and store the verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from instep.core.brakes import Tripped, check_changes, check_deletes, check_record
from instep.core.defaults import Defaults, with_defaults
from instep.core.deleting import Follow, Terms
from instep.core.errors import SyncHalted
from instep.core.fingerprint import load
from instep.core.kinship import unlinked
from instep.core.leaving import (
    Outside,
    outside_once_made,
    plan_left,
    plan_outside,
)
from instep.core.mapping import SideName
from instep.core.match import Doubt, Keys, Match, match
from instep.core.merge import Merge, Reason
from instep.core.pairs import other_side
from instep.core.plan import Intent, Item, Kind, Known, intents, plan_doubt, plan_new, plan_pair
from instep.engine.missing import is_let_through
from instep.engine.newcomers import count_newcomers
from instep.engine.visiting import below_unvisited
from instep.engine.work import Side, Work
from instep.store import batches, decisions, history, runs, syncs
from instep.store.batches import Batch, RecordKey, keys_of_row
from instep.store.decisions import Decided
from instep.store.kin import Awaits
from instep.store.runs import Run

BATCH = 500
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was decided about one batch. `last` is where the next batch goes on; None: the end."""

    decided: list[Decided]
    last: RecordKey | None


def plan_batch(
    work: Work,
    tx: sa.Connection,
    after: RecordKey | None = None,
    limit: int = BATCH,
    earlier: Collection[RecordKey] = (),
) -> Verdicts:
    """Load the next notices and plan them. Writes nothing: a preview does just this.

    `earlier` is what earlier batches answered where nothing of them was stored.
    """
    batch = batches.load(tx, work.sync.id, limit, after, work.ancestry)
    last = batch.noticed[-1] if len(batch.noticed) == limit else None
    early = below_unvisited(tx, work, batch.noticed)
    batch.noticed = tuple(each for each in batch.noticed if each not in early)
    return Verdicts(_leave_restless(work, tx, list(_plan(work, batch, earlier))), last)


def plan_again(
    work: Work, tx: sa.Connection, keys: Sequence[RecordKey]
) -> list[tuple[Decided, Decided]]:
    """Plan these records as they stand now: by the rules, and with the restless ones left alone."""
    planned = list(_plan(work, batches.load_keys(tx, work.sync.id, keys, work.ancestry)))
    return list(zip(planned, _leave_restless(work, tx, planned), strict=True))


def _leave_restless(work: Work, tx: sa.Connection, decided: list[Decided]) -> list[Decided]:
    """Leave alone what we changed too often within the hour: a third tool is writing it too."""
    links = [each.link_id for each in decided if each.link_id is not None and each.intents]
    if not links:
        return decided
    times = history.changes_since(tx, links, work.now() - _HOUR_MS)
    return [_calmed(work, each, times.get(each.link_id or "", 0)) for each in decided]


def _calmed(work: Work, decided: Decided, times: int) -> Decided:
    tripped = check_record(work.sync.brakes, decided.item.label, times)
    # nobody is asked about a delete's consequences: they come once, however restless it was
    follows = any(each.why is Reason.PARTNER_GONE for each in decided.item.merge.changes)
    if tripped is None or not decided.intents or follows:
        return decided
    item = replace(decided.item, kind=Kind.REVIEW, merge=Merge(), why=tripped.sentence)
    return replace(decided, item=item, intents=())


async def decide_batch(work: Work, run: Run, after: RecordKey | None) -> RecordKey | None:
    """Plan the next notices and store the verdicts, in one transaction."""

    def decide(tx: sa.Connection) -> RecordKey | None:
        verdicts = plan_batch(work, tx, after)
        counts = count(verdicts.decided)
        counts["below_new_parents"] = count_newcomers(work, tx, run, verdicts.decided)
        _check_brake(work, tx, run, counts)
        names = bool(work.mapping.links)
        decisions.store(tx, work.scope(run), verdicts.decided, names=names)
        runs.advance(tx, run.id, more=counts)
        return verdicts.last

    return await work.write(decide)


def _check_brake(work: Work, tx: sa.Connection, run: Run, counts: Counter[str]) -> None:
    """Pull the brake before anything of a run that changes too much is sent.

    A first run has been previewed, and a released one was looked at by a person. Webhooks bring a
    mass change in many small runs, so those between two polls count as one.
    """
    if is_let_through(work, run):
        return
    so_far = Counter(runs.get(tx, run.id).counts) + counts
    if run.kind == "webhook":
        so_far += runs.counts_since_poll(tx, run)
    counted = run.kind in {"poll", "reconcile", "webhook"}
    if not counted and not so_far["to_delete"]:
        return
    links = syncs.count_links(tx, work.sync.id)
    tripped = check_deletes(work.sync.brakes, so_far["to_delete"], links)
    if tripped is None and counted:
        tripped = _check_changes(work, so_far, links)
    if tripped is not None:
        raise SyncHalted(tripped.sentence, tripped.reason)


def _check_changes(work: Work, so_far: Counter[str], links: int) -> Tripped | None:
    words = ("to_update", "to_create_a", "to_create_b", "to_delete")
    changed = sum(so_far[word] for word in words) - so_far["below_new_parents"]
    return check_changes(work.sync.brakes, changed, links)


def count(decided: list[Decided]) -> Counter[str]:
    """Count verdicts in the words of a run's counts."""
    counts: Counter[str] = Counter()
    for each in decided:
        item = each.item
        counts["decided"] += 1
        counts["matched"] += (
            each.link_id is None
            and item.matched_by is not None
            and (item.a_id is not None and item.b_id is not None)
        )
        counts["conflicts"] += len(item.merge.conflicts) + sum(
            change.lost for change in item.merge.changes
        )
        match item.kind:
            case Kind.CREATE:
                counts["to_create_b" if item.a_id else "to_create_a"] += 1
            case Kind.UPDATE:
                counts["to_update"] += 1
            case Kind.DELETE:
                counts["to_delete"] += 1
            case Kind.REVIEW:
                counts["reviews"] += 1
            case Kind.EXCLUDED:
                counts["excluded"] += 1
                counts["to_update"] += len(item.merge.changes)
            case Kind.WAITING:
                counts["waiting"] += 1
            case Kind.NOTHING | Kind.LINK:
                pass
    return +counts


def _plan(work: Work, batch: Batch, earlier: Collection[RecordKey] = ()) -> Iterator[Decided]:
    """Plan every noticed record once; a pair whose two sides are noticed counts as one."""
    answered: set[RecordKey] = set(earlier)
    taken: set[RecordKey] = set(earlier)
    # who has a strong key first: a weak match must not take the record that belongs to it
    for noticed in sorted(batch.noticed, key=lambda each: not batch.has_strong_key(each)):
        row = batch.records.get(noticed)
        if noticed in answered or row is None:
            continue
        if row.link_id is not None:
            decided = _plan_linked(work, batch, row)
        elif row.state == "gone":  # it went while it waited: there is nothing left to carry over
            decided = decided_of(work, batch, _lone(row, Kind.NOTHING), row)
        elif row.excluded is not None:
            decided = _leave_outside(work, batch, row, row.excluded)
        elif work.mapping.parts:
            decided = _plan_child(work, batch, row, taken)
        else:
            decided = _plan_unlinked(work, batch, row, taken)
        if decided is not None:
            answered.update(decided.noticed)
            yield decided


def _plan_linked(work: Work, batch: Batch, row: sa.Row[Any]) -> Decided | None:
    link = batch.links[row.link_id]
    a, b = batch.records.get(("a", link.a_id)), batch.records.get(("b", link.b_id))
    if a is None or b is None:
        return None  # one end was never read: the next complete read brings it
    bases = decisions.bases_of(link)
    left = None if link.held is not None else _plan_left(work, batch, a, b, bases)
    item = left or plan_ends(work, batch, a, b, bases=bases)
    return decided_of(work, batch, item, a, b, link_id=link.id, bases=bases)


def _plan_left(
    work: Work,
    batch: Batch,
    a: sa.Row[Any],
    b: sa.Row[Any],
    bases: tuple[dict[str, Any], dict[str, Any]],
) -> Item | None:
    """Plan a pair of which a record has left the filter; None for all others."""
    outside = Outside(a.excluded, b.excluded)
    if outside.left is None or batch.links[a.link_id].held is not None:
        return None  # what a person wants is not the filter's to say
    leaver = a if outside.left == "a" else b
    outside = replace(outside, was_told=leaver.state == "excluded")
    ends = known_in(work, batch, a, bases[0]), known_in(work, batch, b, bases[1])
    return plan_left(work.mapping, label_of(a), ends, outside, work.sync.rules.leaving)


def plan_ends(
    work: Work,
    batch: Batch,
    a: sa.Row[Any],
    b: sa.Row[Any],
    matched_by: str | None = None,
    bases: tuple[dict[str, Any], dict[str, Any]] | None = None,
) -> Item:
    """Plan a pair; names of other records are compared as the same side knows them."""
    base_a, base_b = bases or (None, None)
    sides = known_in(work, batch, a, base_a), known_in(work, batch, b, base_b)
    held = batch.links[a.link_id].held if a.link_id in batch.links else None
    terms = terms_of(work, held)
    return plan_pair(work.mapping, label_of(a), *sides, matched_by, terms=terms)


def _plan_child(
    work: Work, batch: Batch, row: sa.Row[Any], taken: set[RecordKey]
) -> Decided | None:
    """Plan a child without a link: by its parent's partner and what it says."""
    side: SideName = row.side
    there = work.side(other_side(side))
    if row.parent_id is None and there.needs_parent:
        return decided_of(work, batch, _orphaned(row, there), row)
    if row.parent_id is not None and (side, row.record_id) not in batch.sought:
        return decided_of(work, batch, _plan_waiting(work, row), row)
    if batch.is_being_created(side, keys_of_row(row)):
        return None  # probably our own create coming back: wait for its outcome
    # siblings that say the same are alike: whichever is free will do
    twins = [each for each in batch.twins(row) if (each.side, each.record_id) not in taken]
    if not twins:
        return _plan_alone(work, batch, row)
    other = min(twins, key=lambda each: (each.print != row.print, each.record_id))
    if other.excluded is not None:
        return _leave_twin(work, batch, row, other, "content")
    taken |= {(side, row.record_id), (other.side, other.record_id)}
    a, b = (row, other) if side == "a" else (other, row)
    return decided_of(work, batch, plan_ends(work, batch, a, b, "content"), a, b)


def _leave_outside(work: Work, batch: Batch, row: sa.Row[Any], why: str) -> Decided:
    return decided_of(work, batch, plan_outside(label_of(row), row.side, row.record_id, why), row)


def _leave_twin(work: Work, batch: Batch, row: sa.Row[Any], other: sa.Row[Any], by: str) -> Decided:
    """Leave a record alone whose partner is outside the filter: it is not made a second time."""
    why = f"the record on side {other.side.upper()} with the same {by}: {other.excluded}"
    return _leave_outside(work, batch, row, why)


def _orphaned(row: sa.Row[Any], there: Side) -> Item:
    kind = there.resource.parent.kind if there.resource.parent else "parent"
    why = f"it belongs to no {kind}, and {there.app} {there.resource.name} have to"
    return _lone(row, Kind.EXCLUDED, why)


def _plan_waiting(work: Work, row: sa.Row[Any]) -> Item:
    resource = work.side(row.side).resource
    kind = resource.parent.kind if resource.parent else "parent"
    there = work.side(other_side(row.side))
    why = f"its {kind} {row.parent_id} has no partner in {there.app} yet"
    if row.strong is None:
        told_by = " and ".join(pair.field(row.side).name for pair in work.mapping.parts)
        why = f"{work.side(row.side).app} did not tell its {told_by}, by which it is recognised"
    return _lone(row, Kind.WAITING, why)


def _lone(row: sa.Row[Any], kind: Kind, why: str | None = None) -> Item:
    a_id, b_id = (row.record_id, None) if row.side == "a" else (None, row.record_id)
    return Item(kind, label_of(row), a_id, b_id, why=why)


def _plan_alone(work: Work, batch: Batch, row: sa.Row[Any]) -> Decided:
    """Plan to create a record on the other side, if that side's filter would have it."""
    item = plan_new(work.mapping, label_of(row), row.side, known_in(work, batch, row))
    decided = decided_of(work, batch, item, row)
    for intent in decided.intents:
        side = work.side(intent.side)
        why = outside_once_made(intent, side.filter, side.country)
        if why is not None:
            return _leave_outside(work, batch, row, why)
    return decided


def terms_of(work: Work, held: str | None = None) -> Terms:
    """Return what the sync's rules say about a linked pair, `held` why it is left alone."""

    def follow(side: Side, partner: Side) -> Follow:
        policy = work.sync.rules.side(side.name).deletes
        return Follow(policy, partner.app, side.resource.archived)

    return Terms(follow(work.a, work.b), follow(work.b, work.a), held)


def _plan_unlinked(
    work: Work, batch: Batch, row: sa.Row[Any], taken: set[RecordKey]
) -> Decided | None:
    side: SideName = row.side
    there = other_side(side)
    keys = keys_of_row(row)
    if batch.is_being_created(side, keys):
        return None  # probably our own create coming back: wait for its outcome
    verdict = match(keys, *batch.candidates(row), work.mapping.known_by)
    if verdict.other is not None and (there, verdict.other) in taken:
        verdict = Match(doubt=Doubt.TAKEN, candidates=verdict.candidates, by=verdict.by)
    if verdict.other is not None:
        other = batch.records[there, verdict.other]
        if other.excluded is not None:
            return _leave_twin(work, batch, row, other, verdict.by)
        taken.add((there, verdict.other))
        a, b = (row, other) if side == "a" else (other, row)
        return decided_of(work, batch, plan_ends(work, batch, a, b, verdict.by), a, b)
    if verdict.doubt is not None:
        item = plan_doubt(label_of(row), side, row.record_id, verdict)
        return decided_of(work, batch, item, row)
    return _plan_alone(work, batch, row)


def decided_of(
    work: Work,
    batch: Batch,
    item: Item,
    *rows: sa.Row[Any],
    link_id: str | None = None,
    bases: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
) -> Decided:
    """Return an item with the rows it stands on, each side's names in that side's own form."""
    outward = batch.kinship.outward(item, work.mapping)
    return Decided(
        item=outward,
        intents=intents_of(work, outward),
        noticed=[(row.side, row.record_id) for row in rows],
        keys=_keys_there(batch, rows[0]),
        link_id=link_id,
        bases=bases,
        unsettled=any(row.state != "known" for row in rows),
        parents=_parents(work, outward, rows),
        awaits=[each for row in rows for each in _awaits(work, batch, row)],
    )


def intents_of(work: Work, item: Item) -> list[Intent]:
    """Return the writes an item asks for, creates with the defaults of their side."""
    if not item.merge.changes:
        return []
    sides: dict[SideName, Defaults] = {"a": work.a.defaults, "b": work.b.defaults}
    return with_defaults(intents(item, work.mapping), work.mapping, sides, work.now())


def _keys_there(batch: Batch, row: sa.Row[Any]) -> Keys:
    """Return the keys by which the other side would know a record."""
    keys = keys_of_row(row)
    sought = batch.sought.get((row.side, row.record_id))
    return keys if sought is None else replace(keys, strong=sought)


def _parents(work: Work, item: Item, rows: Sequence[sa.Row[Any]]) -> dict[SideName, str]:
    """Return whose child a record is or is going to be, by side, in that side's own form."""
    parents: dict[SideName, str] = {
        row.side: row.parent_id for row in rows if row.parent_id is not None
    }
    for change in item.merge.changes:
        if change.key == work.mapping.parent and isinstance(change.after, str):
            parents.setdefault(change.side, change.after)
    return parents


def _awaits(work: Work, batch: Batch, row: sa.Row[Any]) -> Iterator[Awaits]:
    """Yield the records that this one names and that have no link yet."""
    if work.mapping.links:
        for kind, named in unlinked(batch.values(row), row.side, work.mapping, batch.kinship):
            yield Awaits(row.side, row.record_id, kind, named)


def known_in(
    work: Work, batch: Batch, row: sa.Row[Any], base: dict[str, Any] | None = None
) -> Known:
    """Return what we know of a record, what it last agreed on, and names as they are compared."""
    known = Known(row.record_id, batch.values(row), base, row.changed_at, row.state == "gone")
    return batch.kinship.known(known, row.side, work.mapping)


def known_of(row: sa.Row[Any], base: dict[str, Any] | None = None) -> Known:
    """Return what we know of a record, and what it last agreed on."""
    return Known(row.record_id, load(row.fields), base, row.changed_at, row.state == "gone")


def label_of(row: sa.Row[Any]) -> str:
    """Return what people call a record."""
    label: str = row.label or row.strong or row.weak or row.record_id
    return label
