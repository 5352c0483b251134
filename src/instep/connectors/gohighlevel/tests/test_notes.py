from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.gohighlevel.notes import Notes
from instep.core.errors import RecordRejected
from instep.core.records import Record, Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

ACCOUNT = Account("ve9EPM428h8vShlRW1KT", "US", {})
OF_ANN = Notes(ACCOUNT).under("c1")

NOTE = {
    "id": "n1",
    "body": "Spoke to her",
    "userId": "u1",
    "dateAdded": "2021-07-08T12:02:11.285Z",
    "contactId": "c1",
}


def test_notes_are_listed_contact_by_contact_only():
    assert OF_ANN.list() == Request("GET", "/contacts/c1/notes")
    assert not Notes.parent.listed_together
    with pytest.raises(RecordRejected, match="through its contact"):
        Notes(ACCOUNT).list()


def test_a_note_tells_when_it_was_made():
    (note,) = OF_ANN.records(Reply(200, {}, {"notes": [NOTE]}))

    assert note.values == {
        "title": None,
        "body": "Spoke to her",
        "pinned": None,
        "color": None,
        "author_id": "u1",
        "added_at": "2021-07-08T12:02:11.285Z",
        "contact_id": "c1",
    }
    assert note.changed_at is None


def test_writing_never_sends_when_it_was_made_nor_whose_it_is():
    values = {"body": "Hello", "added_at": "2021-07-08T12:02:11Z", "contact_id": "c1"}

    assert OF_ANN.create(values).json == {"body": "Hello"}
    (put,) = OF_ANN.update("n1", Write({**values, "title": None}), None)
    assert (put.path, put.json) == ("/contacts/c1/notes/n1", {"body": "Hello", "title": ""})


def test_a_note_cannot_be_emptied():
    with pytest.raises(RecordRejected, match="without body"):
        OF_ANN.update("n1", Write({"body": None}), None)


@pytest.mark.parametrize(
    ("body", "made", "ours"),
    [
        ("Hello", "2026-01-05T15:00:30Z", True),
        ("Hello", "2026-01-05T14:00:00Z", False),
        ("Good-bye", "2026-01-05T15:00:30Z", False),
        ("Hello", None, True),
    ],
)
def test_a_lost_note_is_recognised_by_its_text_and_time(body, made, ours):
    record = Record("n1", {"body": body, "added_at": made})
    sent_at = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)

    assert OF_ANN.recognises({"body": "Hello"}, record, sent_at) is ours
