"""Series, blocks and the notes of appointments."""

from __future__ import annotations

import pytest

from tests.sandbox.calendar_caller import book, booked, free, listed, made, milliseconds, set_clock

AT = "2030-01-07T10:00:00-05:00"
WEEK = ("2030-01-07T00:00:00-05:00", "2030-01-13T23:59:59-05:00")
TAKEN = (400, "The slot you have selected is no longer available.")
EVENTS = "/calendars/events"
TEAM = [{"userId": "ann"}, {"userId": "bob"}]


def one(event):
    return f"{EVENTS}/appointments/{event['id']}"


async def update(ghl, event, **values):
    return await ghl.call("PUT", one(event), json=values)


@pytest.fixture(autouse=True)
def winter(ghl):
    set_clock(ghl)


@pytest.fixture
async def contact(ghl):
    return await ghl.create(firstName="Ada", lastName="Lovelace", email="ada@x.org")


DAILY = {"rrule": "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3", "ignoreFreeSlotValidation": True}


async def test_a_series_is_listed_by_its_instances(ghl, contact):
    calendar = await made(ghl)
    series = await booked(ghl, calendar, contact, AT, **DAILY)
    assert (series["isRecurring"], series["rrule"]) == (True, DAILY["rrule"])
    found = await listed(ghl, *WEEK, calendarId=calendar["id"])
    assert [each["startTime"][:10] for each in found] == ["2030-01-07", "2030-01-09", "2030-01-11"]
    assert found[0]["id"] == f"{series['id']}_{milliseconds(AT)}_1800"
    assert {each["masterEventId"] for each in found} == {series["id"]}
    assert "10:00" not in [at[11:16] for at in (await free(ghl, calendar, *WEEK))["2030-01-09"]]
    answer = await ghl.call("GET", one(found[1]))
    assert answer.body["event"]["startTime"] == "2030-01-09T10:00:00-05:00"


async def test_an_instance_and_a_whole_series_can_be_changed_and_deleted(ghl, contact):
    calendar = await made(ghl)
    series = await booked(ghl, calendar, contact, AT, **DAILY)
    first, second, third = await listed(ghl, *WEEK, calendarId=calendar["id"])
    assert (await update(ghl, first, title="Only this")).body["title"] == "Only this"
    await ghl.call("DELETE", f"{EVENTS}/{second['id']}", json={})
    left = await listed(ghl, *WEEK, calendarId=calendar["id"])
    assert [each["id"] for each in left] == [first["id"], third["id"]]
    assert [each["title"] for each in left] == ["Only this", "Ada Lovelace"]
    assert (await update(ghl, series, title="All")).status == 200
    left = await listed(ghl, *WEEK, calendarId=calendar["id"])
    assert [each["id"] for each in left] == [first["id"], third["id"]]
    assert {each["title"] for each in left} == {"All"}
    await ghl.call("DELETE", f"{EVENTS}/{series['id']}", json={})
    assert await listed(ghl, *WEEK, calendarId=calendar["id"]) == []


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO,WE", ["01-07", "01-09", "01-14"]),
        ("FREQ=MONTHLY;COUNT=2", ["01-07", "02-07"]),
        ("RRULE:FREQ=DAILY;UNTIL=20300109T000000Z", ["01-07", "01-08"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20300108T150000Z", ["01-07", "01-09"]),
        ("RRULE:FREQ=YEARLY;COUNT=1", ["01-07"]),
    ],
)
async def test_a_rule_says_when_a_series_happens(ghl, contact, rule, days):
    calendar = await made(ghl)
    await booked(ghl, calendar, contact, AT, **{**DAILY, "rrule": rule})
    found = await listed(ghl, WEEK[0], "2030-03-01T00:00:00-05:00", calendarId=calendar["id"])
    assert [each["startTime"][5:10] for each in found] == days


async def test_a_series_keeps_the_clock_on_the_wall(ghl, contact):
    calendar = await made(ghl)
    start = "2030-03-09T10:00:00-05:00"
    await booked(ghl, calendar, contact, start, **DAILY)
    answer = await ghl.call("GET", f"/contacts/{contact['id']}/appointments")
    assert [each["startTime"] for each in answer.body["events"]] == [
        f"2030-03-{day} 10:00:00" for day in ("09", "11", "13")
    ]


async def test_a_rule_counts_only_past_the_free_slots(ghl, contact):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT, rrule=DAILY["rrule"])
    assert event["isRecurring"] is False


@pytest.mark.parametrize(
    "rule",
    [
        *("now and then", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=x"),
        *("FREQ=DAILY;BYDAY=MO", "FREQ=MONTHLY;BYMONTHDAY=2", "FREQ=DAILY;UNTIL=soon"),
    ],
)
async def test_a_rule_that_is_not_understood_is_refused(ghl, contact, rule):
    calendar = await made(ghl)
    answer = await book(ghl, calendar, contact, AT, **{**DAILY, "rrule": rule})
    assert answer.status == 422


async def test_a_series_ends_with_the_calendar_itself(ghl, contact):
    calendar = await made(ghl)
    rule = {**DAILY, "rrule": "FREQ=YEARLY;INTERVAL=3000;COUNT=9"}
    await booked(ghl, calendar, contact, AT, **rule)
    answer = await ghl.call("GET", f"/contacts/{contact['id']}/appointments")
    assert [each["startTime"][:4] for each in answer.body["events"]] == ["2030", "5030", "8030"]


async def block(ghl, **values):
    body = {
        "locationId": ghl.location,
        "startTime": "2030-01-07T09:00:00-05:00",
        "endTime": "2030-01-07T11:00:00-05:00",
        **values,
    }
    return await ghl.call("POST", f"{EVENTS}/block-slots", json=body)


async def test_a_block_takes_slots_until_it_is_moved_or_deleted(ghl):
    calendar = await made(ghl)
    answer = await block(ghl, calendarId=calendar["id"], title="Away")
    assert answer.status == 201
    assert answer.body["title"] == "Away"
    path = f"{EVENTS}/block-slots/{answer.body['id']}"

    async def slots():
        return len((await free(ghl, calendar, *WEEK))["2030-01-07"])

    assert await slots() == 2
    (found,) = await listed(ghl, *WEEK, "blocked-slots", calendarId=calendar["id"])
    assert (found["id"], found["title"]) == (answer.body["id"], "Away")
    assert await listed(ghl, *WEEK, calendarId=calendar["id"]) == []
    body = {"locationId": ghl.location, "endTime": "2030-01-07T10:00:00-05:00"}
    moved = await ghl.call("PUT", path, json=body)
    assert (moved.status, moved.body["title"]) == (201, "Away")
    assert await slots() == 4
    assert (await ghl.call("DELETE", f"{EVENTS}/{answer.body['id']}", json={})).status == 201
    assert await slots() == 6
    assert (await ghl.call("PUT", path, json=body)).status == 400


async def test_a_users_block_counts_in_every_calendar(ghl, contact):
    calendar = await made(ghl, teamMembers=TEAM)
    assert (await block(ghl, assignedUserId="ann")).status == 201
    event = await booked(ghl, calendar, contact, AT)
    assert event["assignedUserId"] == "bob"
    answer = await book(ghl, calendar, contact, AT, assignedUserId="ann")
    assert (answer.status, answer.message) == TAKEN


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"calendarId": "unknown"}, 400),
        ({"calendarId": "x", "assignedUserId": "ann"}, 422),
        ({}, 422),
        ({"assignedUserId": "ann", "endTime": "2030-01-07T08:00:00-05:00"}, 422),
        ({"assignedUserId": "ann", "startTime": "soon"}, 422),
        ({"assignedUserId": "ann", "odd": 1}, 422),
        ({"assignedUserId": "ann", "locationId": "unknown"}, 403),
    ],
)
async def test_a_block_must_make_sense(ghl, values, status):
    assert (await block(ghl, **values)).status == status


async def test_a_block_is_no_appointment(ghl):
    calendar = await made(ghl)
    event = (await block(ghl, calendarId=calendar["id"])).body
    assert (await ghl.call("GET", one(event))).status == 400
    assert (await update(ghl, event, title="x")).status == 400


async def test_notes_of_an_appointment_come_in_pages_newest_first(ghl, contact):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT)
    notes = f"/calendars/appointments/{event['id']}/notes"
    for number in range(3):
        set_clock(ghl, f"2030-01-06T12:0{number}:00-05:00")
        body = {"body": f"note {number}", "userId": "ann"}
        answer = await ghl.call("POST", notes, json=body)
        assert answer.status == 201
    page = (await ghl.call("GET", notes, params={"limit": "2", "offset": "0"})).body
    assert ([n["body"] for n in page["notes"]], page["hasMore"]) == (["note 2", "note 1"], True)
    rest = (await ghl.call("GET", notes, params={"limit": "2", "offset": "2"})).body
    assert ([n["body"] for n in rest["notes"]], rest["hasMore"]) == (["note 0"], False)
    assert rest["notes"][0]["contactId"] == contact["id"]


async def test_notes_of_an_appointment_are_changed_and_deleted(ghl, contact):
    calendar = await made(ghl)
    event = await booked(ghl, calendar, contact, AT)
    notes = f"/calendars/appointments/{event['id']}/notes"
    note = (await ghl.call("POST", notes, json={"body": "first"})).body["note"]
    path = f"{notes}/{note['id']}"
    changed_one = await ghl.call("PUT", path, json={"body": "second"})
    assert (changed_one.status, changed_one.body["note"]["body"]) == (200, "second")
    answer = await ghl.call("DELETE", path)
    assert (answer.status, answer.body["success"]) == (200, True)
    assert (await ghl.call("DELETE", path)).status == 400
    long = await ghl.call("POST", notes, json={"body": "x" * 5001})
    assert long.status == 422
    for query in ({"limit": "21", "offset": "0"}, {"limit": "5"}, {"limit": "nan", "offset": "0"}):
        assert (await ghl.call("GET", notes, params=query)).status == 422
    unknown = "/calendars/appointments/unknown/notes"
    answer = await ghl.call("GET", unknown, params={"limit": "5", "offset": "0"})
    assert answer.status == 400
