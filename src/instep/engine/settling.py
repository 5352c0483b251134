"""Take a person's word on records under review: decided, stored and due, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.mapping import SideName
from instep.core.match import Keys
from instep.core.pairs import other_side
from instep.core.plan import Kind, plan_new
from instep.core.settlements import (
    BY_A_PERSON,
    Choice,
    Settlement,
    explain,
    settle_pair,
)
from instep.engine.deciding import decided_of, known_in, label_of, plan_ends
from instep.engine.work import Work
from instep.store import batches, decisions, history, reviews, syncs
from instep.store.batches import Batch, RecordKey
from instep.store.decisions import Decided
from instep.store.history import NO_RUN, Entry
from instep.store.records import Scope

_ABOUT_RECORDS = frozenset({Choice.MATCH, Choice.SEPARATE})


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one settling works on: the records, who is held by a write, and who was matched."""

    work: Work
    batch: Batch
    held: frozenset[RecordKey]
    taken: set[RecordKey]


def settle(
    work: Work, tx: sa.Connection, keys: Sequence[RecordKey], settled: Settlement
) -> dict[RecordKey, str | None]:
    """Settle these records: each wholly or not at all. Return, by record, why not, or None.

    The writes are effects of their own, to be carried out by the next run; the drain under way
    waits for this transaction, so that nobody decides the same record twice.
    """
    reviews.hold(tx, work.sync.shard)
    desk = _desk(work, tx, keys, settled)
    outcomes: dict[RecordKey, str | None] = {}
    decided: list[Decided] = []
    for key in keys:
        try:
            decided.append(_decide(desk, key, settled))
            outcomes[key] = None
        except UserError as error:
            outcomes[key] = str(error)
    scope = Scope(work.sync.workspace_id, work.sync.id, NO_RUN, work.now(), settled.person)
    history.write(tx, scope, [_entry(each, settled) for each in decided])
    decisions.store(tx, scope, decided)
    if decided:
        syncs.request(tx, work.sync.id, scope.now)
    return outcomes


def _desk(work: Work, tx: sa.Connection, keys: Sequence[RecordKey], settled: Settlement) -> _Desk:
    wanted = [*keys]
    if settled.choice is Choice.MATCH and settled.said:
        wanted += [(other_side(side), settled.said) for side, _ in keys]
    batch = batches.load_keys(tx, work.sync.id, [*dict.fromkeys(wanted)], work.ancestry)
    held = reviews.effects_on(tx, work.sync.id, [*batch.records], only_open=True)
    return _Desk(work, batch, frozenset(held), set())


def _decide(desk: _Desk, key: RecordKey, settled: Settlement) -> Decided:
    row = desk.batch.records.get(key)
    if row is None:
        raise UserError(f"{key[1]} is not there any more.")
    if (row.link_id is None) != (settled.choice in _ABOUT_RECORDS):
        raise UserError(
            f"{label_of(row)} has no partner yet: say --match RECORD_ID or --separate."
            if row.link_id is None
            else f"{label_of(row)} is linked already: say --use a, b, newest or value=…"
        )
    if row.link_id is not None:
        decided = _settle_linked(desk, key, settled)
    elif settled.choice is Choice.MATCH:
        decided = _match(desk, key, settled)
    else:
        decided = _separate(desk, key)
    intents = explain(decided.intents, decided.item, settled.sentence)
    return replace(decided, intents=intents)


def _settle_linked(desk: _Desk, key: RecordKey, settled: Settlement) -> Decided:
    link = desk.batch.links[desk.batch.records[key].link_id]
    ends: tuple[RecordKey, RecordKey] = (("a", link.a_id), ("b", link.b_id))
    a, b = (desk.batch.records.get(each) for each in ends)
    if a is None or b is None:
        raise UserError(f"One side of {link.id} was never read; run the sync first.")
    _check_waits(desk, ends)
    bases = decisions.bases_of(link)
    ours = (desk.work, desk.batch)
    sides = (known_in(*ours, a, bases[0]), known_in(*ours, b, bases[1]))
    planned = plan_ends(*ours, a, b, bases=bases)
    countries = (desk.work.a.country, desk.work.b.country)
    item = settle_pair(desk.work.mapping, planned, sides, settled, countries)
    return decided_of(*ours, item, a, b, link_id=link.id, bases=bases)


def _match(desk: _Desk, key: RecordKey, settled: Settlement) -> Decided:
    side, _ = key
    _check_waits(desk, (key,))
    partner: RecordKey = (other_side(side), settled.said or "")
    row, other = desk.batch.records[key], desk.batch.records.get(partner)
    if other is None or other.state == "gone":
        raise UserError(f"Side {partner[0].upper()} has no record {partner[1]!r}.")
    if other.link_id is not None or partner in desk.taken:
        raise UserError(
            f"{label_of(other)} ({partner[1]}) is linked to another record already. If they are "
            "one, merge them in their app first."
        )
    _check_free(desk, partner)
    desk.taken.add(partner)
    a, b = (row, other) if side == "a" else (other, row)
    item = plan_ends(desk.work, desk.batch, a, b, BY_A_PERSON)
    return decided_of(desk.work, desk.batch, item, a, b)


def _separate(desk: _Desk, key: RecordKey) -> Decided:
    side, _ = key
    _check_waits(desk, (key,))
    row = desk.batch.records[key]
    item = plan_new(desk.work.mapping, label_of(row), side, known_in(desk.work, desk.batch, row))
    if item.kind is not Kind.CREATE:
        raise UserError(f"{item.label} cannot be created on the other side: {item.why}.")
    # without keys: whoever shares one is somebody else, also when the outcome has to be looked up
    decided = decided_of(desk.work, desk.batch, item, row)
    return replace(decided, keys=Keys(label=row.label))


def _check_waits(desk: _Desk, keys: Sequence[RecordKey]) -> None:
    rows = [desk.batch.records[key] for key in keys]
    if not any(row.state == "review" for row in rows):
        raise UserError(f"{label_of(rows[0])} does not wait for a person any more.")
    for key in keys:
        _check_free(desk, key)


def _check_free(desk: _Desk, key: RecordKey) -> None:
    if key in desk.held:
        label = label_of(desk.batch.records[key])
        raise UserError(f"A write for {label} is on its way; settle it when that has ended.")


def _entry(decided: Decided, settled: Settlement) -> Entry:
    item = decided.item
    side: SideName = "a" if item.a_id else "b"
    return Entry(
        what="settled",
        side=side,
        record_id=item.a_id or item.b_id,
        label=item.label,
        link_id=decided.link_id,
        why=settled.sentence,
    )
