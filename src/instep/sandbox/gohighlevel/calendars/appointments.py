"""Appointments: booked, read, changed; and those of a contact."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from instep.sandbox.gohighlevel.calendars.bookings import Bookings
from instep.sandbox.gohighlevel.calendars.diary import APPOINTMENT, SERIES, Diary
from instep.sandbox.gohighlevel.calendars.slots import Event
from instep.sandbox.gohighlevel.calendars.views import booked, listed, of_contact
from instep.sandbox.gohighlevel.calendars.zones import zone_of
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation


def create(call: Call) -> JsonObject:
    """Book an appointment."""
    event = call.part(Bookings).create(call.body)
    return booked(event, _zone(call, event), call.view)


def get(call: Call) -> JsonObject:
    """Return an appointment, or a series as it was set up."""
    event = _event(call)
    # facts: ghl 6.8 (the spec says `event`; `appointment` was seen live)
    key = "appointment" if call.services.settings.appointment_key else "event"
    return {key: listed(event, _zone(call, event), call.view)}


def update(call: Call) -> JsonObject:
    """Change an appointment, or a whole series."""
    event = call.part(Bookings).update(_event(call), call.body)
    return booked(event, _zone(call, event), call.view)


def of_one_contact(call: Call) -> JsonObject:
    """Return a contact's appointments, in the location's time."""
    contact = call.reached(call.part(AddressBook).get(call.path["contactId"]))
    zone = zone_of(call.services.company.locations[contact["locationId"]])
    events = call.part(Diary).of_contact(contact["id"])
    return {"events": [of_contact(each, zone) for each in events]}


def _event(call: Call) -> Event:
    return call.reached(call.part(Diary).get(call.path["eventId"], APPOINTMENT, SERIES))


def _zone(call: Call, event: Event) -> ZoneInfo:
    return zone_of(call.services.company.locations[event["locationId"]])


OPERATIONS = (
    Operation("calendars.create_appointment", create),
    Operation("calendars.get_appointment", get),
    Operation("calendars.update_appointment", update),
    Operation("contacts.list_appointments", of_one_contact),
)
