"""People: found by name, e-mail or phone among the contacts of all syncs, and followed by links.

A search walks one index of each sync (`record_by_name`, `record_by_strong`, `record_by_weak`) in
its order and stops when the page is full. The index has all that is asked; the records themselves
are read for the page alone. An e-mail address that somebody has is looked up instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.core.pairs import SIDES, other_side
from instep.core.person.search import By, Search
from instep.store import bulk
from instep.store.schema.syncs import history, link, record
from instep.store.syncs import Sync

CONTACT = "contact"
MOST_ENDS = 20
"""So many records are followed for one person: more would be a fault of somebody's links."""

_PER_PERSON = 2
"""So many records are looked at for each person of a page: mostly both ends of a link."""

End = tuple[str, str]
"""A record at an app: connection id, record id."""

Place = tuple[str, SideName, str]
"""The same as a sync knows it: sync id, side, record id."""

After = tuple[str, str, str, str]
"""The last one of a page: what it was ordered by, then sync id, side, record id."""

_KEYS = {By.NAME: record.c.label_key, By.EMAIL: record.c.strong, By.PHONE: record.c.weak}


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, and what it was ordered by."""

    key: str
    place: Place


def search(
    tx: sa.Connection, syncs: Sequence[Sync], wanted: Search, limit: int, after: After | None = None
) -> list[Hit]:
    """Return at most so many people, in the order of what was searched, those after one of them.

    A linked pair is one person: it is told by its record on side A, or by that on side B where
    only that one has what was searched. So is an app's record that several syncs know. An e-mail
    address that somebody has finds them alone, and not those whose longer address has it in it.
    """
    wanted = wanted.exactly() if _is_somebodys(tx, syncs, wanted) else wanted
    found: list[Hit] = []
    while syncs and len(found) < limit:
        hits = _walk(tx, syncs, wanted, _PER_PERSON * limit, after)
        found += _once_each(tx, syncs, wanted, hits)
        if len(hits) < _PER_PERSON * limit:
            break
        after = (hits[-1].key, *hits[-1].place)
    return found[:limit]


def _is_somebodys(tx: sa.Connection, syncs: Sequence[Sync], wanted: Search) -> bool:
    if wanted.by is not By.EMAIL:
        return False
    ids = [each.id for each in syncs]
    query = sa.select(record.c.record_id).where(
        record.c.sync_id.in_(ids), record.c.strong.in_(wanted.parts), record.c.state != "gone"
    )
    return tx.execute(query.limit(1)).first() is not None


def _walk(
    tx: sa.Connection, syncs: Sequence[Sync], wanted: Search, limit: int, after: After | None
) -> list[Hit]:
    """Return the next records that hold what is searched, whoever they belong to.

    Only what the index has is asked for: it is walked, and no record is read.
    """
    parts = [_of_sync(tx, each, wanted, limit, after).subquery() for each in syncs]
    together = sa.union_all(*(sa.select(part) for part in parts)).subquery()
    c = together.c
    query = sa.select(together).order_by(c.key, c.sync_id, c.side, c.record_id).limit(limit)
    return [Hit(row.key, (row.sync_id, row.side, row.record_id)) for row in tx.execute(query)]


def _of_sync(
    tx: sa.Connection, of: Sync, wanted: Search, limit: int, after: After | None
) -> sa.Select[Any]:
    key = _KEYS[wanted.by]
    names = (record.c.sync_id, record.c.side, record.c.record_id)
    place = sa.func.instr if tx.dialect.name == "sqlite" else sa.func.strpos
    fits = [place(key, part) > 0 for part in wanted.parts]
    query = (
        sa.select(key.label("key"), *names)
        .where(record.c.sync_id == of.id, key.is_not(None))
        .where(*([key.in_(wanted.parts)] if wanted.whole else fits))
        .order_by(key, record.c.side, record.c.record_id)
        .limit(limit)
    )
    if after is not None:
        last = sa.tuple_(*map(sa.literal, after))
        query = query.where(key >= after[0], sa.tuple_(key, *names) > last)
    return query


def _once_each(
    tx: sa.Connection, syncs: Sequence[Sync], wanted: Search, hits: Sequence[Hit]
) -> list[Hit]:
    """Return the hits that stand for a person: nobody is told twice, nor who is gone."""
    rows = records_at(tx, [each.place for each in hits])
    links = links_of(tx, (row.link_id for row in rows.values()))
    twins = {
        place: (place[0], SIDES[0], links[row.link_id].a_id)
        for place, row in rows.items()
        if place[1] == SIDES[1] and row.link_id in links
    }
    others = {each.place: _known_earlier(syncs, each.place) for each in hits}
    told = records_at(tx, {*twins.values(), *(each for some in others.values() for each in some)})
    return [
        each
        for each in hits
        if rows[each.place].state != "gone"
        and not any(
            _holds(told.get(other), wanted)
            for other in (
                *others[each.place],
                *([twins[each.place]] if each.place in twins else []),
            )
        )
    ]


def _known_earlier(syncs: Sequence[Sync], place: Place) -> list[Place]:
    """Return where earlier syncs know the same record of the same app."""
    number = next(number for number, each in enumerate(syncs) if each.id == place[0])
    end = (syncs[number].connection(place[1]), place[2])
    return _places(syncs[:number], end)


def _holds(row: sa.Row[Any] | None, wanted: Search) -> bool:
    """Whether a record is there and found by what is searched."""
    key = None if row is None or row.state == "gone" else getattr(row, _KEYS[wanted.by].name)
    return wanted.finds(key)


def records_at(tx: sa.Connection, places: Collection[Place]) -> dict[Place, sa.Row[Any]]:
    """Return these records by their places; those that nobody read are left out."""
    found: dict[Place, sa.Row[Any]] = {}
    for sync_id, side in sorted({(of, side) for of, side, _ in places}):
        ids = [each for of, there, each in places if (of, there) == (sync_id, side)]
        query = sa.select(record).where(
            record.c.sync_id == sync_id,
            record.c.side == side,
            bulk.among(tx, record.c.record_id, ids),
        )
        found.update({(sync_id, side, row.record_id): row for row in tx.execute(query)})
    return found


def links_of(tx: sa.Connection, link_ids: Iterable[str | None]) -> dict[str, sa.Row[Any]]:
    """Return these links by id."""
    ids = sorted({each for each in link_ids if each is not None})
    query = sa.select(link).where(bulk.among(tx, link.c.id, ids))
    return {row.id: row for row in tx.execute(query)} if ids else {}


def changed_at(
    tx: sa.Connection, rows: Mapping[Place, sa.Row[Any]], links: Mapping[str, sa.Row[Any]]
) -> dict[Place, int | None]:
    """Return when each of these records or its partner was changed last, as their apps tell."""
    twins: dict[Place, Place] = {
        place: (place[0], other_side(place[1]), _end(links[row.link_id], other_side(place[1])))
        for place, row in rows.items()
        if row.link_id in links
    }
    others = records_at(tx, [*twins.values()])
    found: dict[Place, int | None] = {}
    for place, row in rows.items():
        both = [row, others.get(twins.get(place, place))]
        times = [
            each.changed_at for each in both if each is not None and each.changed_at is not None
        ]
        found[place] = max(times, default=None)
    return found


def follow(tx: sa.Connection, syncs: Sequence[Sync], first: End) -> dict[Place, sa.Row[Any]]:
    """Return every record that is the same person as one of an app, as far as links lead.

    One step for each app in between, whatever there is of each.
    """
    found: dict[Place, sa.Row[Any]] = {}
    known: set[End] = set()
    ends = {first}
    while ends - known and len(known) < MOST_ENDS:
        places = [place for end in sorted(ends - known) for place in _places(syncs, end)]
        known |= ends
        fresh = records_at(tx, places)
        found |= fresh
        of = {each.id: each for each in syncs}
        links = links_of(tx, (row.link_id for row in fresh.values()))
        ends = {
            (of[sync_id].connection(other_side(side)), _end(links[row.link_id], other_side(side)))
            for (sync_id, side, _), row in fresh.items()
            if row.link_id in links
        }
    return found


def _places(syncs: Iterable[Sync], end: End) -> list[Place]:
    connection_id, record_id = end
    return [
        (each.id, side, record_id)
        for each in syncs
        for side in SIDES
        if each.connection(side) == connection_id
    ]


def _end(row: sa.Row[Any], side: SideName) -> str:
    found: str = row.a_id if side == "a" else row.b_id
    return found


def children(
    tx: sa.Connection, syncs: Iterable[Sync], ends: Collection[End], limit: int
) -> list[tuple[Sync, sa.Row[Any]]]:
    """Return what belongs to these records, as the given syncs read it; gone ones are left out."""
    found: list[tuple[Sync, sa.Row[Any]]] = []
    for of in syncs:
        for side in SIDES:
            ids = [each for connection_id, each in ends if connection_id == of.connection(side)]
            if not ids:
                continue
            query = (
                sa.select(record)
                .where(record.c.sync_id == of.id, record.c.side == side)
                .where(record.c.parent_id.in_(ids), record.c.state != "gone")
                .order_by(record.c.read_at.desc(), record.c.record_id)
                .limit(limit)
            )
            found += [(of, row) for row in tx.execute(query)]
    return found


@dataclass(frozen=True, slots=True)
class LinesOf:
    """Which lines of history: of these links and of these records, up to a time (None: all).

    What made a record is told of the record alone: there was no link yet.

    `what` are the kinds of lines, `sides` the sides of syncs (sync id, side) they are about: a line
    about no side counts as of side A. None: any.
    """

    link_ids: Collection[str]
    places: Collection[Place] = ()
    until: int | None = None
    what: Collection[str] | None = None
    sides: Collection[tuple[str, SideName]] | None = None


def lines(tx: sa.Connection, of: LinesOf, limit: int) -> list[sa.Row[Any]]:
    """Return the newest lines of history about a person."""
    queries = []
    if of.link_ids:
        queries.append(sa.select(history).where(history.c.link_id.in_(sorted(of.link_ids))))
    for sync_id, side, record_id in sorted(of.places):
        queries.append(
            sa.select(history).where(
                history.c.sync_id == sync_id,
                history.c.side == side,
                history.c.record_id == record_id,
            )
        )
    found: dict[int, sa.Row[Any]] = {}
    for each in queries:
        query = each.where(*_narrowed(of)).order_by(history.c.at.desc(), history.c.id.desc())
        found.update({row.id: row for row in tx.execute(query.limit(limit))})
    return sorted(found.values(), key=lambda row: (row.at, row.id), reverse=True)[:limit]


def _narrowed(of: LinesOf) -> list[sa.ColumnElement[bool]]:
    narrowed: list[sa.ColumnElement[bool]] = []
    if of.until is not None:
        narrowed.append(history.c.at <= of.until)
    if of.what is not None:
        narrowed.append(history.c.what.in_(sorted(of.what)))
    if of.sides is not None:
        side = sa.func.coalesce(history.c.side, SIDES[0])
        narrowed.append(sa.tuple_(history.c.sync_id, side).in_(sorted(of.sides)))
    return narrowed
