"""One Insightly instance: its records, and what holds between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from instep.connectors.insightly.emulator.document import (
    Invalid,
    blank,
    link_target,
    stamp,
    tagged,
    tidied,
    written,
)
from instep.connectors.insightly.emulator.kinds import (
    CHILDREN,
    CONTACT,
    KINDS,
    NOTE,
    ORGANISATION,
    TASK,
    Kind,
)
from instep.connectors.insightly.emulator.links import Links
from instep.connectors.insightly.emulator.person import from_person
from instep.connectors.insightly.emulator.shelf import Query, Shelf
from instep.sandbox.clock import Clock
from instep.sandbox.people import Person
from instep.sandbox.state import Document, State

Settings = Callable[[], dict[str, Any]]

FIRST_USER = 1

_OTHER_WORDS = {
    "<p>": '<P style="margin: 0">',
    "</p>": "</P>\n  ",
    "<br>": "<br />\n",
    "'": "&#39;",
    " & ": " &amp;&nbsp;",
}
"""How an editor may write what it was given; what that comes to for a reader is the same."""


class Instance:
    """Every change is one transaction. Raises Invalid where what was sent does not fit."""

    def __init__(self, state: State, clock: Clock, settings: Settings) -> None:
        self._state = state
        self._clock = clock
        self._settings = settings
        self.shelves = {kind: Shelf(state, kind) for kind in KINDS}
        self.links = Links(state)
        self._kinds = {kind.name: kind for kind in KINDS}

    def now(self) -> str:
        """Return the app's time as it is written into records."""
        return stamp(self._clock.now())

    # Records

    def add(self, kind: Kind, sent: Document) -> Document:
        """Create a record; its owner is the key's user unless it names one (assumed)."""
        with self._state.transaction():
            self._check_organisation(kind, sent)
            if kind is TASK and self._settings()["needs_owner"] and not sent.get("OWNER_USER_ID"):
                raise Invalid("OWNER_USER_ID is required.")
            sent = self._kept_of(sent)
            owner = {"OWNER_USER_ID": FIRST_USER} if kind in CHILDREN else {}
            return self.shelves[kind].add({**owner, **sent}, self.now())

    def add_note(self, parent: tuple[Kind, int], sent: Document) -> Document:
        """Create a note on a contact or an organisation."""
        kind, number = parent
        if self._settings()["wraps_notes"] and sent.get("BODY"):
            sent = {**sent, "BODY": f"<p>{sent['BODY']}</p>"}
        sent = self._set_anew(sent)
        with self._state.transaction():
            note = self.add(NOTE, sent)
            return self._linked(NOTE, note, (kind.name, number), {}, touching=False)[0]

    def _set_anew(self, note: Document) -> Document:
        """Write a note's HTML another way, if told so: other words for the same lines."""
        body = note.get("BODY")
        if not self._settings()["rewrites_notes"] or not isinstance(body, str) or not body:
            return note
        for plain, anew in _OTHER_WORDS.items():
            body = body.replace(plain, anew)
        return {**note, "BODY": f'<div class="note">\n{body}</div>'}

    def update(self, kind: Kind, record: Document, sent: Document) -> Document:
        """Change a record."""
        if kind is NOTE:
            sent = self._set_anew(sent)
        with self._state.transaction():
            self._check_organisation(kind, sent)
            after = written(kind, record, self._kept_of(sent), self.now())
            self.shelves[kind].put(after)
        return after

    def _kept_of(self, sent: Document) -> Document:
        """Return what is kept of what was sent."""
        return tidied(sent) if self._settings()["tidies"] else sent

    def retag(self, kind: Kind, record: Document, tags: list[str]) -> Document:
        """Give a record exactly these tags."""
        now = self.now() if self._settings()["tags_touch"] else record["DATE_UPDATED_UTC"]
        after = tagged(record, tags, now)
        self.shelves[kind].put(after)
        return after

    def remove(self, kind: Kind, number: int) -> None:
        """Remove a record, the links from and to it, and what the settings let go with it."""
        with self._state.transaction():
            self.shelves[kind].remove(number)
            self.links.remove(self.links.of((kind.name, number)))
            coming = self.links.to((kind.name, number))
            self.links.remove(coming)
            for link in coming:
                self._orphan(self._kinds[link["OBJECT_NAME"]], link["OBJECT_ID"])
            if kind is ORGANISATION:
                self._empty_organisation(number)

    def add_people(self, people: Iterable[Person]) -> int:
        """Create a contact for each of these people, all or none."""
        several, now = list(people), self.now()
        shelf = self.shelves[CONTACT]
        shelf.add_many(len(several), lambda at, number: from_person(number, several[at], now))
        return len(several)

    def fill(
        self,
        name: str,
        how_many: int,
        make: Callable[[int], Document],
        parent: tuple[str, int] | None = None,
    ) -> None:
        """Create many records of one kind from `make(place)`, all below one parent if one is named."""
        kind, now = self._kinds[name], self.now()

        def record(place: int, number: int) -> Document:
            return written(kind, blank(kind, number, now), make(place), now)

        with self._state.transaction():
            numbers = self.shelves[kind].add_many(how_many, record)
            for number in numbers if parent is not None else ():
                made = self.shelves[kind].get(number)
                if made is not None and parent is not None:
                    self._linked(kind, made, parent, {}, touching=False)

    def numbers(self, name: str) -> list[int]:
        """Return the numbers of all records of one kind, in order."""
        kind = self._kinds[name]
        return [record[kind.key] for record in self.shelves[kind].page(Query(kind))]

    def census(self) -> dict[str, int]:
        """Return how many records of each kind there are."""
        counts = {kind.table: shelf.count(Query(kind)) for kind, shelf in self.shelves.items()}
        return {**counts, "links": self.links.count()}

    # Links

    def link(self, kind: Kind, record: Document, sent: Document) -> Document:
        """Link a record to another, which must be there if the emulator keeps its kind."""
        name, number = target = link_target(sent)
        with self._state.transaction():
            kept = self._kinds.get(name)
            if kept is not None and self.shelves[kept].get(number) is None:
                raise Invalid(f"{name} {number} was not found.")
            return self._linked(kind, record, target, sent, touching=True)[1]

    def unlink(self, kind: Kind, record: Document, link: Document) -> None:
        """Take a link away."""
        with self._state.transaction():
            self.links.remove([link])
            self._show_links(kind, record, touching=True)

    def _linked(
        self,
        kind: Kind,
        record: Document,
        target: tuple[str, int],
        sent: Document,
        *,
        touching: bool,
    ) -> tuple[Document, Document]:
        source = (kind.name, record[kind.key])
        link = self.links.add(source, target, sent)
        return self._show_links(kind, record, touching=touching), link

    def _show_links(self, kind: Kind, record: Document, *, touching: bool) -> Document:
        touches = touching and self._settings()["links_touch"]
        now = self.now() if touches else record["DATE_UPDATED_UTC"]
        links = self.links.of((kind.name, record[kind.key]))
        after = {**record, "LINKS": links, "DATE_UPDATED_UTC": now}
        self.shelves[kind].put(after)
        return after

    def _orphan(self, kind: Kind, number: int) -> None:
        """Deal with a record that was linked to one that is gone."""
        record = self.shelves[kind].get(number)
        if record is None:
            return
        alone = not self.links.of((kind.name, number))
        if alone and kind in CHILDREN and self._settings()["orphans"] == "deleted":
            self.remove(kind, number)
        else:
            self._show_links(kind, record, touching=True)

    # Organisations of contacts

    def _check_organisation(self, kind: Kind, sent: Document) -> None:
        number = sent.get(ORGANISATION.key)
        known = not isinstance(number, int) or self.shelves[ORGANISATION].get(number)
        if kind is CONTACT and not known:
            raise Invalid(f"Organisation {number} was not found.")

    def _empty_organisation(self, number: int) -> None:
        """Take the contacts out of an organisation that is gone (assumed)."""
        shelf, now = self.shelves[CONTACT], self.now()
        members = shelf.page(Query(CONTACT).holding("ORGANISATION_ID", str(number)))
        shelf.put_many(
            {**member, "ORGANISATION_ID": None, "DATE_UPDATED_UTC": now} for member in members
        )
