from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.gohighlevel.tasks import Tasks
from instep.core.errors import RecordRejected
from instep.core.records import Record, Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

ACCOUNT = Account("ve9EPM428h8vShlRW1KT", "US", {})
EVERYWHERE = Tasks(ACCOUNT)
OF_ANN = EVERYWHERE.under("c1")

TASK = {
    "id": "t1",
    "title": "Call back",
    "body": "",
    "dueDate": "2026-03-04T15:00:00.000Z",
    "completed": False,
    "assignedTo": "u1",
    "contactId": "c1",
}


def page(first, size):
    tasks = [{"_id": f"t{n}", "title": f"Task {n}"} for n in range(first, first + size)]
    return Reply(200, {}, {"tasks": tasks})


def test_all_tasks_come_from_the_search_of_the_location():
    request = EVERYWHERE.list()

    assert (request.method, request.path) == (
        "POST",
        "/locations/ve9EPM428h8vShlRW1KT/tasks/search",
    )
    assert request.json == {"limit": 100, "skip": 0}
    assert request.safe_to_repeat


def test_the_tasks_of_one_contact_are_one_list():
    request = OF_ANN.list()

    assert (request.method, request.path) == ("GET", "/contacts/c1/tasks")
    assert OF_ANN.next(request, Reply(200, {}, {"tasks": [TASK] * 40})) is None


def test_what_changed_cannot_be_asked_so_everything_is():
    assert not Tasks.cursor.since
    assert EVERYWHERE.changes("2026-01-01T00:00:00Z") == EVERYWHERE.list()


@pytest.mark.parametrize("size", [100, 50, 25])
def test_however_many_a_search_gives_the_next_page_begins_on_its_last_task(size):
    following = EVERYWHERE.next(EVERYWHERE.list(), page(0, size))

    assert following.json["skip"] == size - 1
    assert following.carry == {"border": f"t{size - 1}"}


def test_a_page_of_fewer_than_a_search_gives_unasked_is_the_last():
    assert EVERYWHERE.next(EVERYWHERE.list(), page(0, 24)) is None


def test_a_page_that_brings_nothing_new_is_the_last():
    second = EVERYWHERE.next(EVERYWHERE.list(), page(0, 100))

    assert EVERYWHERE.next(second, page(99, 1)) is None


def test_when_tasks_moved_up_past_our_place_it_steps_back():
    second = EVERYWHERE.next(EVERYWHERE.list(), page(0, 100))

    again = EVERYWHERE.next(second, page(120, 50))

    assert again.json["skip"] == 0
    assert again.carry == second.carry


def test_a_task_is_read_under_either_name_of_its_id_with_its_time_in_utc():
    expected = {
        "title": "Call back",
        "body": None,
        "due_at": "2026-03-04T15:00:00Z",
        "completed": False,
        "assigned_to": "u1",
        "contact_id": "c1",
    }
    searched = {**TASK, "_id": TASK["id"]}
    del searched["id"]

    assert OF_ANN.record(Reply(200, {}, {"task": TASK})) == Record("t1", expected)
    assert EVERYWHERE.records(Reply(200, {}, {"tasks": [searched]})) == [Record("t1", expected)]


def test_a_new_task_is_open_and_names_its_contact_in_the_path_only():
    request = OF_ANN.create(
        {"title": "Call", "due_at": "2026-03-04T10:00:00-05:00", "contact_id": "c1", "body": None}
    )

    assert (request.method, request.path) == ("POST", "/contacts/c1/tasks")
    assert request.json == {
        "title": "Call",
        "dueDate": "2026-03-04T15:00:00+00:00",
        "completed": False,
    }
    assert not request.safe_to_repeat


def test_an_update_is_one_call_and_empties_text_with_empty_text():
    (request,) = OF_ANN.update("t1", Write({"completed": True, "body": None}), None)

    assert (request.method, request.path) == ("PUT", "/contacts/c1/tasks/t1")
    assert request.json == {"completed": True, "body": ""}
    assert OF_ANN.update("t1", Write({"contact_id": "c2"}), None) == []


def test_a_task_is_deleted_below_its_contact():
    assert OF_ANN.delete("t/1") == Request("DELETE", "/contacts/c1/tasks/t%2F1", repeatable=True)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: EVERYWHERE.get("t1"),
        lambda: EVERYWHERE.delete("t1"),
        lambda: EVERYWHERE.create({"title": "Call"}),
        lambda: EVERYWHERE.update("t1", Write({"title": "Call"}), None),
    ],
)
def test_without_its_contact_a_task_cannot_be_reached(ask):
    with pytest.raises(RecordRejected, match="through its contact"):
        ask()


@pytest.mark.parametrize(
    ("values", "complaint"),
    [({"due_at": "2026-03-04T15:00:00"}, "no offset"), ({"due_at": None}, "without due_at")],
)
def test_a_time_that_could_mean_two_moments_is_not_sent(values, complaint):
    with pytest.raises(RecordRejected, match=complaint):
        OF_ANN.update("t1", Write(values), None)


@pytest.mark.parametrize(
    ("values", "ours"),
    [
        ({"title": " Call  back", "due_at": "2026-03-04T15:00:00Z", "body": "cut"}, True),
        ({"title": "Call back", "due_at": "2026-03-05T15:00:00Z"}, False),
        ({"title": "Call", "due_at": "2026-03-04T15:00:00Z"}, False),
        ({}, False),
    ],
)
def test_a_lost_create_is_recognised_by_title_and_due_time(values, ours):
    written = {"title": "Call back", "due_at": "2026-03-04T15:00:00Z", "body": "long text"}

    assert OF_ANN.recognises(written, Record("t1", values), datetime.now(UTC)) is ours
