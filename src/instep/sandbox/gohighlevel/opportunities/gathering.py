"""Puts what belongs to found opportunities beside them: contacts, notes, tasks, appointments."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from instep.sandbox.gohighlevel.calendars.diary import Diary
from instep.sandbox.gohighlevel.calendars.views import listed
from instep.sandbox.gohighlevel.calendars.zones import zone_of
from instep.sandbox.gohighlevel.contacts.notes import Notes
from instep.sandbox.gohighlevel.contacts.tasks import Tasks
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.locations.custom_fields import CustomFields
from instep.sandbox.gohighlevel.operations import Call, JsonObject
from instep.sandbox.gohighlevel.opportunities.board import Board
from instep.sandbox.gohighlevel.opportunities.values import Opportunity
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.gohighlevel.versions import View
from instep.sandbox.state import Collection

Show = Callable[[Opportunity, Contact | None, Mapping[str, str], View], JsonObject]

_TIMES = ("dateAdded", "dueDate")


@dataclass(frozen=True, slots=True)
class Extras:
    """What else of the contact is asked for."""

    notes: bool = False
    tasks: bool = False
    calendar_events: bool = False


def gather(
    call: Call, opportunities: list[Opportunity], show: Show, extras: Extras
) -> list[JsonObject]:
    """Show opportunities with their contacts and what else is asked for; a query per kind."""
    if not opportunities:
        return []
    location_id = opportunities[0]["locationId"]
    contacts = call.part(Board).contacts_of(opportunities)
    fields = call.part(CustomFields).of(location_id, "opportunity")
    types = {field["id"]: field["dataType"] for field in fields}
    shown = [
        show(each, contacts.get(each["contactId"]), types, call.view) for each in opportunities
    ]
    for name, belongings in _asked(call, extras, list(contacts)).items():
        for each in shown:
            each[name] = belongings.get(each["contactId"], [])
    return shown


def _asked(
    call: Call, extras: Extras, contact_ids: list[str]
) -> dict[str, dict[str, list[JsonObject]]]:
    """Return what is asked for, by its key and then by contact."""
    found: dict[str, dict[str, list[JsonObject]]] = {}
    if extras.notes:
        found["notes"] = _by_contact(call.part(Notes).kept, contact_ids)
    if extras.tasks:
        found["tasks"] = _by_contact(call.part(Tasks).kept, contact_ids)
    if extras.calendar_events:
        found["calendarEvents"] = _appointments(call, contact_ids)
    return found


def _appointments(call: Call, contact_ids: list[str]) -> dict[str, list[JsonObject]]:
    diary, locations = call.part(Diary), call.services.company.locations
    return {
        each: [
            listed(event, zone_of(locations[event["locationId"]]), call.view)
            for event in diary.of_contact(each)
        ]
        for each in contact_ids
    }


def _by_contact(kept: Collection, contact_ids: list[str]) -> dict[str, list[JsonObject]]:
    where = "contact IN (SELECT value FROM json_each(?))"
    found: dict[str, list[JsonObject]] = defaultdict(list)
    for record in kept.find(where, (json.dumps(contact_ids),), "added DESC, id"):
        found[record["contactId"]].append(_plain(record))
    return found


def _plain(record: dict[str, Any]) -> JsonObject:
    times = {name: iso(record[name]) for name in _TIMES if isinstance(record.get(name), int)}
    return record | times
