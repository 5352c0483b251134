from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.calendar_caller import (
    EVERY_DAY,
    book,
    booked,
    changed,
    free,
    made,
    milliseconds,
    set_clock,
)
from tests.sandbox.ghl_caller import V2, V3, serving

MONDAY = "2030-01-07"
DAY = (f"{MONDAY}T00:00:00-05:00", f"{MONDAY}T23:59:59-05:00")


def times(slots, day=MONDAY):
    return [each[11:16] for each in slots.get(day, [])]


@pytest.fixture(autouse=True)
def winter(ghl):
    set_clock(ghl)


MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


async def test_slots_are_keyed_by_date_and_carry_the_locations_offset(ghl):
    calendar = await made(ghl)
    slots = await free(ghl, calendar, DAY[0], "2030-01-08T23:59:59-05:00")
    assert list(slots) == [MONDAY, "2030-01-08"]
    assert slots[MONDAY][0] == "2030-01-07T09:00:00-05:00"
    assert times(slots) == MORNING


async def test_slots_are_shown_in_the_zone_asked_for(ghl):
    calendar = await made(ghl)
    slots = await free(ghl, calendar, *DAY, timezone="Pacific/Auckland")
    assert list(slots) == ["2030-01-08"]
    assert slots["2030-01-08"][0] == "2030-01-08T03:00:00+13:00"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"slotDuration": 1, "slotDurationUnit": "hours"}, MORNING[:5]),
        ({"slotInterval": 60}, ["09:00", "10:00", "11:00"]),
        ({"slotDuration": 45, "slotInterval": 45}, ["09:00", "09:45", "10:30", "11:15"]),
        ({"slotDuration": 181}, []),
        ({"openHours": []}, []),
    ],
)
async def test_duration_and_interval_lay_out_the_slots(ghl, rules, expected):
    calendar = await made(ghl, **rules)
    assert times(await free(ghl, calendar, *DAY)) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, ["09:00", "09:30", "10:30", "11:00", "11:30"]),
        ({"slotBuffer": 10}, ["09:00", "11:00", "11:30"]),
        ({"preBuffer": 1}, ["09:00", "11:00", "11:30"]),
        ({"appoinmentPerSlot": 2}, MORNING),
        ({"appoinmentPerDay": 1}, []),
    ],
)
async def test_a_booking_takes_its_slot_and_its_buffers(ghl, rules, expected):
    calendar, contact = await made(ghl, **rules), await ghl.create(email="a@x.org")
    await booked(ghl, calendar, contact, "2030-01-07T10:00:00-05:00")
    assert times(await free(ghl, calendar, *DAY)) == expected


async def test_a_cancelled_booking_gives_its_slot_back(ghl):
    calendar, contact = await made(ghl), await ghl.create(email="a@x.org")
    event = await booked(ghl, calendar, contact, "2030-01-07T10:00:00-05:00")
    path = f"/calendars/events/appointments/{event['id']}"
    await ghl.call("PUT", path, json={"appointmentStatus": "cancelled"})
    assert times(await free(ghl, calendar, *DAY)) == MORNING


async def test_a_deleted_booking_gives_its_slot_back(ghl):
    calendar, contact = await made(ghl), await ghl.create(email="a@x.org")
    event = await booked(ghl, calendar, contact, "2030-01-07T10:00:00-05:00")
    await ghl.call("DELETE", f"/calendars/events/{event['id']}", json={})
    assert times(await free(ghl, calendar, *DAY)) == MORNING


async def test_past_slots_are_gone(ghl):
    calendar = await made(ghl)
    set_clock(ghl, "2030-01-07T10:10:00-05:00")
    assert times(await free(ghl, calendar, *DAY)) == ["10:30", "11:00", "11:30"]


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ({"allowBookingAfter": 2, "allowBookingAfterUnit": "days"}, ["2030-01-09", "2030-01-10"]),
        ({"allowBookingFor": 2, "allowBookingForUnit": "days"}, [MONDAY, "2030-01-08"]),
    ],
)
async def test_notice_and_horizon_bound_what_is_offered(ghl, rules, days):
    calendar = await made(ghl, **rules)
    assert list(await free(ghl, calendar, DAY[0], "2030-01-10T23:00:00-05:00")) == days


HOUR = {"openHour": 15, "openMinute": 0, "closeHour": 16, "closeMinute": 0}
NIGHT = {"openHour": 23, "openMinute": 0, "closeHour": 23, "closeMinute": 60}


@pytest.mark.parametrize(
    ("kind", "hours", "expected"),
    [
        (None, [HOUR], ["15:00", "15:30"]),
        (1, [HOUR], ["15:00", "15:30"]),
        (0, [HOUR], MORNING),
        (None, [], []),
        (None, [NIGHT], ["23:00", "23:30"]),
    ],
)
async def test_a_custom_date_replaces_the_weekdays_hours(ghl, kind, hours, expected):
    custom = {"availabilities": [{"date": f"{MONDAY}T00:00:00.000Z", "hours": hours}]}
    chosen = {} if kind is None else {"availabilityType": kind}
    calendar = await made(ghl, **custom, **chosen)
    assert times(await free(ghl, calendar, *DAY)) == expected
    next_day = await free(ghl, calendar, "2030-01-08T00:00:00-05:00", "2030-01-08T23:00:00-05:00")
    assert times(next_day, "2030-01-08") == ([] if kind == 1 else MORNING)
    (kept,) = calendar["availabilities"]
    without = await changed(ghl, calendar, availabilities=[{**kept, "deleted": True}])
    assert without["availabilities"] == []


async def test_a_custom_date_alone_opens_no_other_day(ghl):
    custom = [{"date": f"{MONDAY}T00:00:00.000Z", "hours": [HOUR]}]
    calendar = await made(ghl, availabilities=custom, availabilityType=1)
    assert list(await free(ghl, calendar, DAY[0], "2030-01-12T00:00:00-05:00")) == [MONDAY]


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [
        (24, "2030-03-09T00:00:00-05:00", "2030-03-09T23:00:00-05:00"),
        (23, "2030-03-10T00:00:00-05:00", "2030-03-10T23:00:00-04:00"),
        (25, "2030-11-03T00:00:00-04:00", "2030-11-03T23:00:00-05:00"),
    ],
)
async def test_a_day_has_as_many_hours_as_the_clock_gives_it(ghl, count, first, last):
    whole = {"openHour": 0, "openMinute": 0, "closeHour": 23, "closeMinute": 60}
    calendar = await made(
        ghl,
        openHours=[{"daysOfTheWeek": list(range(7)), "hours": [whole]}],
        slotDuration=60,
        slotInterval=60,
    )
    (slots,) = (await free(ghl, calendar, first, last)).values()
    assert len(slots) == len(set(slots)) == count
    assert (slots[0], slots[-1]) == (first, last)


async def test_opening_hours_follow_the_clock_on_the_wall(ghl):
    calendar = await made(ghl)
    slots = await free(ghl, calendar, "2030-03-09T00:00:00-05:00", "2030-03-10T23:00:00-04:00")
    assert [each[0] for each in slots.values()] == [
        "2030-03-09T09:00:00-05:00",
        "2030-03-10T09:00:00-04:00",
    ]


async def test_hours_are_those_of_the_locations_zone():
    async with serving(GoHighLevel(pace=1_000, country="AU")) as ghl:
        set_clock(ghl)
        calendar = await made(ghl)
        slots = await free(ghl, calendar, f"{MONDAY}T00:00:00+11:00", f"{MONDAY}T20:00:00+11:00")
        assert slots[MONDAY][0] == "2030-01-07T09:00:00+11:00"


TEAM = [{"userId": "ann"}, {"userId": "bob"}]


async def test_a_team_offers_what_one_of_them_has_free(ghl):
    calendar, contact = await made(ghl, teamMembers=TEAM), await ghl.create(email="a@x.org")
    at = "2030-01-07T10:00:00-05:00"
    await booked(ghl, calendar, contact, at, assignedUserId="ann")
    assert times(await free(ghl, calendar, *DAY)) == MORNING
    assert "10:00" not in times(await free(ghl, calendar, *DAY, userId="ann"))
    assert "10:00" in times(await free(ghl, calendar, *DAY, userId="bob"))
    answer = await book(ghl, calendar, contact, at)
    assert answer.body["assignedUserId"] == "bob"
    assert "10:00" not in times(await free(ghl, calendar, *DAY))


async def test_a_collective_offers_what_all_of_them_have_free(ghl):
    solo = await made(ghl, name="Solo", teamMembers=TEAM[:1])
    calendar = await made(ghl, teamMembers=TEAM, calendarType="collective")
    contact = await ghl.create(email="a@x.org")
    await booked(ghl, solo, contact, "2030-01-07T10:00:00-05:00")
    assert "10:00" not in times(await free(ghl, calendar, *DAY))
    event = await booked(ghl, calendar, contact, "2030-01-07T11:00:00-05:00")
    assert event["assignedUserId"] == "ann"
    assert "11:00" not in times(await free(ghl, solo, *DAY))


async def test_a_users_booking_elsewhere_is_in_the_way(ghl):
    one = await made(ghl, name="One", teamMembers=TEAM[:1])
    other = await made(ghl, name="Other", teamMembers=TEAM[:1])
    contact = await ghl.create(email="a@x.org")
    await booked(ghl, one, contact, "2030-01-07T10:00:00-05:00")
    assert "10:00" not in times(await free(ghl, other, *DAY))


async def test_bookings_are_dealt_out_evenly_or_by_priority(ghl):
    contact = await ghl.create(email="a@x.org")
    team = [{"userId": "ann", "priority": 0}, {"userId": "bob", "priority": 1}]
    evenly = await made(ghl, teamMembers=team, eventType="RoundRobin_OptimizeForEqualDistribution")
    taken = [
        (await booked(ghl, evenly, contact, f"2030-01-07T{at}:00-05:00"))["assignedUserId"]
        for at in ("09:00", "09:30", "10:00", "10:30")
    ]
    assert sorted(taken) == ["ann", "ann", "bob", "bob"]
    ranked = await made(ghl, name="Ranked", teamMembers=team)
    first = await booked(ghl, ranked, contact, "2030-01-07T11:00:00-05:00")
    assert first["assignedUserId"] == "bob"


async def test_somebody_outside_the_team_has_no_slots(ghl):
    calendar = await made(ghl, teamMembers=TEAM)
    query = {"startDate": milliseconds(DAY[0]), "endDate": milliseconds(DAY[1]), "userId": "eve"}
    answer = await ghl.call("GET", f"/calendars/{calendar['id']}/free-slots", params=query)
    assert (answer.status, answer.message) == (
        422,
        ["The user id not part of calendar team."],
    )


@pytest.mark.parametrize("version", [V2, V3])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"startDate": "1893992400000", "endDate": "1896670800001"}, 400),
        ({"startDate": "1893992400000", "endDate": "1893992399999"}, 400),
        ({"startDate": "soon", "endDate": "1893992400000"}, 422),
        ({"startDate": "nan", "endDate": "inf"}, 422),
        ({"startDate": "1893992400000"}, 422),
        ({"startDate": "1", "endDate": "2", "timezone": "Mars/Olympus"}, 422),
        ({"startDate": "1893992400000", "endDate": "1896670800000"}, 200),
        ({"startDate": "1", "endDate": "2", "timezone": "../etc/passwd"}, 422),
    ],
)
async def test_what_is_asked_for_must_make_sense(ghl, version, query, status):
    calendar = await made(ghl, openHours=EVERY_DAY)
    path = f"/calendars/{calendar['id']}/free-slots"
    assert (await ghl.call("GET", path, params=query, version=version)).status == status
