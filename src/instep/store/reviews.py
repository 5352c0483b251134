"""What waits for a person: records under review, and what is known about each. Only read here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.core.pairs import SIDES
from instep.store.batches import OPEN, RecordKey
from instep.store.schema.connections import connection
from instep.store.schema.syncs import effect, history, link, notice, record, sync
from instep.store.schema.workers import shard

Place = tuple[str, SideName, str]
"""Where a record is: sync id, side, record id. A linked pair is named by its record on side A."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of the review list: the records, and how many there are in all."""

    rows: Sequence[sa.Row[Any]]
    total: int


def waiting(
    tx: sa.Connection, sync_ids: Sequence[str], limit: int, after: Place | None = None
) -> Waiting:
    """Return the records of these syncs that wait for a person; a linked pair counts once.

    The page begins behind the place `after`. The total is of all pages.
    """
    query = _under_review().where(record.c.sync_id.in_(sync_ids))
    total = tx.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    place = (record.c.sync_id, record.c.side, record.c.record_id)
    if after is not None:
        query = query.where(sa.tuple_(*place) > sa.tuple_(*map(sa.literal, after)))
    return Waiting(tx.execute(query.order_by(*place).limit(limit)).all(), total)


def place_named(text: str) -> Place | None:
    """Read a place typed as `sync:side:record`; None if it is none."""
    sync_id, _, rest = text.partition(":")
    typed, _, record_id = rest.partition(":")
    side = next((each for each in SIDES if each == typed), None)
    return (sync_id, side, record_id) if side is not None and record_id else None


def _under_review() -> sa.Select[Any]:
    """Select records under review; of a pair that waits on both sides, the one on side A."""
    twin = record.alias()
    is_told_on_a = (
        sa.exists()
        .where(twin.c.sync_id == record.c.sync_id, twin.c.side == "a")
        .where(twin.c.record_id == link.c.a_id, twin.c.state == "review")
        .correlate(record, link)
    )
    return (
        sa.select(record)
        .outerjoin(link, link.c.id == record.c.link_id)
        .where(record.c.state == "review")
        .where((record.c.side == "a") | record.c.link_id.is_(None) | ~is_told_on_a)
    )


def find(tx: sa.Connection, sync_ids: Sequence[str], texts: Iterable[str]) -> dict[str, set[Place]]:
    """Return, by text, the records that it names: by link id, place, record id, or strong key.

    A place is typed as `sync:side:record`. A link stands for both of its records.
    """
    wanted = list(texts)
    found: dict[str, set[Place]] = {text: set() for text in wanted}
    linked = sa.select(link).where(link.c.id.in_(wanted), link.c.sync_id.in_(sync_ids))
    for row in tx.execute(linked):
        found[row.id] = {(row.sync_id, "a", row.a_id), (row.sync_id, "b", row.b_id)}
    for text in wanted:
        place = place_named(text)
        if place is not None and place[0] in sync_ids:
            found[text].add(place)
    for column, said in (
        (record.c.record_id, {text: text for text in wanted}),
        (record.c.strong, {text.strip().lower(): text for text in wanted}),
    ):
        query = sa.select(record.c.sync_id, record.c.side, record.c.record_id, column.label("hit"))
        query = query.where(record.c.sync_id.in_(sync_ids), record.c.side.in_(("a", "b")))
        for row in tx.execute(query.where(column.in_([*said]))):
            found[said[row.hit]].add((row.sync_id, row.side, row.record_id))
    return found


def names(tx: sa.Connection, sync_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return what the two connections of each sync are called, by sync id."""
    a, b = connection.alias(), connection.alias()
    query = (
        sa.select(sync.c.id, a.c.name, b.c.name)
        .join(a, a.c.id == sync.c.a_connection)
        .join(b, b.c.id == sync.c.b_connection)
        .where(sync.c.id.in_(sync_ids))
    )
    return {sync_id: (name_a, name_b) for sync_id, name_a, name_b in tx.execute(query)}


def questions(
    tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey]
) -> dict[RecordKey, sa.Row[Any]]:
    """Return the newest question that was asked about each record: a conflict or a review."""
    return _newest(tx, sync_id, keys, ("conflict", "review"))


def last_changes(
    tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey]
) -> dict[RecordKey, sa.Row[Any]]:
    """Return the newest change that was written to each record."""
    return _newest(tx, sync_id, keys, ("created", "updated"))


def settlements(
    tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey]
) -> dict[RecordKey, sa.Row[Any]]:
    """Return the newest word of a person about each record."""
    return _newest(tx, sync_id, keys, ("settled",))


def _newest(
    tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey], what: Sequence[str]
) -> dict[RecordKey, sa.Row[Any]]:
    found: dict[RecordKey, sa.Row[Any]] = {}
    for side, ids in _by_side(keys):
        latest = (
            sa.select(sa.func.max(history.c.id))
            .where(history.c.sync_id == sync_id, history.c.side == side)
            .where(history.c.record_id.in_(ids), history.c.what.in_(what))
            .group_by(history.c.record_id)
        )
        query = sa.select(history).where(history.c.id.in_(latest))
        found.update({(row.side, row.record_id): row for row in tx.execute(query)})
    return found


def effects_on(
    tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey], *, only_open: bool = False
) -> dict[RecordKey, list[sa.Row[Any]]]:
    """Return the effects that write to these records or were decided from them, oldest first."""
    found: dict[RecordKey, list[sa.Row[Any]]] = {}
    for side, ids in _by_side(keys):
        to_here = (effect.c.side == side, effect.c.record_id)
        from_here = (effect.c.side != side, effect.c.source_id)
        for is_of, column in (to_here, from_here):
            query = sa.select(effect).where(effect.c.sync_id == sync_id, is_of, column.in_(ids))
            if only_open:
                query = query.where(effect.c.state.in_(OPEN))
            for row in tx.execute(query.order_by(effect.c.id)):
                found.setdefault((side, getattr(row, column.name)), []).append(row)
    return found


def noticed(tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey]) -> set[RecordKey]:
    """Return those records that are noticed and not decided yet."""
    found: set[RecordKey] = set()
    for side, ids in _by_side(keys):
        query = sa.select(notice.c.record_id).where(
            notice.c.sync_id == sync_id, notice.c.side == side, notice.c.record_id.in_(ids)
        )
        found.update((side, each) for each in tx.execute(query).scalars())
    return found


def hold(tx: sa.Connection, number: int) -> None:
    """Keep a shard's drain from writing until this transaction has ended; it is not overtaken."""
    tx.execute(sa.select(shard.c.epoch).where(shard.c.number == number).with_for_update())


def _by_side(keys: Sequence[RecordKey]) -> list[tuple[Any, list[str]]]:
    grouped = [(side, [each for of, each in keys if of == side]) for side in SIDES]
    return [(side, ids) for side, ids in grouped if ids]
