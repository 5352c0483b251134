"""What is read of the app's JSON: an allow-list of places, and nothing else.

Applications and cases hold far more than a contact needs, social security numbers and answers about
health among it. `pick` takes out the places named here before anything else looks at a body, so
that no other part of Instep ever sees the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from instep.connectors.backnine.times import moment
from instep.connectors.backnine.withheld import is_no_number, is_phone

Places = Mapping[str, Any]

# facts: apps backnine.json, payload_fields_seen
_INSURED: Places = {"id": None, "name": None, "phone_mobile": None, "email": None}
APPLICATION: Places = {
    "id": None,
    "updated_at": None,
    "completed_at": None,
    "is_completed": None,
    "status": None,
    "edited_status": None,
    "follow_up_at": None,
    "product": {"category": None},
    "insured": _INSURED,
    "parties": {"type": None, "primary_phone": None, "email": None},
}
CASE: Places = {"id": None, "updated_at": None, "status": None, "insured": {"id": None}}

Kind = Literal["application", "case"]

# one consumer was sent `{"electronic_application": {…}}`, another the application itself; what
# wraps a case was not seen and is taken to be alike
_WRAPPERS: Mapping[str, Kind] = {"electronic_application": "application", "case": "case"}
# what one of the two has and the other has not (facts: apps backnine.json)
_ONLY_OF_CASE = frozenset({"face_amount", "policy_number"})
_ONLY_OF_APPLICATION = frozenset(
    {"is_completed", "step", "named_step", "edited_status", "benefit_amount", "follow_up_at"}
)
_INSURED_PARTIES = frozenset({"proposed", "insured"})
_LONGEST_ID = 100
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Insured:
    """The person an application is about. Empty texts are None."""

    id: str
    name: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Application:
    """One Quote & Apply application. Times are aware, in UTC; `insured` is None before it has one.

    `tells_follow_up` says whether the app said anything about a follow-up, if only that none is set.
    """

    id: str
    insured: Insured | None
    status: str | None
    completed: bool
    category: str | None
    follow_up_at: datetime | None
    tells_follow_up: bool
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """One case: an application on its way to a policy."""

    id: str
    insured_id: str | None
    status: str | None
    changed_at: datetime | None


def pick(raw: Any, places: Places) -> dict[str, Any]:
    """Return what stands at these places; lists are picked from row by row."""
    if not isinstance(raw, dict):
        return {}
    return {
        name: raw[name] if below is None else _below(raw[name], below)
        for name, below in places.items()
        if name in raw
    }


def _below(raw: Any, places: Places) -> Any:
    return [pick(each, places) for each in raw] if isinstance(raw, list) else pick(raw, places)


def kind_of(body: Mapping[str, Any]) -> tuple[Kind | None, Any]:
    """Return what a webhook is about, and where it stands in the body."""
    for wrapper, kind in _WRAPPERS.items():
        if isinstance(body.get(wrapper), dict):
            return kind, body[wrapper]
    if _ONLY_OF_APPLICATION & body.keys():
        return "application", body
    return ("case", body) if _ONLY_OF_CASE & body.keys() else (None, body)


def application(raw: Any) -> Application | None:
    """Read an application; None where it has no id."""
    picked = pick(raw, APPLICATION)
    number = _id(picked.get("id"))
    if number is None:
        return None
    due = picked.get("follow_up_at")
    return Application(
        id=number,
        insured=_insured(picked, number),
        status=_text(picked.get("edited_status")) or _text(picked.get("status")),
        completed=bool(picked.get("is_completed") or picked.get("completed_at")),
        category=_text((picked.get("product") or {}).get("category")),
        follow_up_at=moment(due),
        # a time in a form nobody knows is neither a follow-up nor none
        tells_follow_up="follow_up_at" in picked and (not due or moment(due) is not None),
        changed_at=moment(picked.get("updated_at")),
    )


def case(raw: Any) -> Case | None:
    """Read a case; None where it has no id."""
    picked = pick(raw, CASE)
    number = _id(picked.get("id"))
    if number is None:
        return None
    return Case(
        id=number,
        insured_id=_id((picked.get("insured") or {}).get("id")),
        status=_text(picked.get("status")),
        changed_at=moment(picked.get("updated_at")),
    )


def _insured(picked: Mapping[str, Any], application_id: str) -> Insured | None:
    """Read the insured; one without an id of its own goes by the application's.

    Phone and e-mail stand at the party of the insured, where they do not stand at the insured.
    """
    told = picked.get("insured") or {}
    parties = [
        each for each in _rows(picked.get("parties")) if each.get("type") in _INSURED_PARTIES
    ]
    party = parties[0] if parties else {}
    name = _text(told.get("name"))
    email = _text(told.get("email")) or _text(party.get("email"))
    phones = (_text(told.get("phone_mobile")), _text(party.get("primary_phone")))
    phone = next((each for each in phones if each is not None and is_phone(each)), None)
    number = _id(told.get("id"))
    if number is None and name is email is phone is None:
        return None
    return Insured(
        id=number or f"eapp-{application_id}",
        name=name if name is not None and is_no_number(name) else None,
        email=email if email is not None and _EMAIL.fullmatch(email) else None,
        phone=phone,
    )


def _rows(raw: Any) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in raw if isinstance(each, dict)) if isinstance(raw, list) else ()


def _id(raw: Any) -> str | None:
    """Return an id as text; what is none, is empty or is longer than any is not taken for one."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        return None
    text = str(raw).strip()
    return text if text and len(text) <= _LONGEST_ID and text.isprintable() else None


def _text(raw: Any) -> str | None:
    """Return a text on one line, without what nobody can see and no database keeps."""
    line = " ".join(raw.split()) if isinstance(raw, str) else ""
    return "".join(letter for letter in line if letter.isprintable()) or None
