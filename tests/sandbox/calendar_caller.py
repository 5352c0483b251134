"""Calendars over HTTP, with the sandbox's clock at a known time."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil

from tests.sandbox.ghl_caller import V2

SUNDAY = "2030-01-06T12:00:00-05:00"
"""Where these tests begin: a winter's Sunday in New York, where the location is."""

HOURS = {"openHour": 9, "openMinute": 0, "closeHour": 12, "closeMinute": 0}
EVERY_DAY = [{"daysOfTheWeek": [day], "hours": [HOURS]} for day in range(7)]


def milliseconds(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def set_clock(ghl, text=SUNDAY):
    ahead = datetime.fromisoformat(text) - datetime.now(UTC)
    ghl.app.faults.switch_on(f"clock_skew={ceil(ahead.total_seconds())}")


async def made(ghl, **values):
    """A calendar of half-hour slots, open nine to twelve each day."""
    body = {"locationId": ghl.location, "name": "Talk", "openHours": EVERY_DAY, **values}
    answer = await ghl.call("POST", "/calendars/", json=body)
    assert answer.status == 200, answer
    return answer.body["calendar"]


async def changed(ghl, calendar, **values):
    answer = await ghl.call("PUT", f"/calendars/{calendar['id']}", json=values)
    assert answer.status == 200, answer
    return answer.body["calendar"]


async def free(ghl, calendar, since, until, **query):
    """The free slots between two days, without what every reply carries."""
    query |= {"startDate": milliseconds(since), "endDate": milliseconds(until)}
    answer = await ghl.call("GET", f"/calendars/{calendar['id']}/free-slots", params=query)
    assert answer.status == 200, answer
    return {day: slots["slots"] for day, slots in answer.body.items() if day != "traceId"}


async def book(ghl, calendar, contact, start, version=V2, **values):
    body = {
        "calendarId": calendar["id"],
        "locationId": ghl.location,
        "contactId": contact["id"],
        "startTime": start,
        **values,
    }
    return await ghl.call("POST", "/calendars/events/appointments", version=version, json=body)


async def booked(ghl, calendar, contact, start, **values):
    answer = await book(ghl, calendar, contact, start, **values)
    assert answer.status == 200, answer
    return answer.body


async def listed(ghl, since, until, path="events", **whose):
    query = {"locationId": ghl.location, **whose}
    query |= {"startTime": milliseconds(since), "endTime": milliseconds(until)}
    answer = await ghl.call("GET", f"/calendars/{path}", params=query)
    assert answer.status == 200, answer
    return answer.body["events"]
