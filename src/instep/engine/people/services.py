"""What people do with the people in their apps: find one, look at everything, edit, add."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.pairs import SIDES
from instep.core.person.editing import Edit
from instep.core.person.health import health
from instep.core.person.search import read_search
from instep.core.person.timeline import Happening, Sight, Stretch, read_place, stretch
from instep.core.why import Stand
from instep.engine.people import naming
from instep.engine.people.asking import Answers, Asker
from instep.engine.people.editing import Added, Edited, Editor, NewChild
from instep.engine.people.happenings import of_line
from instep.engine.people.person import KINDS, Person, contact_syncs, read_person
from instep.engine.people.shown import Found, FoundPage, Whole
from instep.engine.review_services import Reviews
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import connections, people
from instep.store.database import Database
from instep.store.people import Hit, LinesOf, Place

KEPT_SECONDS = 60.0
"""So long it is not asked again what the apps told of a person."""

SHOWN_SECONDS = 900.0
"""So long it is shown to whoever does not want the apps to be asked."""

_KEPT = 64
_TIES = 50
_EVERYTHING = Sight()


@dataclass(slots=True)
class _Kept:
    """`until` it is not asked again; `shown_until` it is shown. Both by the monotonic clock."""

    answers: Answers
    until: float
    shown_until: float


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

        def read(tx: sa.Connection) -> tuple[Sequence[Hit], dict[Place, Found]]:
            syncs = contact_syncs(tx, self.workspace_id)
            hits = people.search(tx, syncs, wanted, limit + 1, place)
            return hits, self._found(tx, hits[:limit])

        hits, found = await self.db.run_read(read)
        stands = {
            place: told.stand
            for told in await self.reviews.stands([*found])
            for place in told.places
        }
        shown = [replace(each, stands=stands.get(at, each.stands)) for at, each in found.items()]
        more = naming.place_after(hits[limit - 1]) if len(hits) > limit else None
        return FoundPage(wanted.by.value, shown, more)

    def _found(self, tx: sa.Connection, hits: Sequence[Hit]) -> dict[Place, Found]:
        """Return what was found, in its order, with where else each is known."""
        records = people.records_at(tx, [each.place for each in hits])
        linked = people.links_of(tx, (row.link_id for row in records.values()))
        changed = people.changed_at(tx, records, linked)
        syncs = {each.id: each for each in contact_syncs(tx, self.workspace_id)}
        names = {each.id: each.name for each in connections.list_all(tx, self.workspace_id)}
        found: dict[Place, Found] = {}
        for hit in hits:
            sync_id, side, record_id = hit.place
            sync, row = syncs[sync_id], records[hit.place]
            end = (sync.connection(side), record_id)
            both = [sync.a_connection, sync.b_connection] if row.link_id in linked else [end[0]]
            found[hit.place] = Found(
                naming.person_id(end),
                row.label or row.strong or row.weak or record_id,
                row.strong,
                row.weak,
                [names[each] for each in both],
                row.state,
                changed[hit.place],
            )
        return found

    async def get(self, person_id: str, *, ask: bool = True) -> Whole:
        """Return everything about a person; the apps are asked for what no sync reads.

        Without `ask` they are not, and what they told just before is in it all the same. Raises
        UserError for a person that no sync knows.
        """
        person = await self._person(person_id)
        stands = await self.reviews.stands([*person.records])
        answers = await self._asked(person) if ask else self._told_before(person)
        happenings = [*person.happenings, *(answers.happenings if answers else ())]
        known = frozenset(kind for kind, _ in person.read & _ends(person))
        known |= answers.kinds if answers else frozenset()
        now = to_ms(self.clock.now())
        score = health(happenings, [Stand(each.stand) for each in stands], known, now)
        return Whole(person, stands, happenings, score, answers)

    async def timeline(
        self,
        person_id: str,
        before: str | None = None,
        limit: int = 50,
        *,
        ask: bool = True,
        sight: Sight = _EVERYTHING,
    ) -> Stretch:
        """Return a stretch of a person's timeline, the newest first; `ask` as above.

        Raises UserError.
        """
        place = None if before is None else read_place(before)
        person = await self._person(person_id)
        until = None if place is None else place[0]
        lines = await self.db.run_read(
            lambda tx: (
                _lines(tx, person, until, sight, limit + _TIES) if sight.is_of("change") else []
            )
        )
        answers = await self._asked(person) if ask else self._told_before(person)
        happenings = [*person.happenings, *(answers.happenings if answers else ()), *lines]
        return stretch(filter(sight.holds, happenings), before, limit)

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
        kept = self._answers.get(person_id)
        if kept is not None:  # it tells of one thing less than there is
            kept.until = self.clock.monotonic()
        return added

    async def _person(self, person_id: str) -> Person:
        end = naming.read_person_id(person_id)
        return await self.db.run_read(lambda tx: read_person(tx, self.workspace_id, end))

    async def _asked(self, person: Person) -> Answers:
        """Return what the apps tell, asked now or just before."""
        key, now = naming.person_id(person.end), self.clock.monotonic()
        kept = self._answers.get(key)
        if kept is None or kept.until <= now:
            told = await self.asker.ask(person)
            kept = _Kept(told, now + KEPT_SECONDS, now + SHOWN_SECONDS)
            self._answers[key] = kept
            while len(self._answers) > _KEPT:
                self._answers.popitem(last=False)
        return kept.answers

    def _told_before(self, person: Person) -> Answers | None:
        """Return what the apps told when somebody asked them last, if that was not long ago."""
        kept = self._answers.get(naming.person_id(person.end))
        return None if kept is None or kept.shown_until <= self.clock.monotonic() else kept.answers


def _lines(
    tx: sa.Connection, person: Person, until: int | None, sight: Sight, limit: int
) -> list[Happening]:
    sides = None
    if sight.connections:
        sides = [
            (of.id, side)
            for of in person.syncs.values()
            for side in SIDES
            if person.name_of(of.connection(side)) in sight.connections
        ]
    rows = people.lines(tx, LinesOf(person.links, [*person.records], until, sides=sides), limit)
    return [of_line(row, _where(person, row)) for row in rows]


def _ends(person: Person) -> frozenset[tuple[str, str]]:
    """Return every kind of thing of every connection that knows a person."""
    return frozenset((kind, end[0]) for kind in KINDS for end in person.ends)


def _where(person: Person, row: sa.Row[Any]) -> str:
    sync = person.syncs[row.sync_id]
    return person.name_of(sync.connection("b" if row.side == "b" else "a"))
