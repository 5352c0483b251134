"""Many want one slot of a calendar: one gets it, the others are told so in GoHighLevel's words."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from instep.core.errors import RecordRejected
from instep.core.records import Write
from tests.e2e.processes import together
from tests.e2e.slots import slots
from tests.sandbox.calendar_caller import book, booked, made

PROCESS = Path(__file__).with_name("booking_process.py")
# facts: ghl 6.8
TAKEN = "The slot you have selected is no longer available."


@pytest.fixture
async def calendar(ghl):
    return await made(ghl)


@pytest.fixture
async def people(ghl):
    return [await ghl.create(email=f"person{n}@example.com") for n in range(10)]


def wish(ghl, calendar, person, start):
    """What a booking page sends."""
    body = {"calendarId": calendar["id"], "locationId": ghl.location, "contactId": person["id"]}
    return body | {"startTime": start}


async def book_by_oneself(ghl, body):
    """Book over a connection that nobody else uses."""
    headers = {
        "Authorization": f"Bearer {ghl.told['private_integration_token']}",
        "Version": "2021-04-15",
    }
    url = f"{ghl.told['url']}/calendars/events/appointments"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=body) as reply,
    ):
        return reply.status, await reply.json()


@pytest.mark.parametrize("many", [2, 10])
async def test_of_many_bookings_of_one_slot_at_once_exactly_one_succeeds(
    ghl, calendar, people, many
):
    [wanted, following, *_] = await slots(ghl, calendar)
    answers = await asyncio.gather(
        *(book_by_oneself(ghl, wish(ghl, calendar, each, wanted)) for each in people[:many])
    )
    assert Counter(status for status, _ in answers) == {200: 1, 400: many - 1}
    refusals = [body for status, body in answers if status == 400]
    for body in refusals:
        assert body.pop("traceId")
        assert body == {"statusCode": 400, "message": TAKEN, "error": "Bad Request"}
    left = await slots(ghl, calendar)
    assert wanted not in left
    assert left[0] == following


async def test_the_booking_that_succeeded_is_the_only_one_there_is(ghl, calendar, people):
    [wanted, *_] = await slots(ghl, calendar)
    answers = await asyncio.gather(*(book(ghl, calendar, each, wanted) for each in people))
    [won] = [answer.body["id"] for answer in answers if answer.status == 200]
    lists = [
        (await ghl.call("GET", f"/contacts/{each['id']}/appointments")).body["events"]
        for each in people
    ]
    assert [event["id"] for events in lists for event in events] == [won]


@pytest.mark.parametrize("many", [2, 10])
async def test_each_slot_of_a_day_is_had_once_whoever_comes(ghl, calendar, people, many):
    wanted = (await slots(ghl, calendar))[:3]
    answers = await asyncio.gather(
        *(book(ghl, calendar, each, start) for start in wanted for each in people[:many])
    )
    assert Counter(answer.status for answer in answers) == {200: 3, 400: 3 * (many - 1)}
    assert not {*wanted} & {*await slots(ghl, calendar)}


async def test_of_two_processes_that_book_one_slot_exactly_one_gets_it(ghl, calendar, people):
    [wanted, *_] = await slots(ghl, calendar)
    told = ghl.told
    command = [told["url"], told["private_integration_token"], told["location_id"]]
    place = [calendar["id"], people[0]["id"], wanted]
    async with together(2, PROCESS, *command, *place) as go:
        ends = await go()
    assert [(each.code, each.err) for each in ends] == [(0, "")] * 2
    said = sorted(each.out.splitlines()[-1] for each in ends)
    assert TAKEN in said[0]
    assert said[1].startswith("booked ")
    assert wanted not in await slots(ghl, calendar)


async def test_the_connector_calls_a_taken_slot_this_records_own_trouble(
    ghl, line, calendar, people
):
    [wanted, *_] = await slots(ghl, calendar)
    values = {"calendar_id": calendar["id"], "starts_at": wanted, "contact_id": people[0]["id"]}
    await line.create("appointment", values)
    with pytest.raises(RecordRejected, match=TAKEN):
        await line.create("appointment", values | {"contact_id": people[1]["id"]})


async def test_a_slot_that_is_given_up_is_free_for_the_next(ghl, line, calendar, people):
    [wanted, *_] = await slots(ghl, calendar)
    first = await booked(ghl, calendar, people[0], wanted)
    [cancel] = line.resource("appointment").update(
        first["id"], Write({"status": "cancelled"}), None
    )
    await line.client.send(cancel)
    assert wanted in await slots(ghl, calendar)
    await booked(ghl, calendar, people[1], wanted)
