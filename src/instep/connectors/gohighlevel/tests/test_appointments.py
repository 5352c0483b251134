from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.gohighlevel.appointments import Appointments
from instep.core.errors import RecordRejected, UserError
from instep.core.records import Write
from instep.sdk.request import Reply
from instep.sdk.resource import Account

CHICAGO = Account("ve9EPM428h8vShlRW1KT", "US", {"timezone": "America/Chicago"})
NOWHERE = Account("ve9EPM428h8vShlRW1KT", "US", {})
OF_ANN = Appointments(CHICAGO).under("c1")

LISTED = {
    "id": "a1",
    "calendarId": "k1",
    "contactId": "c1",
    "title": "Review",
    "appointmentStatus": "noshow",
    "assignedUserId": "u1",
    "notes": "Bring the policy",
    "startTime": "2026-01-05 09:00:00",
    "endTime": "2026-01-05 09:30:00",
    "dateUpdated": "2026-01-02T10:00:00.000Z",
}


def listed(resource=OF_ANN, **other):
    (record,) = resource.records(Reply(200, {}, {"events": [{**LISTED, **other}]}))
    return record


def test_local_times_of_the_list_are_read_in_the_locations_zone():
    record = listed()

    assert record.values == {
        "title": "Review",
        "starts_at": "2026-01-05T15:00:00Z",
        "ends_at": "2026-01-05T15:30:00Z",
        "status": "no_show",
        "address": None,
        "description": "Bring the policy",
        "assigned_to": "u1",
        "calendar_id": "k1",
        "contact_id": "c1",
    }
    assert record.changed_at == "2026-01-02T10:00:00.000Z"


def test_the_time_of_change_is_local_in_the_list_too():
    assert listed(dateUpdated="2026-07-02 10:00:00").changed_at == "2026-07-02T15:00:00Z"
    assert listed(dateUpdated="2026-11-01 01:30:00").changed_at is None


def test_a_list_without_a_description_does_not_say_that_there_is_none():
    sent = {name: value for name, value in LISTED.items() if name != "notes"}
    (silent,) = OF_ANN.records(Reply(200, {}, {"events": [sent]}))
    (emptied,) = OF_ANN.records(Reply(200, {}, {"events": [{**sent, "description": ""}]}))

    assert "description" not in silent.values
    assert emptied.values["description"] is None
    assert OF_ANN.record(Reply(200, {}, {"event": sent})).values["description"] is None


def test_summer_time_counts():
    assert listed(startTime="2026-07-06 09:00:00").values["starts_at"] == "2026-07-06T14:00:00Z"


@pytest.mark.parametrize("twice_or_never", ["2026-11-01 01:30:00", "2026-03-08 02:30:00"])
def test_a_local_time_that_the_clock_showed_twice_or_never_is_not_guessed(twice_or_never):
    values = listed(startTime=twice_or_never).values

    assert "starts_at" not in values
    assert values["ends_at"] == "2026-01-05T15:30:00Z"


def test_without_a_zone_local_times_are_refused_with_what_to_do():
    with pytest.raises(UserError, match="Set `timezone` on the connection"):
        listed(Appointments(NOWHERE).under("c1"))


def test_a_zone_that_there_is_not_is_named():
    with pytest.raises(UserError, match="Mars/Olympus"):
        listed(Appointments(Account("l", "US", {"timezone": "Mars/Olympus"})).under("c1"))


@pytest.mark.parametrize("wrapper", ["event", "appointment", None])
def test_one_appointment_is_read_in_whatever_it_is_wrapped(wrapper):
    sent = {"id": "a1", "startTime": "2026-01-05T09:00:00-06:00", "appoinmentStatus": "confirmed"}
    body = {wrapper: sent, "traceId": "t"} if wrapper else sent

    record = Appointments(NOWHERE).record(Reply(200, {}, body))

    assert record.id == "a1"
    assert record.values["starts_at"] == "2026-01-05T15:00:00Z"
    assert record.values["status"] == "confirmed"


def test_a_status_that_only_replies_know_stays_as_it_is():
    assert listed(appointmentStatus="active").values["status"] == "active"


def test_the_answer_to_a_write_tells_only_what_it_names():
    reply = Reply(200, {}, {"id": "a1", "startTime": "2026-01-05T09:00:00-06:00"})

    assert OF_ANN.created(reply).values == {"starts_at": "2026-01-05T15:00:00Z"}
    assert OF_ANN.updated([reply]) == ({"starts_at": "2026-01-05T15:00:00Z"}, None)


def test_booking_names_location_contact_and_calendar_and_its_own_api_version():
    request = OF_ANN.create(
        {
            "starts_at": "2026-01-05T15:00:00Z",
            "status": "no_show",
            "calendar_id": "k1",
            "title": None,
        }
    )

    assert (request.method, request.path) == ("POST", "/calendars/events/appointments")
    assert request.headers == {"Version": "2021-04-15"}
    assert request.json == {
        "locationId": CHICAGO.id,
        "contactId": "c1",
        "calendarId": "k1",
        "startTime": "2026-01-05T15:00:00+00:00",
        "appointmentStatus": "noshow",
    }


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"starts_at": "2026-01-05T15:00:00"}, "no offset"),
        ({"starts_at": "tomorrow"}, "no time"),
        ({"starts_at": None}, "without starts_at"),
        ({"status": "maybe"}, "it has cancelled, confirmed"),
    ],
)
def test_what_the_calendar_could_not_keep_is_refused_before_it_is_sent(values, complaint):
    with pytest.raises(RecordRejected, match=complaint):
        OF_ANN.update("a1", Write(values), None)


def test_an_appointment_is_changed_and_deleted_by_its_own_id():
    alone = Appointments(CHICAGO)

    (put,) = alone.update("a1", Write({"title": "Moved"}), None)
    delete = alone.delete("a1")

    assert (put.method, put.path) == ("PUT", "/calendars/events/appointments/a1")
    assert (delete.method, delete.path) == ("DELETE", "/calendars/events/a1")
    assert alone.get("a1").path == put.path


def test_a_calendar_is_read_in_a_stretch_of_time():
    since, until = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)

    request = Appointments(CHICAGO).in_calendar("k1", since, until)

    assert request.query == {
        "locationId": CHICAGO.id,
        "calendarId": "k1",
        "startTime": "1767571200000",
        "endTime": "1767657600000",
    }


@pytest.mark.parametrize(("setting", "flags"), [("yes", {True}), ("no", set()), (None, set())])
def test_a_slot_need_not_be_free_only_where_the_connection_says_so(setting, flags):
    config = {"book_anyway": setting} if setting else {}
    resource = Appointments(Account("l", "US", config)).under("c1")
    (put,) = resource.update("a1", Write({"title": "Moved"}), None)

    for request in (resource.create({"calendar_id": "k1"}), put):
        sent = {request.json.get(key) for key in ("ignoreFreeSlotValidation", "ignoreDateRange")}
        assert sent - {None} == flags
