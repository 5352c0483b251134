"""What was written about a person and what is on its way, as the database has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import load
from instep.core.person.writes import FieldWrites, Underway, Waits, joined
from instep.core.telling import Told
from instep.engine.history_services import told_of
from instep.store import people, reviews
from instep.store.batches import RecordKey
from instep.store.people import LinesOf, Place
from instep.store.syncs import Sync

MOST_LINES = 200
"""So many writes are looked through for the newest of each field."""

_TELLING = frozenset({"created", "updated", "rejected"})

Naming = Mapping[Place, str]
"""What the connection of each place is called."""


def field_writes(
    tx: sa.Connection, records: Mapping[Place, sa.Row[Any]], names: Naming
) -> dict[Place, dict[str, FieldWrites]]:
    """Return our writes to each record of a person: the newest of each field, and those to come."""
    links = {row.link_id for row in records.values() if row.link_id is not None}
    rows = people.lines(tx, LinesOf(links, [*records], what=_TELLING), MOST_LINES)
    lines = _lines(rows, names)
    waits = _waits(tx, records, names)
    return {each: joined(lines.get(each, ()), waits.get(each, {})) for each in {**lines, **waits}}


def _lines(rows: Iterable[sa.Row[Any]], names: Naming) -> dict[Place, list[Told]]:
    found: dict[Place, list[Told]] = {}
    for row in rows:
        place = (row.sync_id, row.side, row.record_id)
        if place in names:
            found.setdefault(place, []).append(told_of(row, names[place]))
    return found


def _waits(
    tx: sa.Connection, records: Mapping[Place, sa.Row[Any]], names: Naming
) -> dict[Place, dict[str, Waits]]:
    found: dict[Place, dict[str, Waits]] = {}
    for place, effects in _effects(tx, records).items():
        for effect in effects:
            is_here = (effect.side, effect.record_id) == place[1:]
            if not is_here or (effect.state == "failed" and not _failed(records, place)):
                continue
            how = Underway(names[place], effect.state, effect.sentence)
            after = load(effect.after)
            found.setdefault(place, {}).update(
                {
                    field: Waits(how, after[field], effect.person)
                    for field in json.loads(effect.why)
                    if field in after
                }
            )
    return found


def underway(
    tx: sa.Connection, children: Sequence[tuple[Sync, sa.Row[Any]]], names: Mapping[str, str]
) -> dict[Place, list[Underway]]:
    """Return where a person's tasks, notes and appointments are on their way to.

    `names` is what connections are called, by id.
    """
    rows = {(of.id, row.side, row.record_id): row for of, row in children}
    syncs = {of.id: of for of, _ in children}
    found: dict[Place, list[Underway]] = {}
    for place, effects in _effects(tx, rows).items():
        for effect in effects:
            if effect.state != "failed" or _failed(rows, place):
                to = names[syncs[place[0]].connection(effect.side)]
                found.setdefault(place, []).append(Underway(to, effect.state, effect.sentence))
    for place in _noticed(tx, rows):
        if place not in found and rows[place].link_id is None:
            other = syncs[place[0]].connection("b" if place[1] == "a" else "a")
            found[place] = [Underway(names[other], "noticed")]
    return found


def _failed(rows: Mapping[Place, sa.Row[Any]], place: Place) -> bool:
    """Whether a record or its partner stands as failed: else what was given up on is past."""
    link_id = rows[place].link_id
    return any(
        row.state == "failed"
        and (each == place or (link_id is not None and row.link_id == link_id))
        for each, row in rows.items()
    )


def _effects(tx: sa.Connection, places: Iterable[Place]) -> dict[Place, Sequence[sa.Row[Any]]]:
    found: dict[Place, Sequence[sa.Row[Any]]] = {}
    for sync_id, keys in _by_sync(places).items():
        told = reviews.effects_on(tx, sync_id, keys)
        found.update({(sync_id, *key): effects for key, effects in told.items()})
    return found


def _noticed(tx: sa.Connection, places: Iterable[Place]) -> list[Place]:
    return [
        (sync_id, *key)
        for sync_id, keys in _by_sync(places).items()
        for key in sorted(reviews.noticed(tx, sync_id, keys))
    ]


def _by_sync(places: Iterable[Place]) -> dict[str, list[RecordKey]]:
    found: dict[str, list[RecordKey]] = {}
    for sync_id, side, record_id in places:
        found.setdefault(sync_id, []).append((side, record_id))
    return found
