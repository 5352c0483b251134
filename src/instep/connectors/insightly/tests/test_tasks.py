from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.insightly.tasks import Tasks
from instep.core.errors import RecordRejected, UserError
from instep.core.records import Record, Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

ACCOUNT = Account("", "AU", {"timezone": "Australia/Sydney"})
EVERYWHERE = Tasks(ACCOUNT)
OF_ANN = EVERYWHERE.under("301")
AT = datetime(2026, 3, 4, 15, tzinfo=UTC)


def linked(name, number, link_id):
    return {"LINK_ID": link_id, "LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": number}


TASK = {
    "TASK_ID": 7,
    "TITLE": "Call back",
    "DETAILS": None,
    "DUE_DATE": "2026-03-05 02:00:00",
    "COMPLETED": False,
    "STATUS": "Not Started",
    "PRIORITY": 2,
    "RESPONSIBLE_USER_ID": 12,
    "DATE_CREATED_UTC": "2026-03-04 15:00:00",
    "DATE_UPDATED_UTC": "2026-03-04 15:00:01",
    "LINKS": [linked("Contact", 302, 9), linked("Contact", 301, 5), linked("Organisation", 88, 6)],
}


def test_a_task_is_read_with_its_time_in_utc_its_words_and_its_oldest_links():
    record = EVERYWHERE.record(Reply(200, {"etag": 'W/"7"'}, TASK))

    assert record == Record(
        "7",
        {
            "title": "Call back",
            "body": None,
            "due_at": "2026-03-04T15:00:00Z",
            "completed": False,
            "status": "not_started",
            "priority": "normal",
            "assigned_to": "12",
            "added_at": "2026-03-04T15:00:00Z",
            "contact_id": "301",
            "business_id": "88",
        },
        'W/"7"',
        "2026-03-04T15:00:01Z",
    )


def test_below_a_contact_a_task_is_that_contacts_even_where_links_are_not_told():
    untold = {key: TASK[key] for key in TASK if key != "LINKS"}

    [listed] = EVERYWHERE.under("302").records(Reply(200, {}, [untold]))
    single = EVERYWHERE.under("302").record(Reply(200, {}, TASK))

    assert (listed.values["contact_id"], single.values["contact_id"]) == ("302", "302")
    assert "contact_id" not in EVERYWHERE.record(Reply(200, {}, untold)).values


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        ({"due_at": "0000-00-00 00:00:00"}, None),
        ({"due_at": "2026-03-05"}, "2026-03-04T13:00:00Z"),
        ({"due_at": "soon"}, "soon"),
    ],
)
def test_odd_due_dates(values, sent):
    row = {**TASK, "DUE_DATE": values["due_at"]}

    assert EVERYWHERE.record(Reply(200, {}, row)).values["due_at"] == sent


def test_a_due_date_in_the_hour_that_a_clock_repeats_counts_as_not_read():
    row = {**TASK, "DUE_DATE": "2026-04-05 02:30:00"}

    assert "due_at" not in EVERYWHERE.record(Reply(200, {}, row)).values


def test_a_status_nobody_has_told_us_of_is_read_as_it_is_and_never_written():
    row = {**TASK, "STATUS": "PARKED"}

    assert EVERYWHERE.record(Reply(200, {}, row)).values["status"] == "PARKED"
    with pytest.raises(RecordRejected, match="it has completed, deferred"):
        EVERYWHERE.update("7", Write({"status": "PARKED"}), None)


def test_all_tasks_and_what_changed_are_lists_of_their_own_and_so_are_a_contacts():
    since = "2026-04-09T16:58:14Z"
    asked = [OF_ANN.list(), EVERYWHERE.list(), OF_ANN.changes(since), EVERYWHERE.changes(since)]

    assert [each.path for each in asked] == [
        "/Contacts/301/Tasks",
        "/Tasks",
        "/Contacts/301/Tasks",
        "/Tasks/Search",
    ]
    assert [each.query.get("updated_after_utc") for each in asked] == [
        None,
        None,
        "2026-04-09T16:58:13Z",
        "2026-04-09T16:58:13Z",
    ]


def test_a_new_task_is_open_due_in_the_zone_of_the_connection_and_not_yet_linked():
    values = {"title": "Call", "due_at": "2026-03-04T10:00:00-05:00", "contact_id": "301"}

    request = OF_ANN.create({**values, "priority": "high", "body": None})

    assert (request.method, request.path) == ("POST", "/Tasks")
    assert request.json == {
        "TITLE": "Call",
        "DUE_DATE": "2026-03-05 02:00:00",
        "COMPLETED": False,
        "STATUS": "NOT STARTED",
        "PRIORITY": 3,
    }
    assert not request.safe_to_repeat


@pytest.mark.parametrize(
    ("values", "body"),
    [
        ({"completed": True}, {"COMPLETED": True, "STATUS": "COMPLETED"}),
        ({"completed": False}, {"COMPLETED": False, "STATUS": "NOT STARTED"}),
        ({"completed": None}, {"COMPLETED": False, "STATUS": "NOT STARTED"}),
        ({"status": "completed"}, {"COMPLETED": True, "STATUS": "COMPLETED"}),
        ({"status": "waiting"}, {"COMPLETED": False, "STATUS": "WAITING"}),
        ({"status": "waiting", "completed": True}, {"COMPLETED": True, "STATUS": "COMPLETED"}),
        ({"status": "waiting", "completed": False}, {"COMPLETED": False, "STATUS": "WAITING"}),
        (
            {"status": "completed", "completed": False},
            {"COMPLETED": False, "STATUS": "NOT STARTED"},
        ),
        ({"due_at": None}, {"DUE_DATE": None}),
        ({"title": "x" * 501}, {"TITLE": "x" * 500}),
    ],
)
def test_completion_and_status_never_contradict_each_other(values, body):
    [request] = OF_ANN.update("7", Write(values), 'W/"7"')

    assert request.json == {"TASK_ID": 7, **body}
    assert request.headers == {"If-Match": 'W/"7"'}


def test_links_are_added_by_calls_of_their_own_that_are_not_repeated_blindly():
    write = Write({"title": "Call", "contact_id": "301", "business_id": "88"})

    put, *links = OF_ANN.update("7", write, None)

    assert put == Request("PUT", "/Tasks", json={"TITLE": "Call", "TASK_ID": 7}, repeatable=True)
    assert [(each.method, each.path, each.json) for each in links] == [
        ("POST", "/Tasks/7/Links", {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": 301}),
        ("POST", "/Tasks/7/Links", {"LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": 88}),
    ]
    assert not any(each.safe_to_repeat for each in links)


def test_after_a_links_own_call_links_and_version_are_unknown():
    replies = [Reply(200, {"etag": 'W/"8"'}, TASK), Reply(201, {}, linked("Contact", 301, 5))]

    values, version = OF_ANN.updated(replies)

    assert values["title"] == "Call back"
    assert not {"contact_id", "business_id"} & values.keys()
    assert version is None
    assert OF_ANN.updated([]) == ({}, None)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"title": None}, "without title"),
        ({"due_at": "2026-03-04T15:00:00"}, "no offset"),
        ({"due_at": "soon"}, "is no time"),
        ({"contact_id": None}, "not take one away"),
        ({"contact_id": "c1"}, "cannot be the id of a contact"),
        ({"assigned_to": "robin"}, "is no number"),
    ],
)
def test_what_insightly_could_not_keep_is_refused_before_it_is_sent(values, complaint):
    with pytest.raises(RecordRejected, match=complaint):
        OF_ANN.update("7", Write(values), None)


def test_a_zone_there_is_not_is_named():
    tasks = Tasks(Account("", "AU", {"timezone": "Sydney/Australia"}))

    with pytest.raises(UserError, match="Sydney/Australia, which there is not"):
        tasks.record(Reply(200, {}, TASK))


@pytest.mark.parametrize(
    ("values", "ours"),
    [
        ({}, True),
        ({"title": " Call  back"}, True),
        ({"due_at": "2026-03-04T13:00:00Z"}, True),  # only its day was kept
        ({"due_at": "2026-03-05T13:00:00Z"}, False),
        ({"due_at": None}, False),
        ({"title": "Call"}, False),
        ({"contact_id": None}, True),  # made, and not linked yet
        ({"contact_id": "302"}, False),
        ({"added_at": "2026-03-04T14:00:00Z"}, False),
    ],
)
def test_a_lost_create_is_recognised_by_title_day_and_time_of_making(values, ours):
    written = {"title": "Call back", "due_at": "2026-03-04T15:00:00Z", "body": "long text"}
    found = {**written, "contact_id": "301", "added_at": "2026-03-04T15:00:05Z", **values}

    assert OF_ANN.recognises(written, Record("7", found), AT) is ours
