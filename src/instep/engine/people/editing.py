"""A person's edits: a field, written through the sync that keeps it; a note or a task, added.

An edit becomes effects, as what a person settles does: stored first, then sent by the next run, each
only if its record still holds what was seen. What is added is made at one app under the budget for
people, and shown to the sync of such records, which carries it on.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from instep.core.errors import InstepError, OutcomeUnknown, RecordRejected, UserError
from instep.core.mapping import SideName
from instep.core.merge import Reason
from instep.core.pairs import SIDES
from instep.core.person.editing import Edit, edit_pair
from instep.core.person.fields import leading_side
from instep.core.plan import Item, Kind
from instep.engine.clients import Clients, Reached
from instep.engine.deciding import intents_of, known_in, label_of
from instep.engine.draining import Engine
from instep.engine.flows.actions.calling import Call
from instep.engine.flows.actions.records import Records
from instep.engine.people.person import Person
from instep.engine.work import Work, to_ms
from instep.store import batches, decisions, history, records, reviews, syncs
from instep.store.batches import Batch, RecordKey, keys_of_row
from instep.store.decisions import Decided
from instep.store.history import NO_RUN, Entry
from instep.store.people import End, Place
from instep.store.records import Scope
from instep.store.shards import Fence
from instep.store.syncs import Sync

_READ_ONLY = 0
"""An epoch no drain has: work opened under it can write nothing."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of an edit: the field, its sync, the connections it goes to (none: it was so)."""

    field: str
    sync: str
    connections: Sequence[str]

    @property
    def sentence(self) -> str:
        """What happens next."""
        if not self.connections:
            return f"{self.field} is that already; nothing has to be written."
        return (
            f"{self.field} is on its way to {' and '.join(self.connections)}, by the sync "
            f"{self.sync}."
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "field": self.field,
            "sync": self.sync,
            "connections": [*self.connections],
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Added:
    """A note or task that was made at an app; `sync` carries it on, None: no sync keeps such."""

    kind: str
    id: str
    connection: str
    sync: str | None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "kind": self.kind,
            "id": self.id,
            "connection": self.connection,
            "sync": self.sync,
        }


@dataclass(frozen=True, slots=True)
class NewChild:
    """A note or task somebody writes: canonical kind and values; `connection` None: choose one."""

    kind: str
    values: Mapping[str, Any]
    person: str
    connection: str | None = None


class Editor:
    """Writes what people change of other people."""

    def __init__(self, engine: Engine, clients: Clients, made: Records) -> None:
        self._engine = engine
        self._clients = clients
        self._records = made

    async def edit(self, person: Person, edit: Edit, sync_name: str | None) -> Edited:
        """Store an edit as effects of the sync that keeps its field. Raises UserError."""
        sync, link_id = _linked_sync(person, edit.field, sync_name)
        if sync.state != "active":
            raise UserError(
                f"The sync {sync.name!r} is {sync.state}, so that nothing would be written. Use: "
                f"instep sync release {sync.name}"
            )
        work = await self._engine.open(sync, Fence(sync.shard, _READ_ONLY))
        lead = _lead(sync, edit.field)
        return await self._engine.db.run(lambda tx: _store_edit(work, tx, link_id, edit, lead))

    async def add(self, person: Person, new: NewChild) -> Added:
        """Make a note or task at an app, and let its sync carry it on.

        Raises UserError where no linked app takes one, and whatever the app answers: where the
        answer got lost, RecordRejected, as doing it again might make a second.
        """
        reached, end, field = await self._where(person, new)
        name = person.name_of(end[0])
        inputs = {**new.values, field: end[1]}
        now = to_ms(self._engine.clock.now())
        call = Call(name, f"{new.kind}.create", inputs, f"add_{uuid.uuid4().hex}", now)
        try:
            made = await self._records.call(reached, call)
        except OutcomeUnknown as error:
            raise RecordRejected(
                f"{name} did not say whether it took the {new.kind}: look there before you add it "
                f"again. {error}"
            ) from error
        record_id: str = made["id"]
        sync = _sync_of(person, new.kind, end[0])
        await self._note(person, new, end, record_id, sync)
        return Added(new.kind, record_id, name, None if sync is None else sync.name)

    async def _where(self, person: Person, new: NewChild) -> tuple[Reached, End, str]:
        """Return the app and the record a child is added to, and the input that names it."""
        tried: list[str] = []
        for end in person.ends:
            name = person.name_of(end[0])
            if new.connection not in {None, name, end[0]}:
                continue
            tried.append(name)
            reached = await self._clients.reach(end[0])
            kinds = [each for each in reached.connector.resources if each.canonical == new.kind]
            for kind in kinds:
                if kind.parent is not None and kind.creates and not kind.readonly:
                    return reached, end, kind.parent.field
        there = ", ".join(tried) or "none of the apps that know this person"
        raise UserError(f"No {new.kind} can be added there: {there}.")

    async def _note(
        self, person: Person, new: NewChild, end: End, record_id: str, sync: Sync | None
    ) -> None:
        """Keep who added it, and show the new record to its sync."""
        work = None if sync is None else await self._opened(sync)
        seen = None
        if work is not None:
            side = work.side(_side_of(work.sync, end[0]))
            try:
                parent = side.resource.parent
                below = None if parent is None else end[1]
                seen = await work.read_again(side, record_id, below)
            except InstepError:  # the next poll reads it
                seen = None
        place = next(each for each in person.records if each[2] == end[1])
        now = to_ms(self._engine.clock.now())

        def store(tx: sa.Connection) -> None:
            of = person.syncs[place[0]]
            scope = Scope(of.workspace_id, of.id, NO_RUN, now, new.person)
            history.write(tx, scope, [_added_entry(person, new, place, end)])
            if work is not None and seen is not None:
                mine = replace(scope, sync_id=work.sync.id)
                name = _side_of(work.sync, end[0])
                records.put(tx, mine, name, [seen])
                records.mark(tx, mine, name, [seen.id], source="person")
                syncs.request(tx, work.sync.id, now, new.person)

        await self._engine.db.run(store)

    async def _opened(self, sync: Sync) -> Work | None:
        try:
            return await self._engine.open(sync, Fence(sync.shard, _READ_ONLY))
        except InstepError:  # the child is made all the same, and read once the sync goes on
            return None


def _linked_sync(person: Person, field: str, wanted: str | None) -> tuple[Sync, str]:
    """Return the sync that keeps a field of a person equal, and their link in it."""
    known: list[str] = []
    for (sync_id, _, _), row in person.records.items():
        sync = person.syncs[sync_id]
        if row.link_id is None or wanted not in {None, sync.name, sync.id}:
            continue
        fields = [str(each["a"]) for each in sync.mapping]
        if field in fields:
            return sync, row.link_id
        known += fields
    if known:
        raise UserError(
            f"No sync keeps a field {field!r} of {person.label}; there is "
            f"{', '.join(dict.fromkeys(known))}."
        )
    raise UserError(
        f"{person.label} is linked to nobody in another app yet, so that no sync carries an edit: "
        "change it in the app."
    )


def _lead(sync: Sync, field: str) -> SideName:
    return leading_side(next(row for row in sync.mapping if row["a"] == field))


def _store_edit(work: Work, tx: sa.Connection, link_id: str, edit: Edit, lead: SideName) -> Edited:
    """Store the effects of an edit; the drain under way waits for this transaction."""
    reviews.hold(tx, work.sync.shard)
    batch, ends = _load(work, tx, link_id)
    if reviews.effects_on(tx, work.sync.id, ends, only_open=True):
        label = label_of(batch.records[ends[0]])
        raise UserError(f"A write for {label} is on its way; edit it when that has ended.")
    item = _planned(work, batch, ends, edit, lead)
    if item.kind is Kind.NOTHING:
        return Edited(edit.field, work.sync.name, ())
    now = work.now()
    scope = Scope(work.sync.workspace_id, work.sync.id, NO_RUN, now, edit.person)
    decided = _decided(work, batch, ends, item, edit)
    decisions.store(tx, scope, [decided])
    # also what a person was asked about may be answered by it: the run looks once it is written
    records.mark(tx, scope, "a", [ends[0][1]], source="person")
    records.mark(tx, scope, "b", [ends[1][1]], source="person")
    syncs.request(tx, work.sync.id, now, edit.person)
    return Edited(
        edit.field, work.sync.name, [_name(tx, work, each.side) for each in decided.intents]
    )


def _load(work: Work, tx: sa.Connection, link_id: str) -> tuple[Batch, list[RecordKey]]:
    places = reviews.find(tx, [work.sync.id], [link_id])[link_id]
    ends: list[RecordKey] = sorted((side, record_id) for _, side, record_id in places)
    batch = batches.load_keys(tx, work.sync.id, ends, work.ancestry)
    gone = [each for each in ends if each not in batch.records]
    if len(ends) != len(SIDES) or gone or any(r.state == "gone" for r in batch.records.values()):
        raise UserError("One of the two records is not there any more; nothing was written.")
    return batch, ends


def _planned(
    work: Work, batch: Batch, ends: Sequence[RecordKey], edit: Edit, lead: SideName
) -> Item:
    rows = {key[0]: batch.records[key] for key in ends}
    bases = decisions.bases_of(batch.links[rows["a"].link_id])
    sides = {
        side: known_in(work, batch, rows[side], base)
        for side, base in zip(SIDES, bases, strict=True)
    }
    countries = {side: work.side(side).country for side in SIDES}
    return edit_pair(work.mapping, label_of(rows["a"]), sides, edit, countries, lead)


def _decided(
    work: Work, batch: Batch, ends: Sequence[RecordKey], item: Item, edit: Edit
) -> Decided:
    row = batch.records[ends[0]]
    said = {Reason.SETTLED.value: edit.sentence}
    intents = [
        replace(each, why={key: said.get(why, why) for key, why in each.why.items()})
        for each in intents_of(work, item)
    ]
    return Decided(
        item=item,
        intents=intents,
        noticed=(),  # whatever was noticed about it still has to be decided
        keys=keys_of_row(row),
        link_id=row.link_id,
        bases=decisions.bases_of(batch.links[row.link_id]),
        parents={
            side: batch.records[side, record_id].parent_id
            for side, record_id in ends
            if batch.records[side, record_id].parent_id is not None
        },
    )


def _name(tx: sa.Connection, work: Work, side: SideName) -> str:
    a, b = reviews.names(tx, [work.sync.id])[work.sync.id]
    return a if side == "a" else b


def _sync_of(person: Person, kind: str, connection_id: str) -> Sync | None:
    """Return the active sync that keeps such records of a connection, if there is one."""
    return next(
        (
            each
            for each in person.syncs.values()
            if each.canonical == kind
            and each.state == "active"
            and connection_id in {each.a_connection, each.b_connection}
        ),
        None,
    )


def _side_of(sync: Sync, connection_id: str) -> SideName:
    return "a" if sync.a_connection == connection_id else "b"


def _added_entry(person: Person, new: NewChild, place: Place, end: End) -> Entry:
    said = str(new.values.get("title") or new.values.get("body") or "")[:200]
    row = person.records[place]
    return Entry(
        what="added",
        side=place[1],
        record_id=end[1],
        label=person.label,
        link_id=row.link_id,
        why=f"a {new.kind}: {said}",
        person=new.person,
    )
