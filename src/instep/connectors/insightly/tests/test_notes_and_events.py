from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.insightly import connector
from instep.connectors.insightly.events import Events
from instep.connectors.insightly.notes import Notes, headline, words_of
from instep.core.errors import Gone, RecordRejected
from instep.core.records import Record, Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

ACCOUNT = Account("", "US", {"timezone": "America/Chicago"})
NOTES = Notes(ACCOUNT).under("301")
EVENTS = Events(ACCOUNT).under("301")
AT = datetime(2026, 3, 4, 15, tzinfo=UTC)


def test_a_note_is_made_on_its_contact():
    request = NOTES.create({"title": "Call", "body": "Hi\nA & B", "contact_id": "301"})

    assert (request.method, request.path) == ("POST", "/Contacts/301/Notes")
    assert request.json == {"TITLE": "Call", "BODY": "<p>Hi<br>A &amp; B</p>"}


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Spoke to  them\n\nabout\u00a0it", "Spoke to them about it"),
        ("word " * 40, "word " * 15 + "…"),
        (None, "Note"),
        ("\n", "Note"),
    ],
)
def test_a_note_without_a_title_borrows_one_from_its_text(body, title):
    assert headline(body) == title
    assert NOTES.create({"body": body}).json["TITLE"] == title


def test_a_note_is_changed_and_deleted_by_its_own_id():
    [put] = NOTES.update("7", Write({"body": None, "contact_id": "302"}), 'W/"7"')

    assert (put.method, put.path, put.json) == ("PUT", "/Notes", {"BODY": None, "NOTE_ID": 7})
    assert put.headers == {"If-Match": 'W/"7"'}
    assert NOTES.delete("7") == Request("DELETE", "/Notes/7", repeatable=True)


def test_without_its_contact_a_note_cannot_be_made_but_can_be_listed():
    with pytest.raises(RecordRejected, match="through its contact"):
        Notes(ACCOUNT).create({"title": "Call"})
    assert Notes(ACCOUNT).list().path == "/Notes"


@pytest.mark.parametrize(
    ("values", "ours"),
    [
        ({}, True),
        ({"body": "Spoke\n\n& agreed"}, True),
        ({"body": "Spoke"}, False),
        ({"title": "Other"}, False),
        ({"contact_id": "302"}, False),
    ],
)
def test_a_lost_note_is_recognised_by_its_words(values, ours):
    written = {"body": "Spoke & agreed"}
    found = {"title": "Spoke & agreed", "body": "Spoke & agreed", "contact_id": "301"}
    record = Record("7", {**found, "added_at": "2026-03-04T15:00:05Z", **values})

    assert NOTES.recognises(written, record, AT) is ours


def test_the_words_of_a_text_have_one_space_between_them():
    assert words_of("a\n\nb\t <c>") == "a b <c>"


def test_an_event_is_in_utc_whatever_the_zone_of_the_connection():
    values = {"title": "Review", "starts_at": "2026-03-04T09:00:00-06:00"}

    request = EVENTS.create({**values, "ends_at": "2026-03-04T15:30:00.500Z", "all_day": False})

    assert (request.method, request.path) == ("POST", "/Events")
    assert request.json == {
        "TITLE": "Review",
        "START_DATE_UTC": "2026-03-04 15:00:00",
        "END_DATE_UTC": "2026-03-04 15:30:00",
        "ALL_DAY": False,
    }


def test_an_event_is_read_with_instants():
    row = {
        "EVENT_ID": 7,
        "TITLE": None,
        "LOCATION": "1 Main Street",
        "START_DATE_UTC": "2026-03-04 15:00:00",
        "END_DATE_UTC": "2026-03-04 15:30:00",
        "ALL_DAY": False,
        "OWNER_USER_ID": 2,
        "DATE_UPDATED_UTC": "2026-03-01 10:00:00",
        "LINKS": [],
    }

    record = Events(ACCOUNT).record(Reply(200, {}, row))

    assert record.values == {
        "title": None,
        "starts_at": "2026-03-04T15:00:00Z",
        "ends_at": "2026-03-04T15:30:00Z",
        "address": "1 Main Street",
        "description": None,
        "all_day": False,
        "assigned_to": "2",
        "added_at": None,
        "contact_id": None,
        "business_id": None,
    }


def test_an_event_cannot_be_without_its_times():
    with pytest.raises(RecordRejected, match="without starts_at"):
        EVENTS.update("7", Write({"starts_at": None}), None)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/Contacts/301/Notes", Gone), ("/Tasks/7", Gone), ("/Organisations/88/Links", Gone)],
)
def test_what_stands_below_a_missing_record_is_gone(path, kind):
    error = connector.meaning(Request("GET", path), Reply(404, {}, {"Message": "Not found."}))

    assert type(error) is kind
