"""What is shown of people: in a list, and everything of one, as programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.person.health import Health
from instep.core.person.timeline import Happening
from instep.core.times import iso_seconds
from instep.engine.people import naming
from instep.engine.people.asking import Answers
from instep.engine.people.person import Person
from instep.engine.review_services import Told
from instep.store.people import Place


@dataclass(frozen=True, slots=True)
class Found:
    """One person that a search found, with what the record that was found says.

    `stands` is how that record stands; `changed_at` when it or its partner was changed last, as
    their apps tell.
    """

    id: str
    name: str
    email: str | None
    phone: str | None
    connections: Sequence[str]
    stands: str
    changed_at: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        told = {**asdict(self), "connections": [*self.connections]}
        return {**told, "changed_at": iso(self.changed_at)}


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
    """Everything there is to show of a person; `answers` None: no app was asked."""

    person: Person
    stands: Sequence[Told]
    happenings: Sequence[Happening]
    health: Health
    answers: Answers | None

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
            "tags": [{"tag": tag, "connections": on} for tag, on in self._tags().items()],
            **{f"{kind}s": self._of(kind) for kind in _PLURAL},
            "opportunities": self._of("opportunity"),
            "asked_at": iso(self.answers.asked_at) if self.answers else None,
            "troubles": [asdict(each) for each in self.answers.troubles] if self.answers else [],
            "health": asdict(self.health),
        }

    def _tags(self) -> dict[str, list[str]]:
        """Return every tag with the connections that have it, read or asked for."""
        found = self.person.tags()
        asked = self.answers.tags if self.answers else {}
        for name in dict.fromkeys(self.person.name_of(each) for each, _ in self.person.ends):
            for tag in asked.get(name, ()):
                found.setdefault(tag, []).append(name)
        return dict(sorted(found.items()))

    def _of(self, kind: str) -> list[dict[str, Any]]:
        mine = [each for each in self.happenings if each.kind == kind]
        return [told(each) for each in sorted(mine, key=lambda each: each.place, reverse=True)]


_PLURAL = ("task", "note", "appointment", "conversation", "message")


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
    return {**told_field, "values": [_spoken(each) for each in told_field["values"]]}


def _spoken(each: dict[str, Any]) -> dict[str, Any]:
    wrote, waits, refused = each["wrote"], each["waits"], each["refused"]
    if wrote is not None:
        wrote = {**wrote, "at": iso(wrote["at"]), "before": _listed(wrote["before"])}
    if waits is not None:
        how = {name: said for name, said in waits["how"].items() if name != "connection"}
        waits = {**how, "value": _listed(waits["value"]), "person": waits["person"]}
    if refused is not None:
        refused = {**refused, "at": iso(refused["at"])}
    ours = {"wrote": wrote, "waits": waits, "refused": refused}
    return {**each, "value": _listed(each["value"]), **ours}


def _listed(value: Any) -> Any:
    return [*value] if isinstance(value, tuple) else value


def told(each: Happening) -> dict[str, Any]:
    """Return a happening as programs read it."""
    waits = [asdict(way) for way in each.waits]
    as_read = {**asdict(each), "connections": [*each.connections], "waits": waits}
    return {**as_read, "at": iso(each.at), "asked_at": iso(each.asked_at)}


def iso(milliseconds: int | None) -> str | None:
    """Return a time as programs read it; None stays."""
    try:
        return iso_seconds(milliseconds)
    except (OverflowError, ValueError):  # an app may say anything
        return None
