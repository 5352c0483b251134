"""What happens in calendars."""

from __future__ import annotations

import secrets

from tests.engine.flows.expectations import changed, new
from tests.engine.flows.highlevel import milliseconds


async def _booked(it):
    calendar, contact = await it.calendar(), await it.contact()
    return calendar, contact, await it.appointment(calendar, contact)


async def contact_appointments(it):
    calendar, contact, _ = await _booked(it)
    yield {"contactId": contact}
    event = await it.appointment(calendar, contact, slot=8)
    yield new(id=event, title="Review")
    await it("calendars.update_appointment", eventId=event, title="Second review")
    yield changed(id=event, title="Second review")


async def appointment(it):
    _, _, event = await _booked(it)
    yield {"eventId": event}
    await it("calendars.update_appointment", eventId=event, title="Second review")
    yield changed(id=event, title="Second review")


async def calendar_events(it):
    calendar, contact, _ = await _booked(it)
    yield {"calendarId": calendar}
    event = await it.appointment(calendar, contact, slot=8)
    yield new(id=event, calendarId=calendar)
    await it("calendars.update_appointment", eventId=event, title="Second review")
    yield changed(id=event, title="Second review")


async def blocked_slots(it):
    calendar = await it.calendar()
    yield {"calendarId": calendar}
    place = {"locationId": it.place, "calendarId": calendar}
    free = await it(
        "calendars.free_slots",
        calendarId=calendar,
        startDate=milliseconds(2),
        endDate=milliseconds(3),
        timezone="UTC",
    )
    slots = [each for day, found in free.items() if day != "traceId" for each in found["slots"]]
    times = {"startTime": slots[2], "endTime": slots[3]}
    made = await it("calendars.create_block_slot", **place, title="Lunch", **times)
    yield new(id=made["id"], title="Lunch")
    await it("calendars.update_block_slot", eventId=made["id"], **place, title="Dinner", **times)
    yield changed(id=made["id"], title="Dinner")


async def free_slots(it):
    calendar, contact = await it.calendar(), await it.contact()
    # days told: the days ahead that are polled otherwise are others once it is midnight
    days = {"startDate": milliseconds(1), "endDate": milliseconds(9)}
    yield {"calendarId": calendar, "timezone": "UTC", **days}
    event = await it.appointment(calendar, contact)
    yield changed()
    await it("calendars.delete_event", eventId=event, body_={})
    yield changed()


async def calendars(it):
    yield {}
    calendar = await it.calendar()
    yield new(id=calendar, name="Consultations")
    await it("calendars.update", calendarId=calendar, name="Reviews")
    yield changed(id=calendar, name="Reviews")


async def calendar(it):
    calendar = await it.calendar()
    yield {"calendarId": calendar}
    await it("calendars.update", calendarId=calendar, name="Reviews")
    yield changed(id=calendar, name="Reviews")


async def calendar_groups(it):
    yield {}
    slug = f"group-{secrets.token_hex(4)}"
    group = {"locationId": it.place, "name": "Advice", "description": "Meet us", "slug": slug}
    made = (await it("calendars.create_group", **group))["group"]["id"]
    yield new(id=made, name="Advice")
    await it("calendars.update_group_status", groupId=made, isActive=False)
    yield changed(id=made, isActive=False)


async def appointment_notes(it):
    _, _, event = await _booked(it)
    here = {"appointmentId": event}
    await it("calendars.create_appointment_note", **here, body="Bring papers")
    yield here
    note = (await it("calendars.create_appointment_note", **here, body="Be early"))["note"]["id"]
    yield new(id=note, body="Be early")
    await it("calendars.update_appointment_note", **here, noteId=note, body="Be late")
    yield changed(id=note, body="Be late")


async def _notification(it, calendar):
    wanted = [{"receiverType": "contact", "channel": "email", "notificationType": "booked"}]
    made = await it("calendars.create_notification", calendarId=calendar, body_=wanted)
    return made[0]["_id"]


async def calendar_notifications(it):
    calendar = await it.calendar()
    yield {"calendarId": calendar}
    one = await _notification(it, calendar)
    yield new(_id=one)
    here = {"calendarId": calendar, "notificationId": one}
    await it("calendars.update_notification", **here, subject="See you")
    yield changed(_id=one, subject="See you")


async def calendar_notification(it):
    calendar = await it.calendar()
    here = {"calendarId": calendar, "notificationId": await _notification(it, calendar)}
    yield here
    await it("calendars.update_notification", **here, subject="See you")
    yield changed(_id=here["notificationId"], subject="See you")


async def _room(it, name):
    made = await it(
        "calendars.create_resource",
        resourceType="rooms",
        locationId=it.place,
        name=name,
        description="Upstairs",
        quantity=1,
        outOfService=0,
        capacity=4,
        calendarIds=[await it.calendar()],
    )
    return made["id"]


async def calendar_resources(it):
    await _room(it, "Room 0")
    yield {"resourceType": "rooms"}
    room = await _room(it, "Room 1")
    yield new(name="Room 1")
    await it("calendars.update_resource", resourceType="rooms", id=room, name="Room 2")
    yield changed(name="Room 2")


async def calendar_resource(it):
    here = {"resourceType": "rooms", "id": await _room(it, "Room 1")}
    yield here
    await it("calendars.update_resource", **here, name="Room 2")
    yield changed(name="Room 2")
