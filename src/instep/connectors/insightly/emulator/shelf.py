"""Where the emulator keeps its contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from instep.connectors.insightly.emulator.contact import blank, from_person, stamp, written
from instep.sandbox.clock import Clock
from instep.sandbox.people import Person
from instep.sandbox.state import Collection, Column, Document, State

_FIRST_ID = 300_000_001
_COLUMNS = {"EMAIL_ADDRESS": "email", "PHONE_MOBILE": "mobile"}


@dataclass(frozen=True, slots=True)
class Query:
    """Which contacts a list shows: SQL conditions and their values."""

    conditions: tuple[str, ...] = ()
    values: tuple[Column, ...] = ()

    def holding(self, name: str, value: str) -> Query:
        """Return the query narrowed to contacts whose field holds exactly this text."""
        # the name was checked against the declared fields
        column = _COLUMNS.get(name) or f"CAST(json_extract(body, '$.{name}') AS TEXT)"
        return self._and(f"{column} = ?", value)

    def updated_after(self, moment: str, shown_until: str) -> Query:
        """Return the query narrowed to changes after one moment, as far as the index knows."""
        return self._and("updated > ? AND updated <= ?", moment, shown_until)

    def tagged(self, name: str) -> Query:
        """Return the query narrowed to contacts with this tag."""
        tags = "SELECT lower(json_extract(value, '$.TAG_NAME')) FROM json_each(body, '$.TAGS')"
        return self._and(f"? IN ({tags})", name.lower())

    def _and(self, condition: str, *values: Column) -> Query:
        return Query((*self.conditions, condition), (*self.values, *values))

    @property
    def where(self) -> str:
        """The condition as SQL."""
        return " AND ".join(self.conditions) or "1"


class Shelf:
    """The contacts of one instance. Ids only rise and are never given twice."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._contacts = Collection(
            state,
            "contacts",
            {
                "email": lambda contact: contact["EMAIL_ADDRESS"],
                "mobile": lambda contact: contact["PHONE_MOBILE"],
                "updated": lambda contact: contact["DATE_UPDATED_UTC"],
            },
            indexes=("email", "mobile", "updated"),
        )

    def now(self) -> str:
        """Return the app's time as it is written into contacts."""
        return stamp(self._clock.now())

    def add(self, sent: Document) -> Document:
        """Create a contact. Raises Invalid."""
        with self._state.transaction():
            number = self._take_ids(1)
            contact = written(blank(number, self.now()), sent, self.now())
            self._contacts.put(number, contact)
        return contact

    def add_people(self, people: Iterable[Person]) -> int:
        """Create a contact for each of these people, all or none."""
        with self._state.transaction():
            several = list(people)
            first, now = self._take_ids(len(several)), self.now()
            self._contacts.put_many(
                (number, from_person(number, person, now))
                for number, person in enumerate(several, start=first)
            )
        return len(several)

    def put(self, contact: Document) -> None:
        """Store a changed contact."""
        self._contacts.put(contact["CONTACT_ID"], contact)

    def get(self, number: int) -> Document | None:
        """Return one contact, or None."""
        return self._contacts.get(number)

    def remove(self, number: int) -> bool:
        """Remove one contact; say whether it was there."""
        return self._contacts.delete(number)

    def page(self, query: Query, top: int, skip: int) -> list[Document]:
        """Return one page, in ascending id."""
        return self._contacts.find(query.where, query.values, limit=top, skip=skip)

    def count(self, query: Query) -> int:
        """Return how many contacts the query has in all."""
        return self._contacts.count(query.where, query.values)

    def tags(self) -> list[str]:
        """Return every tag in use, once."""
        rows = self._state.execute(
            "SELECT DISTINCT json_extract(value, '$.TAG_NAME') "
            "FROM contacts, json_each(body, '$.TAGS') ORDER BY 1"
        )
        return [name for (name,) in rows.fetchall()]

    def _take_ids(self, how_many: int) -> int:
        first: int = self._state.kept("next_id", lambda: _FIRST_ID)
        self._state.keep("next_id", first + how_many)
        return first
