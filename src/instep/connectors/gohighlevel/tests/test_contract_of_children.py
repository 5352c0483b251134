from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.gohighlevel.plain import CALENDARS_VERSION
from instep.connectors.gohighlevel.tests.on_sandbox import OfContact, needs_sandbox
from instep.connectors.gohighlevel.times import instant
from instep.core.errors import RecordRejected
from instep.core.records import Write
from instep.sdk.request import Request


@needs_sandbox("contacts.create_task", "locations.search_tasks")
class TestTasks(OfContact):
    canonical = "task"
    has_required = True
    can_archive = True
    clearable = "body"
    changeable = ("title", "Beth")

    def sample(self, number):
        return {
            "title": f"Call back {number}",
            "body": "Ask about the renewal",
            "due_at": "2026-03-04T15:00:00Z",
            "completed": False,
            "assigned_to": "y0BeYjuRIlDwsDcOHOJo",
        }

    async def test_a_task_can_be_completed_and_opened_again(self, client, resource, writable):
        made = resource.created(await client.send(resource.create(writable)))
        for completed in (True, False):
            (request,) = resource.update(made.id, Write({"completed": completed}), None)
            await client.send(request)
            read = resource.record(await client.send(resource.get(made.id)))
            assert read.values["completed"] is completed

    async def test_the_search_over_all_contacts_goes_on_to_the_last_task(
        self, client, connector, account, resource
    ):
        for number in range(130):
            await client.send(resource.create(self.filled(resource, number)))
        tasks = connector.resource("task")(account)
        seen, request = [], tasks.list()
        while request is not None:
            reply = await client.send(request)
            seen += [record.id for record in tasks.records(reply)]
            request = tasks.next(request, reply)

        assert len(set(seen)) == 130


@needs_sandbox("contacts.create_note")
class TestNotes(OfContact):
    canonical = "note"
    has_required = True
    clearable = "title"
    changeable = ("body", "Beth")

    def sample(self, number):
        return {
            "title": "Follow-up",
            "body": f"Spoke to them about policy {number}",
            "pinned": False,
            "color": "#FFAA00",
            "author_id": "y0BeYjuRIlDwsDcOHOJo",
            "added_at": "2026-03-04T15:00:00Z",
        }


@needs_sandbox(
    "calendars.create",
    "calendars.free_slots",
    "calendars.create_appointment",
    "contacts.list_appointments",
)
class TestAppointments(OfContact):
    canonical = "appointment"
    has_required = True
    can_archive = True
    clearable = "address"
    changeable = ("title", "Beth")

    @pytest.fixture(autouse=True)
    async def _calendar(self, reach, credential, account):
        """Open a calendar and look for free slots, as a person would who books."""
        client = reach(credential)
        calendar = {
            "locationId": account.id,
            "name": "Reviews",
            "slotDuration": 30,
            "slotInterval": 30,
            "openHours": [
                {
                    "daysOfTheWeek": [day],
                    "hours": [{"openHour": 8, "openMinute": 0, "closeHour": 18, "closeMinute": 0}],
                }
                for day in range(7)
            ],
        }
        made = await client.send(
            Request("POST", "/calendars/", json=calendar, headers=CALENDARS_VERSION)
        )
        self.calendar_id = made.body["calendar"]["id"]
        self.slots = await self.free_slots(client)

    async def free_slots(self, client):
        begin = datetime.now(UTC) + timedelta(days=1)
        span = {"startDate": begin, "endDate": begin + timedelta(days=7)}
        query = {name: str(int(moment.timestamp() * 1000)) for name, moment in span.items()}
        path = f"/calendars/{self.calendar_id}/free-slots"
        reply = await client.send(Request("GET", path, query, headers=CALENDARS_VERSION))
        days = [each["slots"] for each in reply.body.values() if isinstance(each, dict)]
        return [slot for day in days for slot in day]

    def sample(self, number):
        start = datetime.fromisoformat(self.slots[number])
        return {
            "title": "Yearly review",
            "starts_at": instant(start.isoformat()),
            "ends_at": instant((start + timedelta(minutes=30)).isoformat()),
            "status": "confirmed",
            "address": "1 Main Street",
            "description": "Bring the policy",
            "assigned_to": None,
            "calendar_id": self.calendar_id,
        }

    async def test_a_taken_slot_is_refused_for_this_record_only(self, client, resource, writable):
        await client.send(resource.create(writable))

        with pytest.raises(RecordRejected, match="Choose another time"):
            await client.send(resource.create(writable))

    @pytest.mark.parametrize(
        ("booked", "listed"),
        [
            ("2031-01-15T15:00:00Z", "2031-01-15T15:00:00Z"),
            ("2031-07-15T15:00:00Z", "2031-07-15T15:00:00Z"),
            # New York puts its clock back from 2:00 to 1:00: 1:30 comes twice
            ("2031-11-02T04:30:00Z", "2031-11-02T04:30:00Z"),
            ("2031-11-02T05:30:00Z", None),
            ("2031-11-02T06:30:00Z", None),
            ("2031-11-02T07:30:00Z", "2031-11-02T07:30:00Z"),
        ],
    )
    async def test_the_list_tells_the_moment_that_was_booked_or_none(
        self, client, connector, account, parent_id, booked, listed
    ):
        anywhen = replace(account, config={**account.config, "book_anyway": "yes"})
        resource = connector.resource("appointment")(anywhen).under(parent_id)
        ends = instant((datetime.fromisoformat(booked) + timedelta(hours=5)).isoformat())
        values = {"calendar_id": self.calendar_id, "starts_at": booked, "ends_at": ends}
        await client.send(resource.create(values))

        (record,) = resource.records(await client.send(resource.list()))

        assert (record.values.get("starts_at"), record.values["ends_at"]) == (listed, ends)
