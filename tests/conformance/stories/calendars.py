"""Calendars: groups, free slots that become taken, appointments, blocks, notes, notifications."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conformance.rehearsal import Rehearsal, same, true
from tests.conformance.stories.contacts import new_contact, some_user

_WORDS = "The slot you have selected is no longer available."  # facts: ghl 6.8


def groups(ghl: Rehearsal) -> None:
    """Create, check the slug of, change, switch off and delete a group."""
    place = ghl.account.location_id
    slug = {"locationId": place, "slug": f"group-{secrets.token_hex(4)}"}
    same(ghl.call("calendars.validate_group_slug", **slug)["available"], True)
    made = ghl.call("calendars.create_group", **slug, name="Advice", description="Meet us")
    group = made["group"]["id"]
    same(ghl.call("calendars.validate_group_slug", **slug)["available"], False)
    new = {"name": "Help", "description": "Talk", "slug": f"help-{secrets.token_hex(4)}"}
    same(ghl.call("calendars.update_group", groupId=group, **new)["group"]["name"], "Help")
    ghl.call("calendars.update_group_status", groupId=group, isActive=False)
    listed = ghl.call("calendars.list_groups", locationId=place)["groups"]
    same([each["isActive"] for each in listed if each["id"] == group], [False])
    ghl.call("calendars.delete_group", groupId=group)
    listed = ghl.call("calendars.list_groups", locationId=place)["groups"]
    same([each for each in listed if each["id"] == group], [])


def new_calendar(ghl: Rehearsal) -> str:
    """Create a calendar that is open around the clock; return the id."""
    hours = [{"openHour": 0, "openMinute": 0, "closeHour": 23, "closeMinute": 0}]
    made = ghl.call(
        "calendars.create",
        locationId=ghl.account.location_id,
        name="Consultations",
        calendarType="event",
        slotDuration=30,
        slotInterval=30,
        openHours=[{"daysOfTheWeek": [day], "hours": hours} for day in range(7)],
        isActive=True,
        teamMembers=[{"userId": some_user(ghl)}],
    )
    return made["calendar"]["id"]


def _free(ghl: Rehearsal, calendar: str) -> list[str]:
    """Return the free slots of the day after tomorrow, in UTC."""
    start = (datetime.now(UTC) + timedelta(days=2)).replace(hour=0, minute=0, second=0)
    reply = ghl.call(
        "calendars.free_slots",
        calendarId=calendar,
        startDate=_milliseconds(start),
        endDate=_milliseconds(start + timedelta(days=1)),
        timezone="UTC",
    )
    return [slot for day, found in reply.items() if day != "traceId" for slot in found["slots"]]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def calendar(ghl: Rehearsal) -> None:
    """Create, read, list, change and delete a calendar."""
    place, identifier = ghl.account.location_id, new_calendar(ghl)
    same(ghl.call("calendars.get", calendarId=identifier)["calendar"]["name"], "Consultations")
    changed = ghl.call("calendars.update", calendarId=identifier, name="Reviews")
    same(changed["calendar"]["name"], "Reviews")
    listed = ghl.call("calendars.list", locationId=place)["calendars"]
    true(identifier in [each["id"] for each in listed], "the calendar is not in the list")
    ghl.call("calendars.delete", calendarId=identifier)
    listed = ghl.call("calendars.list", locationId=place)["calendars"]
    true(identifier not in [each["id"] for each in listed], "the calendar is still in the list")


def _booking(ghl: Rehearsal, calendar: str, start: str) -> dict[str, Any]:
    return {
        "calendarId": calendar,
        "locationId": ghl.account.location_id,
        "contactId": new_contact(ghl),
        "startTime": start,
    }


def _window(start: str) -> dict[str, str]:
    moment = datetime.fromisoformat(start)
    around = (moment - timedelta(hours=2), moment + timedelta(hours=3))
    first, last = (str(_milliseconds(each)) for each in around)
    return {"startTime": first, "endTime": last}


def appointments(ghl: Rehearsal) -> None:
    """Book a free slot; it is taken then, until the appointment is deleted."""
    identifier = new_calendar(ghl)
    start = _free(ghl, identifier)[3]
    wanted = _booking(ghl, identifier, start)
    made = ghl.call("calendars.create_appointment", **wanted, title="Review")
    true(start not in _free(ghl, identifier), "a booked slot is still free")
    refusal = ghl.refused("calendars.create_appointment", 400, **_booking(ghl, identifier, start))
    same(refusal["message"], _WORDS)
    event = {"eventId": made["id"]}
    read = ghl.call("calendars.get_appointment", **event)
    read = read.get("event") or read["appointment"]
    same((read["title"], read["contactId"]), ("Review", wanted["contactId"]))
    ghl.call("calendars.update_appointment", **event, title="Second review")
    place = {"locationId": ghl.account.location_id, "calendarId": identifier}
    listed = ghl.call("calendars.list_events", **place, **_window(start))["events"]
    same([each["title"] for each in listed], ["Second review"])
    of_contact = ghl.call("contacts.list_appointments", contactId=wanted["contactId"])["events"]
    same([each["id"] for each in of_contact], [made["id"]])
    ghl.call("calendars.delete_event", **event, body_={})
    true(start in _free(ghl, identifier), "the slot of a deleted appointment is not free")


def appointment_notes(ghl: Rehearsal) -> None:
    """Write, change, list and delete a note on an appointment."""
    identifier = new_calendar(ghl)
    booking = _booking(ghl, identifier, _free(ghl, identifier)[0])
    here = {"appointmentId": ghl.call("calendars.create_appointment", **booking)["id"]}
    note = ghl.call("calendars.create_appointment_note", **here, body="Bring papers")["note"]
    one = {**here, "noteId": note["id"]}
    same(
        ghl.call("calendars.update_appointment_note", **one, body="Bring ID")["note"]["body"],
        "Bring ID",
    )
    listed = ghl.call("calendars.list_appointment_notes", **here, limit=10, offset=0)
    same(([each["id"] for each in listed["notes"]], listed["hasMore"]), ([note["id"]], False))
    ghl.call("calendars.delete_appointment_note", **one)
    listed = ghl.call("calendars.list_appointment_notes", **here, limit=10, offset=0)
    same(listed["notes"], [])


def block_slots(ghl: Rehearsal) -> None:
    """Block time; what is blocked is not free."""
    identifier = new_calendar(ghl)
    start = _free(ghl, identifier)[2]
    end = (datetime.fromisoformat(start) + timedelta(minutes=30)).isoformat()
    place = {"locationId": ghl.account.location_id, "calendarId": identifier}
    made = ghl.call(
        "calendars.create_block_slot", **place, title="Lunch", startTime=start, endTime=end
    )
    true(start not in _free(ghl, identifier), "a blocked slot is free")
    ghl.call(
        "calendars.update_block_slot",
        eventId=made["id"],
        **place,
        title="Dinner",
        startTime=start,
        endTime=end,
    )
    listed = ghl.call("calendars.list_blocked_slots", **place, **_window(start))["events"]
    same([each["title"] for each in listed], ["Dinner"])


def notifications(ghl: Rehearsal) -> None:
    """Create (the body is an array), read, change, list and delete a notification."""
    identifier = {"calendarId": new_calendar(ghl)}
    wanted = [{"receiverType": "contact", "channel": "email", "notificationType": "booked"}]
    made = ghl.call("calendars.create_notification", **identifier, body_=wanted)
    one = {**identifier, "notificationId": made[0]["_id"]}
    same(ghl.call("calendars.get_notification", **one)["channel"], "email")
    ghl.call("calendars.update_notification", **one, subject="See you")
    listed = ghl.call("calendars.list_notifications", **identifier)
    same([each["subject"] for each in listed], ["See you"])
    ghl.call("calendars.delete_notification", **one)


def resources(ghl: Rehearsal) -> None:
    """Create, read, change, list and delete a room."""
    place = ghl.account.location_id
    room = {"resourceType": "rooms"}
    made = ghl.call(
        "calendars.create_resource",
        **room,
        locationId=place,
        name="Room 1",
        description="Upstairs",
        quantity=1,
        outOfService=0,
        capacity=4,
        calendarIds=[new_calendar(ghl)],
    )
    one = {**room, "id": made["id"]}
    same(ghl.call("calendars.get_resource", **one)["name"], "Room 1")
    same(ghl.call("calendars.update_resource", **one, name="Room 2")["name"], "Room 2")
    listed = ghl.call("calendars.list_resources", **room, locationId=place, limit=20, skip=0)
    true("Room 2" in [each["name"] for each in listed], "the room is not in the list")
    ghl.call("calendars.delete_resource", **one)


STORIES = (
    groups,
    calendar,
    appointments,
    appointment_notes,
    block_slots,
    notifications,
    resources,
)
