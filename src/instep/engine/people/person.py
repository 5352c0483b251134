"""A person as the database knows them: every record that links lead to, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.fingerprint import load
from instep.core.pairs import SIDES
from instep.core.person.fields import FieldTold, tell_fields
from instep.core.person.timeline import Happening
from instep.core.person.writes import FieldWrites, Underway
from instep.core.records import Value
from instep.engine.people.happenings import of_record
from instep.engine.people.writes import field_writes, underway
from instep.store import connections, people, syncs
from instep.store.connections import Connection
from instep.store.people import CONTACT, End, Place
from instep.store.syncs import Sync

KINDS = ("task", "note", "appointment")
MOST_CHILDREN = 200


@dataclass(frozen=True, slots=True)
class Person:
    """`records` are theirs, by place; `syncs` all there are, by id, `connections`, too.

    `happenings` is what syncs have read; `read` which kinds of things they read of which connection;
    `writes` what was written to each record, and is to be.
    """

    end: End
    records: Mapping[Place, sa.Row[Any]]
    syncs: Mapping[str, Sync]
    connections: Mapping[str, Connection]
    happenings: Sequence[Happening] = ()
    read: frozenset[tuple[str, str]] = frozenset()
    writes: Mapping[Place, Mapping[str, FieldWrites]] = field(default_factory=dict)

    @property
    def ends(self) -> list[End]:
        """Their records at the apps: those that are there, each once."""
        found = {
            (self.syncs[sync_id].connection(side), record_id): None
            for (sync_id, side, record_id), row in self.records.items()
            if row.state != "gone"
        }
        return [*found]

    @property
    def label(self) -> str:
        """What people call them."""
        rows = self.records.values()
        named = next((row.label for row in rows if row.label), None)
        return named or next((row.strong for row in rows if row.strong), None) or self.end[1]

    @property
    def links(self) -> list[str]:
        """The ids of their links."""
        return sorted({row.link_id for row in self.records.values() if row.link_id is not None})

    def values(self, name: str) -> list[Value]:
        """Return what the records say of a field, the first one first, each value once."""
        said = [load(row.fields).get(name) for row in self.records.values()]
        return [*dict.fromkeys(each for each in said if each not in (None, "", ()))]

    def reads(self, end: End, name: str) -> bool:
        """Whether a sync reads a field of one of the records."""
        return any(
            (self.syncs[sync_id].connection(side), record_id) == end and name in load(row.fields)
            for (sync_id, side, record_id), row in self.records.items()
        )

    def tags(self) -> dict[str, list[str]]:
        """Return every tag with the names of the connections that have it."""
        found: dict[str, list[str]] = {}
        for (sync_id, side, _), row in self.records.items():
            name = self.name_of(self.syncs[sync_id].connection(side))
            words = load(row.fields).get("tags")
            for tag in words if isinstance(words, tuple) else ():
                if name not in found.setdefault(tag, []):
                    found[tag].append(name)
        return dict(sorted(found.items()))

    def fields(self) -> list[FieldTold]:
        """Return every mapped field of every sync with what its sides say."""
        told: list[FieldTold] = []
        for group in self._groups():
            sync = self.syncs[group[0][0]]
            names = {side: self.name_of(sync.connection(side)) for side in SIDES}
            values = {place[1]: load(self.records[place].fields) for place in group}
            writes = {place[1]: self.writes.get(place, {}) for place in group}
            told += tell_fields(sync.name, sync.mapping, names, values, writes)
        return told

    def _groups(self) -> list[list[Place]]:
        """Return the places that belong together in one sync: both ends of a link, or the one."""
        groups: dict[tuple[str, str], list[Place]] = {}
        for place, row in self.records.items():
            if row.state != "gone":
                groups.setdefault((place[0], row.link_id or place[2]), []).append(place)
        return [*groups.values()]

    @property
    def names(self) -> dict[Place, str]:
        """What the connection of each record is called."""
        return {
            each: self.name_of(self.syncs[each[0]].connection(each[1])) for each in self.records
        }

    def name_of(self, connection_id: str) -> str:
        """Return what a connection is called."""
        known = self.connections.get(connection_id)
        return connection_id if known is None else known.name


def read_person(tx: sa.Connection, workspace_id: str, end: End) -> Person:
    """Read a person by one of their records. Raises UserError if no sync knows it."""
    known = {each.id: each for each in syncs.list_all(tx, workspace_id)}
    contacts = contact_syncs(tx, workspace_id)
    records = people.follow(tx, contacts, end)
    if not records:
        raise UserError("No sync knows this person any more; search for them again.")
    named = {each.id: each for each in connections.list_all(tx, workspace_id)}
    person = Person(end, records, known, named)
    of_kind = [each for each in known.values() if each.canonical in KINDS]
    children = people.children(tx, of_kind, person.ends, MOST_CHILDREN)
    read = {(each.canonical, each.connection(side)) for each in of_kind for side in SIDES}
    ways = underway(tx, children, {each: one.name for each, one in named.items()})
    return replace(
        person,
        happenings=_happenings(person, children, ways),
        read=frozenset(read),
        writes=field_writes(tx, records, person.names),
    )


def contact_syncs(tx: sa.Connection, workspace_id: str) -> list[Sync]:
    """Return the syncs of contacts, by name."""
    return [each for each in syncs.list_all(tx, workspace_id) if each.canonical == CONTACT]


def _happenings(
    person: Person,
    children: Sequence[tuple[Sync, sa.Row[Any]]],
    ways: Mapping[Place, Sequence[Underway]],
) -> list[Happening]:
    """Return children as happenings; both ends of a link are one, told by the first."""
    groups: dict[tuple[str, str], list[tuple[Sync, sa.Row[Any]]]] = {}
    for sync, row in children:
        groups.setdefault((sync.id, row.link_id or f"{row.side}:{row.record_id}"), []).append(
            (sync, row)
        )
    found: list[Happening] = []
    for several in groups.values():
        sync, row = several[0]
        names = tuple(
            dict.fromkeys(person.name_of(of.connection(each.side)) for of, each in several)
        )
        key = f"{sync.canonical}:{sync.connection(row.side)}:{row.record_id}"
        told = of_record(
            sync.canonical, key, names, load(row.fields), _when([of[1] for of in several])
        )
        waits = [way for of, each in several for way in ways.get(_place(of, each), ())]
        found.append(replace(told, waits=tuple(dict.fromkeys(waits))))
    return found


def _when(rows: Sequence[sa.Row[Any]]) -> int | None:
    """Return when a thing was changed last, as any app tells; else when we wrote it to one."""
    changed = [each.changed_at for each in rows if each.changed_at is not None]
    written = [each.written_at for each in rows if each.written_at is not None]
    return max(changed or written, default=None)


def _place(of: Sync, row: sa.Row[Any]) -> Place:
    return of.id, row.side, row.record_id
