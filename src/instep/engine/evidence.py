"""Gather what is known about records of one sync, in a fixed number of queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import load
from instep.core.mapping import SideName
from instep.core.why import Candidate, Changed, End, Facts, OnItsWay
from instep.engine.deciding import label_of
from instep.store import batches, reviews
from instep.store.batches import Batch, RecordKey
from instep.store.syncs import Sync


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts about one record or linked pair, under the id people name it by.

    `keys` are its records, `asked_at` is when a person was asked (epoch milliseconds).
    """

    id: str
    sync_id: str
    keys: tuple[RecordKey, ...]
    facts: Facts
    asked_at: int | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What the tables hold about a batch of records, by record."""

    sync: Sync
    names: tuple[str, str]
    batch: Batch
    questions: Mapping[RecordKey, sa.Row[Any]]
    changes: Mapping[RecordKey, sa.Row[Any]]
    settlements: Mapping[RecordKey, sa.Row[Any]]
    effects: Mapping[RecordKey, Sequence[sa.Row[Any]]]
    noticed: set[RecordKey]


def gather(
    tx: sa.Connection, sync: Sync, names: tuple[str, str], keys: Iterable[RecordKey]
) -> list[Evidence]:
    """Return what is known about these records, in their order; a linked pair comes once."""
    batch = batches.load_keys(tx, sync.id, [*dict.fromkeys(keys)])
    groups: dict[str, tuple[RecordKey, ...]] = {}
    for key in batch.noticed:
        if key in batch.records:
            group = _ends(batch, key)
            groups.setdefault(_id_of(sync, batch, key), group)
    everybody = [*chain.from_iterable(groups.values())]
    found = _Found(
        sync,
        names,
        batch,
        reviews.questions(tx, sync.id, everybody),
        reviews.last_changes(tx, sync.id, everybody),
        reviews.settlements(tx, sync.id, everybody),
        reviews.effects_on(tx, sync.id, everybody),
        reviews.noticed(tx, sync.id, everybody),
    )
    return [_evidence(found, each, group) for each, group in groups.items()]


def _ends(batch: Batch, key: RecordKey) -> tuple[RecordKey, ...]:
    """Return the records that belong together: both ends of a link, or the one."""
    link = batch.links.get(batch.records[key].link_id or "")
    return (key,) if link is None else (("a", link.a_id), ("b", link.b_id))


def _id_of(sync: Sync, batch: Batch, key: RecordKey) -> str:
    side, record_id = key
    link_id: str | None = batch.records[key].link_id
    return link_id or f"{sync.id}:{side}:{record_id}"


def _evidence(found: _Found, name: str, group: tuple[RecordKey, ...]) -> Evidence:
    rows = [found.batch.records[key] for key in group if key in found.batch.records]
    link = found.batch.links.get(rows[0].link_id or "")
    question = _newest(found.questions, group)
    settled = _newest(found.settlements, group)
    fields = load(question.before) if question is not None and question.before else {}
    # nobody is shown as a candidate who has a partner to explain instead
    there = found.batch.candidates(rows[0])[0] if link is None else []
    ends = {row.side: _end(row) for row in rows}
    facts = Facts(
        sync=found.sync.name,
        label=label_of(rows[0]),
        names=found.names,
        a=ends.get("a"),
        b=ends.get("b"),
        stopped=_stopped(found.sync),
        linked_at=None if link is None else link.linked_at,
        linked_by=None if link is None else link.linked_by,
        writes=_writes(found, group),
        last=_last(_newest(found.changes, group)),
        question=None if question is None else question.what,
        fields=tuple(fields),
        candidates=tuple(Candidate(each.id, each.keys.label, each.linked) for each in there),
        settled=None if settled is None else settled.why,
        noticed=not found.noticed.isdisjoint(group),
    )
    asked_at = question.at if question is not None and facts.has("review") else None
    return Evidence(name, found.sync.id, group, facts, asked_at)


def _newest(
    rows: Mapping[RecordKey, sa.Row[Any]], group: tuple[RecordKey, ...]
) -> sa.Row[Any] | None:
    there = [rows[key] for key in group if key in rows]
    return max(there, key=lambda row: row.id, default=None)


def _stopped(sync: Sync) -> str | None:
    if sync.state == "active":
        return None
    return sync.sentence or f"it is {sync.state}."


def _end(row: sa.Row[Any]) -> End:
    return End(
        row.record_id, row.state, row.sentence, row.changed_at, row.read_at, load(row.fields)
    )


def _writes(found: _Found, group: tuple[RecordKey, ...]) -> tuple[OnItsWay, ...]:
    # a write belongs to both ends of a pair, and is told once
    rows = {row.id: row for key in group for row in found.effects.get(key, ())}
    return tuple(_write(rows[number]) for number in sorted(rows))


def _write(row: sa.Row[Any]) -> OnItsWay:
    return OnItsWay(
        row.side, row.state, row.attempts, row.due_at, row.sentence, row.record_id is None
    )


def _last(row: sa.Row[Any] | None) -> Changed | None:
    if row is None:
        return None
    side: SideName = row.side
    return Changed(
        side=side,
        at=row.at,
        run=row.run_id,
        what=row.what,
        before=load(row.before or "{}"),
        after=load(row.after or "{}"),
        why=json.loads(row.why or "{}"),
    )
