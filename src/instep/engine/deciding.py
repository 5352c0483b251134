"""Let the core decide what is noticed, batch by batch, and store the verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from instep.core.brakes import check_changes, check_record
from instep.core.errors import SyncHalted
from instep.core.fingerprint import load
from instep.core.mapping import SideName
from instep.core.match import Doubt, Match, match
from instep.core.merge import Merge
from instep.core.plan import Item, Kind, Known, intents, plan_doubt, plan_new, plan_pair
from instep.engine.work import Work
from instep.store import batches, decisions, history, runs, syncs
from instep.store.batches import Batch, RecordKey, keys_of_row
from instep.store.decisions import Decided
from instep.store.runs import Run

BATCH = 500
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was decided about one batch. `last` is where the next batch goes on; None: the end."""

    decided: list[Decided]
    last: RecordKey | None


def plan_batch(
    work: Work, tx: sa.Connection, after: RecordKey | None = None, limit: int = BATCH
) -> Verdicts:
    """Load the next notices and plan them. Writes nothing: a preview does just this."""
    batch = batches.load(tx, work.sync.id, limit, after)
    last = batch.noticed[-1] if len(batch.noticed) == limit else None
    return Verdicts(_leave_restless(work, tx, list(_plan(work, batch))), last)


def _leave_restless(work: Work, tx: sa.Connection, decided: list[Decided]) -> list[Decided]:
    """Leave alone what we changed too often within the hour: a third tool is writing it too."""
    links = [each.link_id for each in decided if each.link_id is not None and each.intents]
    if not links:
        return decided
    times = history.changes_since(tx, links, work.now() - _HOUR_MS)
    return [_calmed(work, each, times.get(each.link_id or "", 0)) for each in decided]


def _calmed(work: Work, decided: Decided, times: int) -> Decided:
    tripped = check_record(work.sync.brakes, decided.item.label, times)
    if tripped is None or not decided.intents:
        return decided
    item = replace(decided.item, kind=Kind.REVIEW, merge=Merge(), why=tripped.sentence)
    return replace(decided, item=item, intents=())


async def decide_batch(work: Work, run: Run, after: RecordKey | None) -> RecordKey | None:
    """Plan the next notices and store the verdicts, in one transaction."""

    def decide(tx: sa.Connection) -> RecordKey | None:
        verdicts = plan_batch(work, tx, after)
        counts = count(verdicts.decided)
        _check_brake(work, tx, run, counts)
        decisions.store(tx, work.scope(run), verdicts.decided)
        runs.advance(tx, run.id, more=counts)
        return verdicts.last

    return await work.write(decide)


def _check_brake(work: Work, tx: sa.Connection, run: Run, counts: Counter[str]) -> None:
    """Pull the brake before anything of a run that changes too much is sent.

    A first run has been previewed, and a released one was looked at by a person. Webhooks bring a
    mass change in many small runs, so those between two polls count as one.
    """
    if run.kind not in {"poll", "reconcile", "webhook"}:
        return
    so_far = Counter(runs.get(tx, run.id).counts) + counts
    if run.kind == "webhook":
        so_far += runs.counts_since_poll(tx, run)
    changed = sum(so_far[word] for word in ("to_update", "to_create_a", "to_create_b"))
    tripped = check_changes(work.sync.brakes, changed, syncs.count_links(tx, work.sync.id))
    if tripped is not None:
        raise SyncHalted(tripped.sentence, tripped.reason)


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
            case Kind.REVIEW:
                counts["reviews"] += 1
            case Kind.EXCLUDED:
                counts["excluded"] += 1
            case Kind.NOTHING | Kind.LINK:
                pass
    return +counts


def _plan(work: Work, batch: Batch) -> Iterator[Decided]:
    """Plan every noticed record once; a pair whose two sides are noticed counts as one."""
    answered: set[RecordKey] = set()
    taken: set[RecordKey] = set()
    # who has a strong key first: a weak match must not take the record that belongs to it
    for noticed in sorted(batch.noticed, key=lambda each: not batch.has_strong_key(each)):
        row = batch.records.get(noticed)
        if noticed in answered or row is None:
            continue
        if row.link_id is not None:
            decided = _plan_linked(work, batch, row)
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
    item = plan_pair(work.mapping, label_of(row), known_of(a, bases[0]), known_of(b, bases[1]))
    return decided_of(work, item, a, b, link_id=link.id, bases=bases)


def _plan_unlinked(
    work: Work, batch: Batch, row: sa.Row[Any], taken: set[RecordKey]
) -> Decided | None:
    side: SideName = row.side
    there: SideName = "b" if side == "a" else "a"
    keys = keys_of_row(row)
    if batch.is_being_created(side, keys):
        return None  # probably our own create coming back: wait for its outcome
    verdict = match(keys, *batch.candidates(row))
    if verdict.other is not None and (there, verdict.other) in taken:
        verdict = Match(doubt=Doubt.TAKEN, candidates=verdict.candidates, by=verdict.by)
    if verdict.other is not None:
        taken.add((there, verdict.other))
        other = batch.records[there, verdict.other]
        a, b = (row, other) if side == "a" else (other, row)
        item = plan_pair(work.mapping, label_of(row), known_of(a), known_of(b), verdict.by)
        return decided_of(work, item, a, b)
    if verdict.doubt is not None:
        return decided_of(work, plan_doubt(label_of(row), side, row.record_id, verdict), row)
    known = known_of(row)
    return decided_of(work, plan_new(work.mapping, label_of(row), side, known), row)


def decided_of(
    work: Work,
    item: Item,
    *rows: sa.Row[Any],
    link_id: str | None = None,
    bases: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
) -> Decided:
    """Return an item with the rows it stands on."""
    return Decided(
        item=item,
        intents=intents(item, work.mapping),
        noticed=[(row.side, row.record_id) for row in rows],
        keys=keys_of_row(rows[0]),
        link_id=link_id,
        bases=bases,
        unsettled=any(row.state != "known" for row in rows),
    )


def known_of(row: sa.Row[Any], base: dict[str, Any] | None = None) -> Known:
    """Return what we know of a record, and what it last agreed on."""
    return Known(row.record_id, load(row.fields), base, row.changed_at, row.state == "gone")


def label_of(row: sa.Row[Any]) -> str:
    """Return what people call a record."""
    label: str = row.label or row.strong or row.weak or row.record_id
    return label
