from __future__ import annotations

import asyncio
import re

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.calendar_caller import (
    book,
    booked,
    changed,
    free,
    listed,
    made,
    set_clock,
)
from tests.sandbox.ghl_caller import V2, V3, listening, serving

AT = "2030-01-07T10:00:00-05:00"
WEEK = ("2030-01-07T00:00:00-05:00", "2030-01-13T23:59:59-05:00")
TAKEN = (400, "The slot you have selected is no longer available.")
EVENTS = "/calendars/events"
TEAM = [{"userId": "ann"}, {"userId": "bob"}]


def one(event):
    return f"{EVENTS}/appointments/{event['id']}"


async def update(ghl, event, **values):
    return await ghl.call("PUT", one(event), json=values)


async def of_contact(ghl, contact):
    answer = await ghl.call("GET", f"/contacts/{contact['id']}/appointments")
    assert answer.status == 200, answer
    return answer.body["events"]


@pytest.fixture(autouse=True)
def winter(ghl):
    set_clock(ghl)


@pytest.fixture
async def contact(ghl):
    return await ghl.create(firstName="Ada", lastName="Lovelace", email="ada@x.org")


async def test_a_booking_answers_with_the_bare_appointment(ghl, contact):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT)
    assert re.fullmatch(r"[0-9A-Za-z]{20}", event["id"])
    assert (event["startTime"], event["endTime"]) == (AT, "2030-01-07T10:30:00-05:00")
    assert event["title"] == "Ada Lovelace"
    assert event["appointmentStatus"] == event["appoinmentStatus"] == "confirmed"
    assert event["contactId"] == contact["id"]
    assert event["isRecurring"] is False
    assert "dateAdded" not in event


async def test_v3_answers_with_the_dates_too(ghl, contact):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT, version=V3)
    assert event["dateAdded"] == event["dateUpdated"]
    path = one(event)
    after = await ghl.call("PUT", path, version=V3, json={"title": "Later"})
    assert after.body["dateAdded"] < after.body["dateUpdated"]


async def test_of_concurrent_bookings_of_one_slot_exactly_one_wins(ghl, contact):
    calendar = await made(ghl)
    answers = await asyncio.gather(*(book(ghl, calendar, contact, AT) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    refused = {(a.status, a.message) for a in answers if a.status != 200}
    assert refused == {TAKEN}
    assert len(await listed(ghl, *WEEK, calendarId=calendar["id"])) == 1


@pytest.mark.parametrize(
    ("start", "more"),
    [
        ("2030-01-07T10:05:00-05:00", {}),
        ("2030-01-07T08:30:00-05:00", {}),
        ("2030-01-07T12:00:00-05:00", {}),
        ("2030-01-06T09:00:00-05:00", {}),
        ("2030-02-20T10:00:00-05:00", {}),
        ("2030-01-06T13:00:00-05:00", {"ignoreDateRange": True}),
    ],
)
async def test_a_time_that_is_not_offered_is_refused(ghl, contact, start, more):
    calendar = await made(ghl, allowBookingFor=14, allowBookingForUnit="days")
    answer = await book(ghl, calendar, contact, start, **more)
    assert (answer.status, answer.message) == TAKEN
    ignoring = {"ignoreFreeSlotValidation": True, **more}
    assert (await book(ghl, calendar, contact, start, **ignoring)).status == 200


async def test_notice_and_horizon_can_be_waived_alone(ghl, contact):
    calendar = await made(ghl, allowBookingFor=14, allowBookingForUnit="days")
    far = "2030-02-20T10:00:00-05:00"
    assert (await book(ghl, calendar, contact, far, ignoreDateRange=True)).status == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"calendarId": "unknown"}, 400),
        ({"contactId": "unknown"}, 400),
        ({"startTime": "tomorrow"}, 422),
        ({"endTime": "2030-01-07T09:00:00-05:00"}, 422),
        ({"appointmentStatus": "booked"}, 422),
        ({"locationId": "unknown"}, 403),
        ({"odd": 1}, 422),
        ({"assignedUserId": "eve"}, 422),
        ({"contactId": None}, 422),
    ],
)
async def test_a_booking_must_make_sense(ghl, contact, wrong, status):
    calendar = await made(ghl, teamMembers=TEAM)
    right = {
        "calendarId": calendar["id"],
        "locationId": ghl.location,
        "contactId": contact["id"],
        "startTime": AT,
    }
    answer = await ghl.call("POST", f"{EVENTS}/appointments", json={**right, **wrong})
    assert answer.status == status, answer
    assert (await ghl.call("POST", f"{EVENTS}/appointments", json=right)).status == 200


async def test_past_the_free_slots_a_team_wants_to_know_whose_it_is(ghl, contact):
    calendar = await made(ghl, teamMembers=TEAM)
    answer = await book(ghl, calendar, contact, AT, ignoreFreeSlotValidation=True)
    assert answer.status == 422
    values = {"ignoreFreeSlotValidation": True, "assignedUserId": "bob"}
    assert (await booked(ghl, calendar, contact, AT, **values))["assignedUserId"] == "bob"


async def test_a_calendar_that_does_not_confirm_leaves_a_booking_new(ghl, contact):
    calendar = await made(ghl, autoConfirm=False)
    assert (await booked(ghl, calendar, contact, AT))["appointmentStatus"] == "new"


async def test_a_time_without_an_offset_is_the_locations(ghl, contact):
    calendar = await made(ghl)
    assert (await booked(ghl, calendar, contact, "2030-01-07T10:00:00"))["startTime"] == AT


@pytest.mark.parametrize(("live", "key"), [(False, "event"), (True, "appointment")])
async def test_an_appointment_is_read_under_one_of_two_keys(ghl, contact, live, key):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT)
    await ghl.call("PUT", "/_sandbox/settings", json={"appointment_key": live})
    answer = await ghl.call("GET", one(event))
    assert set(answer.body) == {key, "traceId"}
    read = answer.body[key]
    assert (read["id"], read["startTime"], read["calendarId"]) == (event["id"], AT, calendar["id"])
    assert re.fullmatch(r"2030-01-06T17:00:\d\d\.\d{3}Z", read["dateAdded"])


async def test_an_update_changes_what_it_names_and_keeps_the_length(ghl, contact):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT, endTime="2030-01-07T11:00:00-05:00")
    later = "2030-01-08T09:30:00-05:00"
    after = (await update(ghl, event, startTime=later, title="Second talk")).body
    assert (after["startTime"], after["endTime"]) == (later, "2030-01-08T10:30:00-05:00")
    assert after["title"] == "Second talk"
    slots = await free(ghl, calendar, *WEEK)
    assert "2030-01-07T10:00:00-05:00" in slots["2030-01-07"]
    assert "2030-01-08T10:00:00-05:00" not in slots["2030-01-08"]


async def test_an_appointment_does_not_move_onto_another(ghl, contact):
    calendar = await made(ghl)
    first = await booked(ghl, calendar, contact, AT)
    second = await booked(ghl, calendar, contact, "2030-01-07T11:00:00-05:00")
    answer = await update(ghl, second, startTime=AT)
    assert (answer.status, answer.message) == TAKEN
    assert (await update(ghl, second, title="Stays")).body["startTime"] == second["startTime"]
    assert (await update(ghl, first, endTime="2030-01-07T11:00:00-05:00")).status == 200


async def test_a_cancelled_appointment_comes_back_only_while_its_slot_is_free(ghl, contact):
    calendar = await made(ghl)
    first = await booked(ghl, calendar, contact, AT)
    await update(ghl, first, appointmentStatus="cancelled")
    await booked(ghl, calendar, contact, AT)
    answer = await update(ghl, first, appointmentStatus="confirmed")
    assert (answer.status, answer.message) == TAKEN


async def test_an_appointment_is_handed_to_somebody_who_is_free(ghl, contact):
    calendar = await made(ghl, teamMembers=TEAM)
    first = await booked(ghl, calendar, contact, AT, assignedUserId="ann")
    second = await booked(ghl, calendar, contact, AT, assignedUserId="bob")
    answer = await update(ghl, second, assignedUserId="ann")
    assert (answer.status, answer.message) == TAKEN
    await ghl.call("DELETE", f"{EVENTS}/{first['id']}", json={})
    assert (await update(ghl, second, assignedUserId="ann")).body["assignedUserId"] == "ann"


@pytest.mark.parametrize(("switched", "status"), [(False, "noshow"), (True, "confirmed")])
async def test_an_update_can_reset_the_status(ghl, contact, switched, status):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT, appointmentStatus="noshow")
    await ghl.call("PUT", "/_sandbox/settings", json={"appointment_update_confirms": switched})
    assert (await update(ghl, event, title="Other")).body["appointmentStatus"] == status


PLACE = {"kind": "physical", "location": "1 Market Street"}


@pytest.mark.parametrize(
    ("sent", "kind", "address"),
    [
        ({}, "address", "1 Market Street"),
        ({"address": "Zoom"}, "custom", "Zoom"),
        ({"meetingLocationId": "custom_1"}, "custom", "https://x.org"),
        ({"meetingLocationType": "phone"}, "phone", ""),
    ],
)
async def test_where_one_meets_is_as_sent_or_as_the_calendar_says(
    ghl, contact, sent, kind, address
):
    places = [PLACE, {"kind": "custom", "location": "https://x.org"}]
    calendar = await made(ghl, locationConfigurations=places)
    event = await booked(ghl, calendar, contact, AT, **sent)
    assert (event["meetingLocationType"], event["address"]) == (kind, address)


async def test_events_are_listed_by_calendar_user_and_group(ghl, contact):
    body = {"locationId": ghl.location, "name": "G", "description": "", "slug": "g"}
    group = (await ghl.call("POST", "/calendars/groups", json=body)).body["group"]
    calendar = await made(ghl, teamMembers=TEAM, groupId=group["id"])
    other = await made(ghl, name="Other")
    event = await booked(ghl, calendar, contact, AT, assignedUserId="bob")
    await booked(ghl, other, contact, AT)
    for whose in ({"calendarId": calendar["id"]}, {"userId": "bob"}, {"groupId": group["id"]}):
        (found,) = await listed(ghl, *WEEK, **whose)
        assert (found["id"], found["groupId"]) == (event["id"], group["id"])
    both = {"userId": "bob", "calendarId": other["id"]}
    assert await listed(ghl, *WEEK, **both) == []
    assert await listed(ghl, WEEK[1], "2030-02-01T00:00:00-05:00", userId="bob") == []
    await changed(ghl, calendar, groupId="")
    (found,) = await listed(ghl, *WEEK, userId="bob")
    assert found["groupId"] == ""


@pytest.mark.parametrize("path", ["events", "blocked-slots"])
async def test_a_list_needs_to_know_whose(ghl, path):
    query = {"locationId": ghl.location, "startTime": "1", "endTime": "2"}
    answer = await ghl.call("GET", f"/calendars/{path}", params=query)
    assert answer.status == 422
    query["calendarId"] = "x"
    assert (await ghl.call("GET", f"/calendars/{path}", params=query)).body["events"] == []
    query["startTime"] = "yesterday"
    assert (await ghl.call("GET", f"/calendars/{path}", params=query)).status == 422


async def test_a_contacts_appointments_are_in_local_time_without_an_offset(ghl, contact):
    calendar = await made(ghl)
    await booked(ghl, calendar, contact, "2030-01-07T16:00:00+01:00")
    await booked(ghl, calendar, contact, "2030-07-08T10:00:00-04:00")
    winter_one, summer_one = await of_contact(ghl, contact)
    assert winter_one["startTime"] == "2030-01-07 10:00:00"
    assert winter_one["endTime"] == "2030-01-07 10:30:00"
    assert summer_one["startTime"] == "2030-07-08 10:00:00"
    assert winter_one["appointmentStatus"] == "confirmed"
    assert (await ghl.call("GET", "/contacts/unknown/appointments")).status == 400


async def test_deleting_an_event_answers_201(ghl, contact):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT)
    path = f"{EVENTS}/{event['id']}"
    answer = await ghl.call("DELETE", path, json={})
    assert (answer.status, answer.body["succeeded"]) == (201, True)
    assert (await ghl.call("DELETE", path, json={})).status == 400
    assert (await ghl.call("GET", one(event))).status == 400
    assert (await update(ghl, event, title="x")).status == 400
    assert await of_contact(ghl, contact) == []


@pytest.mark.parametrize("parent", ["contact", "calendar"])
async def test_a_deleted_parent_takes_its_appointments_along(ghl, contact, parent):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT)
    path = f"/contacts/{contact['id']}" if parent == "contact" else f"/calendars/{calendar['id']}"
    with listening(ghl) as told:
        assert (await ghl.call("DELETE", path)).status == 200
    assert "AppointmentDelete" in [kind for kind, _ in told]
    assert (await ghl.call("GET", one(event))).status == 400


async def test_every_change_fires_its_event(ghl, contact):
    calendar = await made(ghl, teamMembers=TEAM[:1])
    with listening(ghl) as told:
        event = await booked(ghl, calendar, contact, AT)
        await update(ghl, event, appointmentStatus="showed")
        await ghl.call("DELETE", f"{EVENTS}/{event['id']}", json={})
        refused = await book(ghl, calendar, contact, "2030-01-07T08:00:00-05:00")
    assert refused.status == 400
    kinds = [kind for kind, _ in told]
    assert kinds == ["AppointmentCreate", "AppointmentUpdate", "AppointmentDelete"]
    first = told[0][1]["appointment"]
    assert {**first, "dateAdded": "", "dateUpdated": ""} == {
        "id": event["id"],
        "address": "",
        "title": "Ada Lovelace",
        "calendarId": calendar["id"],
        "contactId": contact["id"],
        "groupId": "",
        "appointmentStatus": "confirmed",
        "assignedUserId": "ann",
        "users": [],
        "source": "third_party",
        "startTime": AT,
        "endTime": "2030-01-07T10:30:00-05:00",
        "dateAdded": "",
        "dateUpdated": "",
    }
    assert told[1][1]["appointment"]["appointmentStatus"] == "showed"
    assert told[0][1]["locationId"] == ghl.location


async def test_appointments_survive_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        set_clock(ghl)
        calendar, ada = await made(ghl), await ghl.create(email="ada@x.org")
        event = await booked(ghl, calendar, ada, AT)
        seeded = (await ghl.call("GET", f"/calendars/?locationId={ghl.location}")).body
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        set_clock(ghl)
        answer = await book(ghl, calendar, ada, AT)
        assert (answer.status, answer.message) == TAKEN
        assert (await ghl.call("GET", one(event))).status == 200
        again = (await ghl.call("GET", f"/calendars/?locationId={ghl.location}")).body
        assert again["calendars"] == seeded["calendars"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_another_locations_appointments_are_out_of_reach(ghl, contact, version):
    agency = ghl.told["agency_private_integration_token"]
    where = {"locationId": ghl.other_location}
    there = await ghl.call("GET", "/calendars/", token=agency, params=where)
    calendar = there.body["calendars"][0]
    stranger = await ghl.call(
        "POST", "/contacts/", token=agency, json={**where, "email": "s@x.org"}
    )
    body = {
        **where,
        "calendarId": calendar["id"],
        "contactId": stranger.body["contact"]["id"],
        "startTime": AT,
    }
    made_there = await ghl.call("POST", f"{EVENTS}/appointments", token=agency, json=body)
    assert made_there.status == 200, made_there
    for method, path in (
        ("GET", one(made_there.body)),
        ("PUT", one(made_there.body)),
        ("DELETE", f"{EVENTS}/{made_there.body['id']}"),
        ("GET", f"/contacts/{body['contactId']}/appointments"),
        ("GET", f"/calendars/{calendar['id']}"),
        ("GET", f"/calendars/{calendar['id']}/free-slots?startDate=1&endDate=2"),
    ):
        sent = None if method == "GET" else {}
        answer = await ghl.call(method, path, version=version, json=sent)
        assert answer.status == 403, path
    mine = {**body, "locationId": ghl.location, "contactId": contact["id"]}
    answer = await ghl.call("POST", f"{EVENTS}/appointments", json=mine)
    assert (answer.status, answer.message) == (400, "Calendar not found")
