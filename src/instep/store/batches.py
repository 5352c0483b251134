"""Load what the core needs to decide a batch of notices, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import load as load_values
from instep.core.kinship import Kinship, Name, names_in, sought_key
from instep.core.mapping import FieldMapping, SideName
from instep.core.match import Candidate, Keys
from instep.core.pairs import SIDES, other_side
from instep.core.records import Values
from instep.store import bulk, kin
from instep.store.kin import Ancestry
from instep.store.schema.syncs import effect, link, notice, record

OPEN = ("ready", "sending", "unknown")
"""An effect in one of these states holds its records: they are not decided before it has ended."""

RecordKey = tuple[SideName, str]


@dataclass(slots=True)
class Batch:
    """Noticed records with everything there is to know about them.

    `records` holds the noticed ones, their linked partners, and whoever shares a key with one.
    `links` is by link id. `creating` holds the keys of creates under way, per target side: a
    record with such a key may be our own, coming back before its outcome is stored. `kinship` is
    who the records they name are on the other side; `sought` the key under which the other side
    would have a child.
    """

    noticed: tuple[RecordKey, ...]
    records: dict[RecordKey, sa.Row[Any]] = field(default_factory=dict)
    links: dict[str, sa.Row[Any]] = field(default_factory=dict)
    creating: set[tuple[str, str]] = field(default_factory=set)
    kinship: Kinship = field(default_factory=Kinship)
    sought: dict[RecordKey, str] = field(default_factory=dict)
    _bearers: dict[tuple[str, str], list[sa.Row[Any]]] = field(default_factory=dict)
    _values: dict[RecordKey, Values] = field(default_factory=dict)

    def add(self, rows: Iterable[sa.Row[Any]]) -> None:
        """Take in records."""
        for row in rows:
            key = (row.side, row.record_id)
            if key not in self.records:
                self.records[key] = row
                for item in _items(row):
                    self._bearers.setdefault(item, []).append(row)

    def values(self, row: sa.Row[Any]) -> Values:
        """Return the values of a loaded record: read once, however often they are asked for."""
        key = (row.side, row.record_id)
        if key not in self._values:
            self._values[key] = load_values(row.fields)
        return self._values[key]

    def candidates(self, row: sa.Row[Any]) -> tuple[list[Candidate], list[Candidate]]:
        """Return who shares a key with this record: on the other side, and on its own."""
        there: dict[str, Candidate] = {}
        here: dict[str, Candidate] = {}
        for item in _search_items(row):
            for other in self._bearers.get(item, ()):
                if other is row or other.state == "gone":
                    continue
                found = here if other.side == row.side else there
                if other.record_id not in found:
                    linked = other.link_id is not None
                    found[other.record_id] = Candidate(other.record_id, keys_of_row(other), linked)
        return list(there.values()), list(here.values())

    def twins(self, row: sa.Row[Any]) -> list[sa.Row[Any]]:
        """Return the other side's unlinked children that say the same below the same parent."""
        bearers = self._bearers.get(("strong", self.sought.get((row.side, row.record_id), "")), ())
        return [
            each
            for each in bearers
            if each.side != row.side and each.link_id is None and each.state != "gone"
        ]

    def has_strong_key(self, noticed: RecordKey) -> bool:
        """Whether a loaded record has a strong key."""
        return noticed in self.records and self.records[noticed].strong is not None

    def shares_strong_key(self, row: sa.Row[Any]) -> bool:
        """Whether another loaded record has this one's strong key: then the weak one is not asked."""
        return len(self._bearers.get(("strong", row.strong), ())) > 1

    def is_being_created(self, side: SideName, keys: Keys) -> bool:
        """Whether a create towards `side` is under way for somebody with one of these keys."""
        return any((side, key) in self.creating for key in (keys.strong, keys.weak) if key)


def keys_of_row(row: sa.Row[Any]) -> Keys:
    """Return the keys stored with a record."""
    return Keys(row.strong, row.weak, row.label)


def _items(row: sa.Row[Any]) -> list[tuple[str, str]]:
    """Return what a record can be found by, the best first."""
    items = (("strong", row.strong), ("weak", row.weak), ("name", row.label_key))
    return [item for item in items if item[1]]


def _search_items(row: sa.Row[Any]) -> list[tuple[str, str]]:
    """Return what to search by: the name only where there is nothing better."""
    items = _items(row)
    better = [item for item in items if item[0] != "name"]
    return better or items


def load(
    tx: sa.Connection,
    sync_id: str,
    limit: int,
    after: RecordKey | None = None,
    ancestry: Ancestry | None = None,
) -> Batch:
    """Load the next notices after `after` (in key order) that no open effect holds."""
    return load_keys(tx, sync_id, _noticed(tx, sync_id, limit, after), ancestry)


def load_keys(
    tx: sa.Connection,
    sync_id: str,
    keys: Sequence[RecordKey],
    ancestry: Ancestry | None = None,
) -> Batch:
    """Load these records with everything that is needed to decide about them."""
    batch = Batch(tuple(keys))
    batch.add(_by_ids(tx, sync_id, batch.noticed))
    linked = {row.link_id for row in batch.records.values() if row.link_id}
    for row in _where_in(tx, sa.select(link), link.c.id, linked):
        batch.links[row.id] = row
    partners = [(side, each) for row in batch.links.values() for side, each in _ends(row)]
    batch.add(_by_ids(tx, sync_id, [each for each in partners if each not in batch.records]))
    unlinked = [row for row in batch.records.values() if row.link_id is None]
    if ancestry is not None and ancestry.mapping.links:
        names = {*_names(batch, ancestry.mapping)}
        batch.kinship = Kinship(kin.partners(tx, ancestry.family, names))
    if ancestry is not None and ancestry.mapping.parts:
        _add_twins(tx, sync_id, batch, unlinked, ancestry.mapping)
    else:
        _add_sharers(tx, sync_id, batch, unlinked)
    batch.creating |= _creating(tx, sync_id, unlinked)
    return batch


def _names(batch: Batch, mapping: FieldMapping) -> Iterator[Name]:
    """Yield every record that one of these names, now or when both sides last agreed."""
    for row in batch.records.values():
        yield from names_in(batch.values(row), row.side, mapping)
    for row in batch.links.values():
        yield from names_in(load_values(row.base_a), "a", mapping)
        yield from names_in(load_values(row.base_b), "b", mapping)


def _add_twins(
    tx: sa.Connection,
    sync_id: str,
    batch: Batch,
    unlinked: Sequence[sa.Row[Any]],
    mapping: FieldMapping,
) -> None:
    """Load the other side's children with the same content below the same parent."""
    parent = mapping.by_key[mapping.parent] if mapping.parent is not None else None
    for row in unlinked:
        partner = None
        if parent is not None and row.parent_id is not None:
            partner = batch.kinship.partner(parent, row.side, row.parent_id)
        key = sought_key(row.strong, partner)
        if key is not None and (partner is not None or row.parent_id is None):
            batch.sought[row.side, row.record_id] = key
    for side in SIDES:
        keys = {key for (of, _), key in batch.sought.items() if of != side}
        query = sa.select(record).where(record.c.sync_id == sync_id, record.c.side == side)
        batch.add(_where_in(tx, query, record.c.strong, keys))


def _add_sharers(
    tx: sa.Connection, sync_id: str, batch: Batch, unlinked: Sequence[sa.Row[Any]]
) -> None:
    """Load whoever shares a key with one of these: the name only where there is nothing better."""
    batch.add(_sharing(tx, sync_id, record.c.strong, unlinked))
    lonely = [row for row in unlinked if not batch.shares_strong_key(row)]
    batch.add(_sharing(tx, sync_id, record.c.weak, lonely))
    nameless = [row for row in lonely if not row.strong and not row.weak]
    batch.add(_sharing(tx, sync_id, record.c.label_key, nameless))


def _ends(row: sa.Row[Any]) -> tuple[RecordKey, RecordKey]:
    return ("a", row.a_id), ("b", row.b_id)


def _noticed(
    tx: sa.Connection, sync_id: str, limit: int, after: RecordKey | None
) -> list[RecordKey]:
    """Return the next notices that no open effect holds.

    Read in the order of their key and looked through afterwards: one statement for both would sort
    all notices there are, for every batch of them.
    """
    free: list[RecordKey] = []
    place = after
    while len(free) < limit:
        page = _next_notices(tx, sync_id, limit, place)
        held = _held(tx, sync_id, page)
        free += [key for key in page if key not in held]
        if len(page) < limit:
            break
        place = page[-1]
    return free[:limit]


def _next_notices(
    tx: sa.Connection, sync_id: str, limit: int, after: RecordKey | None
) -> list[RecordKey]:
    query = (
        sa.select(notice.c.side, notice.c.record_id)
        .where(notice.c.sync_id == sync_id)
        .order_by(notice.c.side, notice.c.record_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(notice.c.side, notice.c.record_id) > sa.tuple_(*after))
    return [(row.side, row.record_id) for row in tx.execute(query)]


def _held(tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey]) -> set[RecordKey]:
    """Return which of these records an open effect writes to, or was read from."""
    ids = [record_id for _, record_id in keys]
    query = sa.select(effect.c.side, effect.c.record_id, effect.c.source_id).where(
        effect.c.sync_id == sync_id, effect.c.state.in_(OPEN)
    )
    held: set[RecordKey] = set()
    for row in _where_in(tx, query, effect.c.record_id, ids):
        held.add((row.side, row.record_id))
    for row in _where_in(tx, query, effect.c.source_id, ids):
        held.add((other_side(row.side), row.source_id))
    return held


def _by_ids(tx: sa.Connection, sync_id: str, wanted: Sequence[RecordKey]) -> Iterator[sa.Row[Any]]:
    for side in SIDES:
        ids = [each for of_side, each in wanted if of_side == side]
        query = sa.select(record).where(record.c.sync_id == sync_id, record.c.side == side)
        yield from _where_in(tx, query, record.c.record_id, ids)


def _sharing(
    tx: sa.Connection, sync_id: str, column: sa.Column[Any], rows: Sequence[sa.Row[Any]]
) -> Sequence[sa.Row[Any]]:
    values = {value for row in rows if (value := getattr(row, column.name))}
    return _where_in(tx, sa.select(record).where(record.c.sync_id == sync_id), column, values)


def _creating(tx: sa.Connection, sync_id: str, rows: Sequence[sa.Row[Any]]) -> set[tuple[str, str]]:
    query = sa.select(effect.c.side, effect.c.strong, effect.c.weak).where(
        effect.c.sync_id == sync_id, effect.c.state.in_(OPEN), effect.c.record_id.is_(None)
    )
    found: set[tuple[str, str]] = set()
    for column in (effect.c.strong, effect.c.weak):
        values = {value for row in rows if (value := getattr(row, column.name))}
        for hit in _where_in(tx, query, column, values):
            found.update((hit.side, key) for key in (hit.strong, hit.weak) if key)
    return found


def _where_in(
    tx: sa.Connection,
    query: sa.Select[Any],
    column: sa.ColumnElement[Any],
    values: Iterable[str],
) -> Sequence[sa.Row[Any]]:
    chosen = list(values)
    return tx.execute(query.where(bulk.among(tx, column, chosen))).all() if chosen else ()
