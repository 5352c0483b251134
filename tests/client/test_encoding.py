from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from instep import F, File, WrongArguments
from instep.connectors.gohighlevel.client.arguments import signature_of
from instep.connectors.gohighlevel.client.building import request_for
from instep.connectors.gohighlevel.client.encoding import encode
from instep.connectors.gohighlevel.client.spelling import spelt_for, understood

KNOWN = {"locationId": "L1"}
NAIVE = datetime(2026, 1, 5)  # noqa: DTZ001 - that it has no zone is what is tested
NINE = datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("America/Chicago"))


def build(operation, view="v2", **given):
    return request_for(signature_of(operation, view), given, KNOWN)


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("x", "x"),
        (None, None),
        (True, True),
        (1.5, 1.5),
        (Colour.RED, "red"),
        (("a", "b"), ["a", "b"]),
        ({"a": {"b": Colour.RED}}, {"a": {"b": "red"}}),
        (date(2026, 1, 5), "2026-01-05"),
        (NINE, "2026-01-05T09:00:00-06:00"),
        (datetime(2026, 1, 5, tzinfo=UTC), "2026-01-05T00:00:00+00:00"),
        ([F.tags == "vip"], [{"field": "tags", "operator": "eq", "value": "vip"}]),
    ],
)
def test_a_value_becomes_json(value, sent):
    assert encode(value, "name") == sent


@pytest.mark.parametrize("value", [NAIVE, [NAIVE]])
def test_a_time_without_a_zone_is_refused(value):
    with pytest.raises(WrongArguments, match="startTime is a time without a zone"):
        encode(value, "startTime")


def test_what_json_cannot_hold_is_refused():
    with pytest.raises(WrongArguments, match="name cannot be sent: a object"):
        encode(object(), "name")


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("calendars.free_slots", ("startDate", "endDate")),
        ("calendars.list_events", ("startTime", "endTime")),
        ("calendars.list_blocked_slots", ("startTime", "endTime")),
    ],
)
def test_moments_become_milliseconds_where_they_are_counted(operation, arguments):
    first, last = arguments
    path = {"calendarId": "k"}
    query = build(operation, **path, **{first: NINE, last: NINE + timedelta(1)}).query
    assert (query[first], query[last]) == ("1767625200000", "1767711600000")


def test_a_day_is_no_moment():
    with pytest.raises(WrongArguments, match="give a datetime"):
        build("calendars.free_slots", calendarId="k", startDate=date(2026, 1, 5), endDate=NINE)


def test_moments_in_a_body_keep_their_offset():
    east = datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=10)))
    body = build("calendars.create_appointment", calendarId="k", contactId="c", startTime=east).json
    assert body["startTime"] == "2026-01-05T09:00:00+10:00"


def test_lists_in_a_query_are_given_once_for_each():
    request = build(
        "calendars.free_slots", calendarId="k", startDate=1, endDate=2, userIds=["a", "b"]
    )
    assert request.lists == {"userIds": ("a", "b")}


def test_truth_in_a_query_is_a_word_and_nothing_is_left_out():
    query = build("opportunities.search", location_id="L1", getTasks=True, q=None).query
    assert query == {"location_id": "L1", "getTasks": "true"}


def test_an_upload_has_parts(tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(b"png")
    from_path = build("medias.upload_media_content", file=path, hosted=False).parts
    from_file = build(
        "medias.upload_media_content", file=File("logo.png", b"png"), hosted=False
    ).parts
    assert from_path == from_file
    file, hosted = from_path
    assert (file.filename, file.content, file.content_type) == ("logo.png", b"png", "image/png")
    assert (hosted.name, hosted.content, hosted.filename) == ("hosted", "false", None)


def test_a_form_is_sent_as_one():
    assert build("oauth.get_location_token", companyId="C1").form == {
        "companyId": "C1",
        "locationId": "L1",
    }


@pytest.mark.parametrize("key", ["field_value", "fieldValue"])
def test_custom_fields_are_spelt_for_the_view(key):
    given = [{"id": "f1", key: "x"}, "odd"]
    assert spelt_for("v2", "customFields", given) == [{"id": "f1", "field_value": "x"}, "odd"]
    assert spelt_for("v3", "customFields", given) == [{"id": "f1", "fieldValue": "x"}, "odd"]


def test_dnd_channels_are_spelt_for_the_view():
    given = {"SMS": {"status": "active"}, "email": {"status": "inactive"}, "new": 1}
    assert [*spelt_for("v2", "dndSettings", given)] == ["SMS", "Email", "new"]
    assert [*spelt_for("v3", "dndSettings", given)] == ["sms", "email", "new"]


@pytest.mark.parametrize(
    ("came", "also"),
    [
        ({"succeded": True}, {"succeeded": True}),
        ({"buiseness": {"id": "b"}}, {"business": {"id": "b"}}),
        ({"event": {"id": "e"}}, {"appointment": {"id": "e"}}),
        ({"appointment": {"id": "e"}}, {"event": {"id": "e"}}),
        ({"appoinmentStatus": "new"}, {"appointmentStatus": "new"}),
    ],
)
def test_a_misspelt_key_is_there_twice(came, also):
    assert understood(dict(came)) == came | also


def test_channels_of_a_reply_have_both_casings():
    contact = {"dndSettings": {"SMS": {"status": "active"}}}
    for body in ({"contact": dict(contact)}, {"contacts": [dict(contact)]}):
        read = understood(body)
        found = read.get("contact") or read["contacts"][0]
        assert found["dndSettings"]["sms"] == found["dndSettings"]["SMS"] == {"status": "active"}


@pytest.mark.parametrize("body", [None, "text", b"bytes", [1], {"event": "TaskCreate"}])
def test_other_replies_stay_as_they_are(body):
    assert understood(body) == body
