"""What people do with the people in their apps: find one, look at everything, edit, add."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.person.editing import Edit
from instep.core.person.health import Health, health
from instep.core.person.search import read_search
from instep.core.person.timeline import Happening, Stretch, read_place, stretch
from instep.core.why import Stand
from instep.engine.people import naming
from instep.engine.people.asking import Answers, Asker, Trouble
from instep.engine.people.editing import Added, Edited, Editor, NewChild
from instep.engine.people.happenings import of_line
from instep.engine.people.person import KINDS, Person, contact_syncs, read_person
from instep.engine.review_services import Reviews, Told
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import connections, people
from instep.store.database import Database
from instep.store.people import Hit, Place

KEPT_SECONDS = 60.0
"""So long it is not asked again what the apps told of a person."""

_KEPT = 64
_TIES = 50
_KINDS = (*KINDS, "opportunity", "conversation", "message")


@dataclass(frozen=True, slots=True)
class Found:
    """One person that a search found, with what the record that was found says."""

    id: str
    name: str
    email: str | None
    phone: str | None
    connections: Sequence[str]
    stands: str

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {**asdict(self), "connections": [*self.connections]}


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of people; `by` says what was searched; `next` is where the following one begins."""

    by: str
    people: Sequence[Found]
    next: str | None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        told = [each.as_json() for each in self.people]
        return {"by": self.by, "people": told, "next": self.next}


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything there is to show of a person; `asked_at` None: no app was asked."""

    person: Person
    stands: Sequence[Told]
    happenings: Sequence[Happening]
    health: Health
    asked_at: int | None
    troubles: Sequence[Trouble] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        person = self.person
        email, phone = person.values("email"), person.values("phone")
        return {
            "id": naming.person_id(person.end),
            "name": person.label,
            "email": email[0] if email else None,
            "phone": phone[0] if phone else None,
            "records": [_record(person, place, row) for place, row in person.records.items()],
            "links": [each.as_json() for each in self.stands],
            "fields": [_field(asdict(each)) for each in person.fields()],
            "tags": [{"tag": tag, "connections": on} for tag, on in person.tags().items()],
            **{f"{kind}s": self._of(kind) for kind in _PLURAL},
            "opportunities": self._of("opportunity"),
            "asked_at": iso(self.asked_at),
            "troubles": [asdict(each) for each in self.troubles],
            "health": asdict(self.health),
        }

    def _of(self, kind: str) -> list[dict[str, Any]]:
        mine = [each for each in self.happenings if each.kind == kind]
        return [told(each) for each in sorted(mine, key=lambda each: each.place, reverse=True)]


_PLURAL = ("task", "note", "appointment", "conversation", "message")


@dataclass(slots=True)
class _Kept:
    answers: Answers
    until: float


@dataclass(slots=True)
class People:
    """The services around the people of one workspace."""

    db: Database
    clock: Clock
    reviews: Reviews
    asker: Asker
    editor: Editor
    workspace_id: str
    _answers: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)

    async def search(self, text: str, limit: int = 50, after: str | None = None) -> FoundPage:
        """Return people by name, e-mail or phone, a page at a time; with no text, everybody.

        Raises UserError for a text or place that is none.
        """
        wanted = read_search(text)
        place = None if after is None else naming.read_place(after)

        def read(tx: sa.Connection) -> FoundPage:
            syncs = contact_syncs(tx, self.workspace_id)
            hits = people.search(tx, syncs, wanted, limit + 1, place)
            shown = hits[:limit]
            more = naming.place_after(shown[-1]) if len(hits) > limit else None
            return FoundPage(wanted.by.value, self._found(tx, shown), more)

        return await self.db.run_read(read)

    def _found(self, tx: sa.Connection, hits: Sequence[Hit]) -> list[Found]:
        """Return what was found, in its order, with where else each is known."""
        records = people.records_at(tx, [each.place for each in hits])
        linked = people.links_of(tx, (row.link_id for row in records.values()))
        syncs = {each.id: each for each in contact_syncs(tx, self.workspace_id)}
        names = {each.id: each.name for each in connections.list_all(tx, self.workspace_id)}
        found = []
        for hit in hits:
            sync_id, side, record_id = hit.place
            sync, row = syncs[sync_id], records[hit.place]
            end = (sync.connection(side), record_id)
            both = [sync.a_connection, sync.b_connection] if row.link_id in linked else [end[0]]
            found.append(
                Found(
                    naming.person_id(end),
                    row.label or row.strong or row.weak or record_id,
                    row.strong,
                    row.weak,
                    [names[each] for each in both],
                    "linked" if row.link_id in linked and row.state == "known" else row.state,
                )
            )
        return found

    async def get(self, person_id: str, *, ask: bool = True) -> Whole:
        """Return everything about a person; the apps are asked for what no sync reads.

        Raises UserError for a person that no sync knows.
        """
        person = await self._person(person_id)
        stands = await self.reviews.stands([*person.records])
        answers = await self._asked(person) if ask else None
        happenings = [*person.happenings, *(answers.happenings if answers else ())]
        known = frozenset(kind for kind, _ in person.read & _ends(person))
        known |= answers.kinds if answers else frozenset()
        now = to_ms(self.clock.now())
        score = health(happenings, [Stand(each.stand) for each in stands], known, now)
        return Whole(
            person,
            stands,
            happenings,
            score,
            None if answers is None else answers.asked_at,
            () if answers is None else answers.troubles,
        )

    async def timeline(
        self, person_id: str, before: str | None = None, limit: int = 50, *, ask: bool = True
    ) -> Stretch:
        """Return a stretch of a person's timeline, the newest first. Raises UserError."""
        place = None if before is None else read_place(before)
        person = await self._person(person_id)
        until = None if place is None else place[0]
        lines = await self.db.run_read(lambda tx: self._lines(tx, person, until, limit + _TIES))
        answers = await self._asked(person) if ask else None
        happenings = [*person.happenings, *(answers.happenings if answers else ()), *lines]
        return stretch(happenings, before, limit)

    async def edit(
        self, person_id: str, changed: Mapping[str, str], by: str, sync: str | None = None
    ) -> Edited:
        """Write one field through the sync that keeps it. Raises UserError."""
        if len(changed) != 1:
            raise UserError("Change one field at a time: each goes to the app it belongs to.")
        [(name, value)] = changed.items()
        person = await self._person(person_id)
        return await self.editor.edit(person, Edit(name, value, by), sync)

    async def add(self, person_id: str, new: NewChild) -> Added:
        """Add a note or a task to a person. Raises UserError and what the app answers."""
        person = await self._person(person_id)
        added = await self.editor.add(person, new)
        self._answers.pop(person_id, None)
        return added

    async def _person(self, person_id: str) -> Person:
        end = naming.read_person_id(person_id)
        return await self.db.run_read(lambda tx: read_person(tx, self.workspace_id, end))

    async def _asked(self, person: Person) -> Answers:
        """Return what the apps tell, asked now or just before."""
        key, now = naming.person_id(person.end), self.clock.monotonic()
        kept = self._answers.get(key)
        if kept is None or kept.until <= now:
            kept = _Kept(await self.asker.ask(person), now + KEPT_SECONDS)
            self._answers[key] = kept
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
        return kept.answers

    def _lines(
        self, tx: sa.Connection, person: Person, until: int | None, limit: int
    ) -> list[Happening]:
        alone: list[Place] = [place for place, row in person.records.items() if row.link_id is None]
        rows = people.lines(tx, person.links, alone, until, limit)
        return [of_line(row, _where(person, row)) for row in rows]


def _ends(person: Person) -> frozenset[tuple[str, str]]:
    """Return every kind of thing of every connection that knows a person."""
    return frozenset((kind, end[0]) for kind in KINDS for end in person.ends)


def _where(person: Person, row: sa.Row[Any]) -> str:
    sync = person.syncs[row.sync_id]
    return person.name_of(sync.connection("b" if row.side == "b" else "a"))


def _record(person: Person, place: Place, row: sa.Row[Any]) -> dict[str, Any]:
    sync = person.syncs[place[0]]
    return {
        "connection": person.name_of(sync.connection(place[1])),
        "id": place[2],
        "sync": sync.name,
        "link": row.link_id,
        "state": row.state,
        "changed_at": iso(row.changed_at),
        "read_at": iso(row.read_at),
    }


def _field(told_field: dict[str, Any]) -> dict[str, Any]:
    """Return a field as programs read it: lists, not tuples."""
    values = [
        {**each, "value": [*each["value"]] if isinstance(each["value"], tuple) else each["value"]}
        for each in told_field["values"]
    ]
    return {**told_field, "values": values}


def told(each: Happening) -> dict[str, Any]:
    """Return a happening as programs read it."""
    as_read = {**asdict(each), "connections": [*each.connections]}
    return {**as_read, "at": iso(each.at), "asked_at": iso(each.asked_at)}


def iso(milliseconds: int | None) -> str | None:
    """Return a time as programs read it; None stays."""
    if milliseconds is None:
        return None
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError):  # an app may say anything
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
