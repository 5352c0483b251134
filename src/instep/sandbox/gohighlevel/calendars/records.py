"""Calendars: the operations on one, and their list."""

from __future__ import annotations

from instep.sandbox.gohighlevel.calendars.calendar_list import Calendars
from instep.sandbox.gohighlevel.calendars.rules import Calendar
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation


def list_calendars(call: Call) -> JsonObject:
    """Return the location's calendars, or those of a group; drafts too unless not wanted."""
    query = call.query
    calendars = call.part(Calendars).of(query["locationId"], query.get("groupId"))
    drafted = query.get("showDrafted", "true") == "true"
    return {"calendars": [_shown(each) for each in calendars if drafted or each["isActive"]]}


def create(call: Call) -> JsonObject:
    """Add a calendar."""
    calendar = call.part(Calendars).create(call.body["locationId"], call.body)
    return {"calendar": _shown(calendar)}


def get(call: Call) -> JsonObject:
    """Return a calendar."""
    return {"calendar": _shown(_calendar(call))}


def update(call: Call) -> JsonObject:
    """Change what is named of a calendar."""
    _calendar(call)
    calendar = call.part(Calendars).update(call.path["calendarId"], call.body)
    return {"calendar": _shown(calendar)}


def delete(call: Call) -> JsonObject:
    """Remove a calendar."""
    call.part(Calendars).delete(_calendar(call))
    return {"success": True}


def _shown(calendar: Calendar) -> JsonObject:
    return {name: value for name, value in calendar.items() if name != "dateAdded"}


def _calendar(call: Call) -> Calendar:
    return call.reached(call.part(Calendars).get(call.path["calendarId"]))


OPERATIONS = (
    Operation("calendars.list", list_calendars),
    Operation("calendars.create", create),
    Operation("calendars.get", get),
    Operation("calendars.update", update),
    Operation("calendars.delete", delete),
)
