"""How an appointment or a block is shown: each operation has its own shape (facts: ghl 2.3, 6.8)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from instep.sandbox.gohighlevel.calendars.slots import Event
from instep.sandbox.gohighlevel.calendars.zones import with_offset, without_offset
from instep.sandbox.gohighlevel.operations import JsonObject
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.gohighlevel.versions import View

_BOOKED = (
    *("id", "calendarId", "locationId", "contactId", "title", "meetingLocationType"),
    *("appointmentStatus", "assignedUserId", "address", "isRecurring", "rrule"),
)
_LISTED = (
    *("id", "address", "title", "description", "notes", "appointmentStatus", "users"),
    *("isRecurring", "rrule", "masterEventId", "createdBy", "locationId"),
)
# the spec calls them required, though a block has none of them (calendars.json)
_ALWAYS = ("calendarId", "contactId", "groupId", "assignedUserId", "appointmentStatus")
_TOLD = (
    *("id", "address", "title", "calendarId", "contactId", "groupId", "appointmentStatus"),
    *("assignedUserId", "users", "notes", "source"),
)
_OF_CONTACT = (
    *("id", "calendarId", "title", "assignedUserId", "notes", "address", "locationId"),
    *("contactId", "groupId", "appointmentStatus", "users"),
)
_BLOCK = ("id", "locationId", "title", "calendarId", "assignedUserId")


def booked(event: Event, zone: ZoneInfo, view: View) -> JsonObject:
    """Show an appointment as create and update do: bare, and only in v3 with its dates."""
    # facts: ghl 2.3, 6.8
    shown = {**_some(event, _BOOKED), **_times(event, zone)}
    shown["appoinmentStatus"] = event["appointmentStatus"]
    return shown | (_dates(event) if view is View.V3 else {})


def listed(event: Event, zone: ZoneInfo, view: View) -> JsonObject:
    """Show an appointment or a block as lists of events do, and an appointment by its id."""
    shown = {
        **dict.fromkeys(_ALWAYS, ""),
        "users": [],
        **_some(event, (*_ALWAYS, *_LISTED)),
        **_times(event, zone),
        **_dates(event),
        "assignedResources": [],
    }
    if "contactId" in event:
        # facts: ghl 6.8 (which replies misspell it is not told; here all of appointments do)
        shown["appoinmentStatus"] = event["appointmentStatus"]
    return shown | ({"deleted": False} if view is View.V3 else {})


def blocked(event: Event, zone: ZoneInfo) -> JsonObject:
    """Show a block as its create and update do."""
    return {**_some(event, _BLOCK), **_times(event, zone)}


def of_contact(event: Event, zone: ZoneInfo) -> JsonObject:
    """Show an appointment as its contact's list does: in local times without an offset."""
    # facts: ghl 6.8
    times = {"startTime": "start", "endTime": "end"}
    times |= {"dateAdded": "dateAdded", "dateUpdated": "dateUpdated"}
    return {
        **_some(event, _OF_CONTACT),
        # the spec's example (contacts.json)
        "status": "booked",
        **{name: without_offset(event[kept], zone) for name, kept in times.items()},
        "assignedResources": [],
    }


def announced(event: Event, zone: ZoneInfo) -> JsonObject:
    """Show an appointment as the events AppointmentCreate, -Update and -Delete do."""
    # facts: ghl 5.2
    return {"appointment": {**_some(event, _TOLD), **_times(event, zone), **_dates(event)}}


def _some(event: Event, names: tuple[str, ...]) -> JsonObject:
    return {name: event[name] for name in names if name in event}


def _times(event: Event, zone: ZoneInfo) -> JsonObject:
    times = {"startTime": event["start"], "endTime": event["end"]}
    return {name: with_offset(moment, zone) for name, moment in times.items()}


def _dates(event: Event) -> JsonObject:
    return {name: iso(event[name]) for name in ("dateAdded", "dateUpdated")}
