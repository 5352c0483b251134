"""What an application or a case tells of contacts, notes and tasks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from instep.connectors.backnine import listing, payloads, statuses
from instep.connectors.backnine.payloads import Application, Case
from instep.connectors.backnine.people import contact_of
from instep.connectors.backnine.times import instant
from instep.core.records import Values
from instep.core.shapes import Kind, Shape
from instep.sdk.request import Reply, Request
from instep.sdk.webhooks import EventKind, Hint, Told

_EARLIEST = datetime.min.replace(tzinfo=UTC)

PLACES: Mapping[type[Any], payloads.Places] = {
    Application: payloads.APPLICATION,
    Case: payloads.CASE,
}


def told_of(saved: Application | Case) -> tuple[Told, ...]:
    """Return the records that a save tells of, the person first."""
    if isinstance(saved, Case):
        return tuple(_note(saved, saved.insured_id))
    if saved.insured is None:
        return ()
    person = saved.insured.id
    return (*_contact(saved), *_note(saved, person), *_task(saved, person))


def hint_of(saved: Application | Case, sending_id: str) -> Hint:
    """Return what a webhook about it comes to: its person to look at, of a case its note."""
    told = told_of(saved)
    first = told[0] if told else None
    return Hint(
        id=sending_id,
        event="application.saved" if isinstance(saved, Application) else "case.saved",
        resource=first.kind if first else None,
        # before anybody is insured, flows keep the saves of one application in order by its own id
        record_id=first.record_id if first else saved.id,
        parent_id=first.parent_id if first else None,
        account_id=None,
        told=told,
        body=_said(saved),
        told_at=None if saved.changed_at is None else int(saved.changed_at.timestamp() * 1000),
    )


def _said(saved: Application | Case) -> dict[str, Any]:
    """Return what flows read of a save: what was picked of it and cleaned, and nothing else."""
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in asdict(saved).items()
        if name != "tells_follow_up"
    }


_TEXT, _TIME = Shape(Kind.TEXT), Shape(Kind.TIME)
_INSURED = Shape(Kind.OBJECT, dict.fromkeys(("id", "name", "email", "phone"), _TEXT))
_CASE = {"id": _TEXT, "insured_id": _TEXT, "status": _TEXT, "changed_at": _TIME}
_APPLICATION = {
    "id": _TEXT,
    "insured": _INSURED,
    "status": _TEXT,
    "completed": Shape(Kind.BOOLEAN),
    "category": _TEXT,
    "follow_up_at": _TIME,
    "changed_at": _TIME,
}
EVENTS: Mapping[str, EventKind] = {
    "application.saved": EventKind(Shape(Kind.OBJECT, _APPLICATION)),
    "case.saved": EventKind(Shape(Kind.OBJECT, _CASE)),
}
"""What a webhook about an application or a case tells flows."""


def _contact(saved: Application) -> Iterator[Told]:
    """Yield the insured once there is an e-mail or a phone.

    An application begins without: of a name alone nobody could tell who it is, and the other app
    may well have that person.
    """
    insured = saved.insured
    if insured is not None and (insured.email or insured.phone):
        yield Told("contact", insured.id, contact_of(saved), changed_at=saved.changed_at)


def _note(saved: Application | Case, person: str | None) -> Iterator[Told]:
    """Yield the note on the present status, where there is somebody to keep it for."""
    number = statuses.note_id(saved)
    if number is None or person is None:
        return
    values: Values = {"body": statuses.note_text(saved), "contact_id": person}
    if saved.changed_at is not None:
        values = {**values, "added_at": instant(saved.changed_at)}
    # a later save in the same status is no other change of status
    yield Told("note", number, values, person, saved.changed_at, once=True)


def _task(saved: Application, person: str) -> Iterator[Told]:
    """Yield the follow-up; it is gone once BackNine says that none is set."""
    if not saved.tells_follow_up:
        return
    number = statuses.task_id(saved)
    if saved.follow_up_at is None:
        yield Told("task", number, {}, person, saved.changed_at, gone=True)
        return
    values: Values = {
        "title": statuses.task_title(saved),
        "due_at": instant(saved.follow_up_at),
        "completed": False,
        "contact_id": person,
    }
    yield Told("task", number, values, person, saved.changed_at)


def told_in(request: Request, reply: Reply) -> Sequence[Told]:
    """Return what a page of the list of applications tells, each record once.

    Of several applications of one person the one that was saved last counts.
    """
    if request.path != listing.PATH or not reply.ok:
        return ()
    read = (payloads.application(raw) for raw in listing.rows(reply))
    saved = sorted((each for each in read if each is not None), key=_moment)
    newest: dict[tuple[str, str], Told] = {}
    for told in chain.from_iterable(map(told_of, saved)):
        older = newest.get((told.kind, told.record_id))
        newest[told.kind, told.record_id] = told if older is None else _merged(older, told)
    return [*newest.values()]


def _moment(saved: Application) -> datetime:
    return saved.changed_at or _EARLIEST


def _merged(older: Told, newer: Told) -> Told:
    """Return the newer of two, with what only the older one says."""
    if older.gone or newer.gone:
        return newer
    return replace(newer, values={**older.values, **newer.values})
