"""The notes of a contact."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.contacts.belongings import Belonging, Belongings
from instep.sandbox.gohighlevel.contacts.reaching import reached_contact, succeeded
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.times import iso

_SHOWN = ("id", "body", "userId", "contactId", "title", "color", "pinned")


class Notes(Belongings):
    """The notes of every contact. There is no list of a location's notes."""

    kind = "note"

    def told(self, record: Belonging) -> dict[str, Any]:
        """Return a note as its events tell it: without title and author."""
        # facts: ghl 5.2
        told = {name: record[name] for name in ("id", "body", "contactId")}
        return {**told, "dateAdded": iso(record["dateAdded"])}

    def changed_to(self, before: Belonging, after: Belonging) -> str | None:  # noqa: ARG002 - every change of a note is one event
        """Return the event of any change."""
        return "Update"


def list_notes(call: Call) -> JsonObject:
    """Return all notes of a contact, newest first."""
    return {"notes": [_shown(note) for note in call.part(Notes).of(reached_contact(call))]}


def get_note(call: Call) -> JsonObject:
    """Return one note of a contact."""
    return {"note": _shown(_note(call))}


def create_note(call: Call) -> JsonObject:
    """Add a note to a contact."""
    values = {"pinned": False, **call.body}
    return {"note": _shown(call.part(Notes).add(reached_contact(call), values))}


def update_note(call: Call) -> JsonObject:
    """Change a note: what the body names."""
    return {"note": _shown(call.part(Notes).change(_note(call), call.body))}


def delete_note(call: Call) -> JsonObject:
    """Remove a note."""
    call.part(Notes).remove(_note(call))
    return succeeded(call)


def _note(call: Call) -> Belonging:
    return call.part(Notes).get(reached_contact(call), call.path["id"])


def _shown(note: Belonging) -> JsonObject:
    shown = {name: note[name] for name in _SHOWN if name in note}
    return {**shown, "dateAdded": iso(note["dateAdded"])}


OPERATIONS = (
    Operation("contacts.list_notes", list_notes),
    Operation("contacts.get_note", get_note),
    Operation("contacts.create_note", create_note),
    Operation("contacts.update_note", update_note),
    Operation("contacts.delete_note", delete_note),
)
