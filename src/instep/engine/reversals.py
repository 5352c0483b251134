"""What takes back a run, record by record, from its history and the records as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import load
from instep.core.mapping import SideName
from instep.core.match import Keys
from instep.core.merge import Merge
from instep.core.plan import Intent, Item, Kind
from instep.core.undoing import LINES, Line, Present, Refused, Undone, held, undo
from instep.engine.deciding import intents_of, label_of
from instep.engine.work import Work
from instep.store import batches, decisions, history, records, reviews
from instep.store.batches import Batch, RecordKey, keys_of_row
from instep.store.decisions import Decided

BUSY = "a write for it is on its way; undo it when that has ended"
NEVER_READ = "nothing is known of it any more"


@dataclass(frozen=True, slots=True)
class Reversal:
    """How one record is taken back: `shown` is what a person sees and approves.

    `decided` is what is stored when it is carried out; None: there is nothing to do, and `why`
    says why not.
    """

    key: RecordKey
    ends: tuple[str | None, str | None]
    label: str | None
    what: str
    shown: Mapping[str, Any]
    print: str | None = None
    decided: Decided | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class _Files:
    """Everything there is to know about some records that a run changed."""

    run_id: str
    batch: Batch
    lines: Mapping[RecordKey, Sequence[sa.Row[Any]]]
    busy: frozenset[RecordKey]
    bearers: Mapping[tuple[str, str], str]


def reverse(
    work: Work, tx: sa.Connection, run_id: str, keys: Sequence[RecordKey]
) -> list[Reversal]:
    """Plan what takes back what a run did to these records. Writes nothing."""
    batch = batches.load_keys(tx, work.sync.id, keys)
    since = history.first_of(tx, run_id)
    lines: dict[RecordKey, list[sa.Row[Any]]] = {}
    for row in history.lines_on(tx, work.sync.id, keys, LINES, since):
        lines.setdefault((row.side, row.record_id), []).append(row)
    busy = frozenset(reviews.effects_on(tx, work.sync.id, [*batch.records], only_open=True))
    gone = [batch.records[key] for key in keys if key in batch.records]
    gone = [row for row in gone if row.state == "gone"]
    files = _Files(run_id, batch, lines, busy, records.bearers(tx, work.sync.id, gone))
    return [_reverse(work, files, key) for key in keys]


def _reverse(work: Work, files: _Files, key: RecordKey) -> Reversal:
    row = files.batch.records.get(key)
    if row is None:
        return _refusal(key, None, NEVER_READ)
    link = files.batch.links.get(row.link_id or "")
    ends: tuple[RecordKey, ...] = (key,) if link is None else (("a", link.a_id), ("b", link.b_id))
    if not files.busy.isdisjoint(ends):
        return _refusal(key, row, BUSY)
    ours = [each for each in files.lines[key] if each.run_id == files.run_id]
    undone = undo(work.mapping, [*map(_line, ours)], _present(work, files, row, ours[-1].id))
    if undone.kind is Kind.NOTHING:
        return _refusal(key, row, "; ".join(map(_worded, undone.refused)), undone.refused)
    if link is None:
        return _refusal(key, row, "it is not linked any more")
    twin = files.bearers.get((row.side, row.strong or ""))
    if undone.kind is Kind.CREATE and twin is not None:
        app = work.side(row.side).app
        return _refusal(key, row, f"{app} has another record with the same key by now: {twin}")
    return _reversal(work, files, row, undone)


def _line(row: sa.Row[Any]) -> Line:
    return Line(row.what, load(row.before or "{}"), load(row.after or "{}"))


def _present(work: Work, files: _Files, row: sa.Row[Any], last: int) -> Present:
    side = work.side(row.side)
    link = files.batch.links.get(row.link_id or "")
    bases = ({}, {}) if link is None else decisions.bases_of(link)
    there = bases[1] if row.side == "a" else bases[0]
    later = [each for each in files.lines[row.side, row.record_id] if each.id > last]
    return Present(
        side=side.name,
        values=load(row.fields),
        gone=row.state == "gone",
        app=side.app,
        deletes=row.state == "gone" or _can_delete(work, row),
        agreed=there,
        since=dict(_since(later)),
    )


def _can_delete(work: Work, row: sa.Row[Any]) -> bool:
    resource = work.side(row.side).below(row.parent_id)
    return resource.delete(row.record_id) is not None


def _since(later: Sequence[sa.Row[Any]]) -> Iterator[tuple[str, str]]:
    """Yield who wrote each field after the run; the last one counts."""
    for row in later:
        who = f" for {row.person}" if row.person else ""
        for key in load(row.after or row.before or "{}"):
            yield key, f"by run {row.run_id}{who}"


def _worded(refused: Refused) -> str:
    return refused.why if refused.field is None else f"{refused.field}: {refused.why}"


def _refusal(
    key: RecordKey, row: sa.Row[Any] | None, why: str, refused: Sequence[Refused] = ()
) -> Reversal:
    side, record_id = key
    label = record_id if row is None else label_of(row)
    item = Item(Kind.NOTHING, label, *_alone(side, record_id), why=why)
    refused = refused or (Refused(why),)
    return Reversal(
        key, _alone(side, record_id), label, "nothing", _shown(item, side, refused), why=why
    )


def _alone(side: str, record_id: str) -> tuple[str | None, str | None]:
    return (record_id, None) if side == "a" else (None, record_id)


def _shown(item: Item, side: str, refused: Sequence[Refused]) -> dict[str, Any]:
    return {**item.as_json(), "side": side, "refused": [each.as_json() for each in refused]}


def _reversal(work: Work, files: _Files, row: sa.Row[Any], undone: Undone) -> Reversal:
    link = files.batch.links[row.link_id]
    side: SideName = row.side
    a_id, b_id = link.a_id, link.b_id
    if undone.kind is Kind.CREATE:  # it gets an id of its own
        a_id, b_id = (None, b_id) if side == "a" else (a_id, None)
    item = Item(undone.kind, label_of(row), a_id, b_id, Merge(undone.changes))
    partner = files.batch.records.get(("b", link.b_id) if side == "a" else ("a", link.a_id))
    decided = Decided(
        item=item,
        intents=[
            _explained(each, files.run_id, undone.kind, partner) for each in intents_of(work, item)
        ],
        noticed=(),  # whatever was noticed about it still has to be decided
        keys=_keys(work, row, undone),
        link_id=link.id,
        bases=decisions.bases_of(link),
        parents={side: row.parent_id} if row.parent_id is not None else {},
    )
    shown = _shown(item, side, undone.refused)
    return Reversal(
        (side, row.record_id),
        (link.a_id, link.b_id),
        item.label,
        undone.kind.value,
        shown,
        row.print,
        decided,
    )


def _explained(intent: Intent, run_id: str, kind: Kind, partner: sa.Row[Any] | None) -> Intent:
    """Let every field of a write say whose run it takes back."""
    partner_gone = partner is None or partner.state == "gone"
    return replace(
        intent,
        why=dict.fromkeys(intent.why, f"undone: run {run_id}"),
        held=held(kind, run_id, partner_gone=partner_gone),
    )


def _keys(work: Work, row: sa.Row[Any], undone: Undone) -> Keys:
    """Return by what a record that is made again can be found if its answer gets lost."""
    if undone.kind is not Kind.CREATE:
        return keys_of_row(row)
    values = {change.key: change.after for change in undone.changes}
    outward = work.mapping.outward(values, row.side)
    return work.seen_values(work.side(row.side), row.record_id, outward).keys
