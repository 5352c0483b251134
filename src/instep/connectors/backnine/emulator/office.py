"""The office behind the emulator: its applications and cases, as agents save them in BOSS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from instep.sandbox.clock import Clock
from instep.sandbox.people import Person
from instep.sandbox.state import Collection, Document, State

_FIRST = 1001

# What no sync may ever see. The names are ours: the facts do not tell how BackNine calls them.
SECRETS: Mapping[str, Any] = {
    "ssn": "123-45-6789",
    "health_answers": {"diabetes": True, "tobacco": "daily"},
    "payment": {"bank_account": "000123456789", "routing_number": "021000021"},
}


class Office:
    """Every save is one transaction, and has a later time than the one before."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self.applications = Collection(state, "applications")
        self.cases = Collection(state, "cases")

    def save_application(self, given: Mapping[str, Any]) -> Document:
        """Save an application: a new one, or what is given of the one with this id."""
        with self._state.transaction():
            return self._save(self.applications, given, _blank_application)

    def save_case(self, given: Mapping[str, Any]) -> Document:
        """Save a case: a new one, or what is given of the one with this id."""
        with self._state.transaction():
            return self._save(self.cases, given, _blank_case)

    def add_people(self, people: Iterable[Person]) -> int:
        """Start an application for each of these people."""
        with self._state.transaction():
            several = [self.save_application({"insured": _insured(each)}) for each in people]
        return len(several)

    def page(self, number: int, size: int) -> list[Document]:
        """Return one page of applications; the first is number one."""
        return self.applications.find(limit=size, skip=(number - 1) * size)

    def _save(self, shelf: Collection, given: Mapping[str, Any], blank: Any) -> Document:
        now = self._now()
        number = given.get("id")
        before = shelf.get(number) if isinstance(number, int) else None
        if before is None:
            number = number if isinstance(number, int) else self._next_number()
            before = {**blank(number, self._next_number), "created_at": now}
        saved = {**_merged(before, given), "id": number, "updated_at": now}
        shelf.put(saved["id"], saved)
        return saved

    def _next_number(self) -> int:
        number: int = self._state.kept("next_number", lambda: _FIRST)
        self._state.keep("next_number", number + 1)
        return number

    def _now(self) -> str:
        """Return the time of this save: later than that of the save before."""
        last = datetime.fromisoformat(self._state.kept("last_save", lambda: _stamp(_LONG_AGO)))
        now = max(self._clock.now(), last + timedelta(milliseconds=1))
        self._state.keep("last_save", _stamp(now))
        return _stamp(now)


_LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00Z")


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> Document:
    """Return what is there with what is given; what has parts is merged part by part."""
    both = {
        name: _merged(before[name], value)
        for name, value in given.items()
        if isinstance(value, Mapping) and isinstance(before.get(name), Mapping)
    }
    return {**before, **given, **both}


def _insured(person: Person) -> Document:
    names = (person.first_name, person.last_name)
    return {
        "name": " ".join(each for each in names if each),
        "email": person.email,
        "phone_mobile": person.phone,
    }


def _blank_application(number: int, next_number: Any) -> Document:
    """Return an application nobody has worked on (facts: apps backnine.json, the fields seen)."""
    return {
        "id": number,
        "completed_at": None,
        "is_completed": False,
        "status": "started",
        "edited_status": "Started",
        "lead_status": None,
        "follow_up_at": None,
        "step": 1,
        "named_step": "quote",
        "step_display_name": "Quote - 0% Complete",
        "premium": 42.5,
        "benefit_amount": 500_000,
        "pay_duration": 20,
        "mode": 12,
        "refer": False,
        "product": _product(),
        "insured": {"id": next_number(), "name": None, "phone_mobile": None, "email": None}
        | dict(SECRETS),
        "agent": {"id": 7, "name": "Alex Agent"},
        "parties": [],
        **SECRETS,
    }


def _blank_case(number: int, next_number: Any) -> Document:
    return {
        "id": number,
        "status": "Submitted",
        "policy_number": None,
        "product": _product(),
        "insured": {"id": next_number(), "name": None} | dict(SECRETS),
        "agent": {"id": 7, "name": "Alex Agent"},
        "premium": 42.5,
        "face_amount": 500_000,
        **SECRETS,
    }


def _product() -> Document:
    carrier = {"id": 3, "name": "Example Life"}
    return {"id": 11, "name": "Example Term 20", "category": "Term", "carrier": carrier}
