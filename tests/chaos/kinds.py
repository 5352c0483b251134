"""The kinds of record that chaos works on, as data: what they hold, what is edited, who wins."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos import ghl_doors as ghl
from tests.chaos import insightly_doors as insightly
from tests.chaos.doors import Door

Values = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind.

    `marker` is the field nobody edits: by it a record is known on both sides. `fields` are compared;
    `edited` are those that users edit, `identifying` those of them by which two records are
    recognised as one. `make` makes the values of a new record of this number. `mapping` None maps
    every shared field. `doings` says how often users do what, compared with each other. `belongs`
    says that it belongs to a contact; `furnished` is how many of them both sides begin with.
    """

    name: str
    marker: str
    a: type[Door]
    b: type[Door]
    fields: Sequence[str]
    edited: Sequence[str]
    doings: Mapping[str, int]
    make: Callable[[int, random.Random], Values]
    identifying: Sequence[str] = ()
    mapping: Sequence[Mapping[str, Any]] | None = None
    deletes: str = "ignore"
    belongs: bool = False
    furnished: int = 0
    never_empty: Sequence[str] = field(default_factory=tuple)

    @property
    def read_whole(self) -> bool:
        """Whether only a complete read finds what webhooks missed, as it is made at night."""
        return self.belongs or self.deletes != "ignore"

    def value(self, name: str, number: int, side: str, chance: random.Random) -> Any:
        """Return a new value of one field: nobody else sets the same."""
        match name:
            case "email":
                return f"mail{number}.{chance.randrange(10**6)}@example.com"
            case "phone":
                return f"+1{chance.choice(['212', '415', '305'])}555{number % 10000:04}"
            case "completed":
                return chance.random() < 0.7
            case "website":
                return f"https://example.com/{number}"
        return f"{name} {number} {side}"


def _person(number: int, _chance: random.Random) -> Values:
    return {
        "first_name": f"New {number}",
        "last_name": f"Comer{number}",
        "email": f"comer{number}@example.com",
        "phone": f"+1646555{number % 10000:04}",
        "city": f"City {number}",
    }


def _business(number: int, _chance: random.Random) -> Values:
    return {"name": f"Business {number}", "city": f"City {number}"}


def _task(number: int, chance: random.Random) -> Values:
    due = _day(chance) + timedelta(minutes=number)
    return {"title": f"Task {number}", "body": f"What {number}", "due_at": _stamp(due)}


def _note(number: int, _chance: random.Random) -> Values:
    return {"title": f"Note {number}", "body": f"Text {number}"}


def _appointment(number: int, chance: random.Random) -> Values:
    # no two at one time: by that they are recognised
    start = _day(chance) + timedelta(minutes=30 * number)
    return {
        "title": f"Meeting {number}",
        "starts_at": _stamp(start),
        "ends_at": _stamp(start + timedelta(minutes=30)),
        "address": f"Room {number}",
    }


def _day(chance: random.Random) -> datetime:
    today = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    return today + timedelta(days=chance.randrange(2, 40))


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


CONTACT = Kind(
    name="contact",
    marker="last_name",
    a=ghl.GhlContacts,
    b=insightly.InsightlyContacts,
    fields=("first_name", "email", "phone", "address", "city", "state", "postal_code"),
    edited=("first_name", "email", "phone", "address", "city", "state", "postal_code"),
    identifying=("first_name", "email", "phone"),
    never_empty=("first_name",),
    doings={
        "edit": 10,
        "same field": 3,
        "empty": 2,
        "tag": 4,
        "untag": 2,
        "add": 2,
        "add keyless": 1,
        "add relative": 1,
        "add twice": 1,
        "delete": 1,
        "bounce": 1,
    },
    make=_person,
    mapping=(
        {"a": "first_name"},
        {"a": "last_name"},
        {"a": "email"},
        {"a": "phone", "authority": "b"},
        {"a": "address", "authority": "b"},
        {"a": "city", "authority": "newest", "clears": True},
        {"a": "state"},
        {"a": "postal_code", "authority": "ask"},
        {"a": "tags"},
    ),
)

BUSINESS = Kind(
    name="business",
    marker="name",
    a=ghl.GhlBusinesses,
    b=insightly.InsightlyOrganisations,
    fields=("phone", "website", "address", "city"),
    edited=("phone", "website", "address", "city"),
    doings={"edit": 4, "same field": 1, "empty": 1, "add": 1},
    make=_business,
    furnished=5,
)

TASK = Kind(
    name="task",
    marker="title",
    a=ghl.GhlTasks,
    b=insightly.InsightlyTasks,
    fields=("body", "due_at", "completed"),
    edited=("body", "completed"),
    doings={"edit": 5, "same field": 1, "add": 3, "delete": 1},
    make=_task,
    deletes="delete",
    belongs=True,
    furnished=6,
)

NOTE = Kind(
    name="note",
    marker="title",
    a=ghl.GhlNotes,
    b=insightly.InsightlyNotes,
    fields=("body",),
    edited=("body",),
    identifying=("body",),
    never_empty=("body",),
    doings={"edit": 3, "add": 2},
    make=_note,
    belongs=True,
    furnished=6,
)

APPOINTMENT = Kind(
    name="appointment",
    marker="title",
    a=ghl.GhlAppointments,
    b=insightly.InsightlyEvents,
    fields=("starts_at", "ends_at", "address"),
    edited=("address",),
    doings={"edit": 3, "same field": 1, "add": 2},
    make=_appointment,
    belongs=True,
    furnished=4,
)

KINDS = (CONTACT, BUSINESS, TASK, NOTE, APPOINTMENT)
