"""The notes of an appointment. They are not the contact's notes."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.calendars.diary import APPOINTMENT, SERIES, Diary
from instep.sandbox.gohighlevel.calendars.paging import asked
from instep.sandbox.gohighlevel.calendars.refusals import unknown
from instep.sandbox.gohighlevel.calendars.slots import Event
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.state import Collection

Note = dict[str, Any]

_SHOWN = ("id", "body", "userId", "contactId")


class AppointmentNotes:
    """The notes of all appointments; those of one that is gone go too."""

    def __init__(self, services: Services) -> None:
        self._kept = Collection(
            services.state,
            "appointment_notes",
            {
                "appointment": lambda note: note["appointmentId"],
                "added": lambda note: note["dateAdded"],
            },
            ["appointment, added"],
        )
        services.part(Diary)  # its appointments are followed
        services.lifecycle.follow("appointment", Stage.DELETED, self.forget_appointment)

    def page(self, appointment_id: str, limit: int, skip: int) -> tuple[list[Note], bool]:
        """Return a page, newest first, and whether there is more."""
        where = "appointment = ?"
        order = "added DESC, id DESC"
        found = self._kept.find(where, (appointment_id,), order, limit + 1, skip)
        return found[:limit], len(found) > limit

    def get(self, appointment_id: str, note_id: str) -> Note:
        """Return a note. Raises Refusal if this appointment has none of this id."""
        note = self._kept.get(note_id)
        if note is None or note["appointmentId"] != appointment_id:
            raise unknown("Note")
        return note

    def keep(self, note: Note) -> Note:
        """Store a note, new or changed."""
        self._kept.put(note["id"], note)
        return note

    def delete(self, note: Note) -> None:
        """Remove a note."""
        self._kept.delete(note["id"])

    def forget_appointment(self, event: Event) -> None:
        """Remove the notes of an appointment that is gone."""
        for note in self._kept.find("appointment = ?", (event["id"],)):
            self.delete(note)


def list_notes(call: Call) -> JsonObject:
    """Return a page of an appointment's notes."""
    limit, skip = asked(call, "limit"), asked(call, "offset")
    notes, more = call.part(AppointmentNotes).page(_event(call)["id"], limit, skip)
    return {"notes": [_shown(each) for each in notes], "hasMore": more}


def create(call: Call) -> JsonObject:
    """Add a note to an appointment."""
    event = _event(call)
    note = {
        "id": new_id(),
        "appointmentId": event["id"],
        "contactId": event["contactId"],
        "dateAdded": call.now,
        **call.body,
    }
    return {"note": _shown(call.part(AppointmentNotes).keep(note))}


def update(call: Call) -> JsonObject:
    """Change a note."""
    note = {**_note(call), **call.body}
    return {"note": _shown(call.part(AppointmentNotes).keep(note))}


def delete(call: Call) -> JsonObject:
    """Remove a note."""
    call.part(AppointmentNotes).delete(_note(call))
    return {"success": True}


def _event(call: Call) -> Event:
    event = call.part(Diary).get(call.path["appointmentId"], APPOINTMENT, SERIES)
    return call.reached(event)


def _note(call: Call) -> Note:
    return call.part(AppointmentNotes).get(_event(call)["id"], call.path["noteId"])


def _shown(note: Note) -> JsonObject:
    shown: JsonObject = {name: note[name] for name in _SHOWN if name in note}
    if "userId" in note:
        shown["createdBy"] = {"id": note["userId"]}
    return {**shown, "dateAdded": iso(note["dateAdded"])}


OPERATIONS = (
    Operation("calendars.list_appointment_notes", list_notes),
    Operation("calendars.create_appointment_note", create),
    Operation("calendars.update_appointment_note", update),
    Operation("calendars.delete_appointment_note", delete),
)
