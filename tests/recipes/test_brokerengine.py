"""BrokerEngine's recipes, over a completed copy of its template: proves our code, not the vendor."""

from __future__ import annotations

import pytest

from tests.recipes.apps import BROKERENGINE
from tests.recipes.table import laid

ANNA = {"first_name": "Anna", "last_name": "Doe", "email": "anna.doe@example.com"}
EMAIL = ANNA["email"]
DUE, LATER = "2030-01-07T15:00:00Z", "2030-02-07T15:00:00Z"
START, END, MOVED = "2030-01-08T15:00:00Z", "2030-01-08T15:30:00Z", "2030-01-09T15:00:00Z"


@pytest.fixture
async def table(database_url, tmp_path):
    async with laid(database_url, tmp_path, BROKERENGINE, "brokerengine") as made:
        made.ghl.add(ANNA)
        made.anna = made.ghl.id_of(EMAIL)
        yield made


def there(table, kind):
    """What BrokerEngine holds of Anna."""
    return table.other.children(kind, table.other.id_of(EMAIL))


async def test_a_contact_new_or_updated_in_gohighlevel_is_mirrored_with_all_that_is_its(table):
    task = table.mine.task(table.anna, "Call back", DUE)
    table.mine.note(table.anna, "Prefers mornings.")
    booked = table.mine.book(table.anna, table.mine.calendar(), "Review", START, END)
    nobodys = table.other.add_person(first_name="Only", last_name="There", email="o@example.com")
    await table.use("brokerengine-activity-mirror")
    [mirrored] = there(table, "tasks")
    assert (mirrored["title"], mirrored["completed"]) == ("Call back", False)
    assert [each["body"] for each in there(table, "notes")] == ["Prefers mornings."]
    [review] = there(table, "appointments")
    assert (review["title"], review["starts_at"][:16]) == ("Review", START[:16])

    table.ghl.change(EMAIL, last_name="Roe")
    table.mine.edit_task(table.anna, task, completed=True)
    table.mine.note(table.anna, "Likes tea.")
    table.mine.move(booked, MOVED, "2030-01-09T15:30:00Z")
    table.other.edit_person(nobodys, last_name="Else")
    await table.go_on()
    assert table.other.people_by_email()[EMAIL]["last_name"] == "Roe"
    assert [each["completed"] for each in there(table, "tasks")] == [True]
    assert len(there(table, "notes")) == 2
    assert [each["starts_at"][:16] for each in there(table, "appointments")] == [MOVED[:16]]
    assert table.ghl.people() == [EMAIL]  # GoHighLevel is never written
    await table.assert_quiet()


async def test_a_task_new_or_updated_in_gohighlevel_goes_over_and_its_progress_comes_back(table):
    task = table.mine.task(table.anna, "Call back", DUE)
    await table.use("brokerengine-task-progress")
    [made] = there(table, "tasks")
    assert (made["title"], made["completed"], made["due_at"][:16]) == (
        *("Call back", False, DUE[:16]),
    )

    table.mine.edit_task(table.anna, task, dueDate=LATER)
    await table.go_on()
    assert there(table, "tasks")[0]["due_at"][:16] == LATER[:16]

    table.other.edit("tasks", table.other.id_of(EMAIL), made["id"], completed=True)
    await table.go_on()
    done = table.mine.tasks(table.anna)["Call back"]
    assert (done["completed"], done["dueDate"][:16]) == (True, LATER[:16])
    await table.assert_quiet()


async def test_a_note_or_appointment_added_in_gohighlevel_is_captured(table):
    calendar = table.mine.calendar()
    await table.use("brokerengine-notes-and-appointments")
    assert there(table, "notes") == there(table, "appointments") == []

    table.mine.note(table.anna, "Prefers mornings.")
    table.mine.book(table.anna, calendar, "Review", START, END)
    table.ghl.change(EMAIL, last_name="Roe")  # notes are read when their contact changed
    await table.go_on()
    assert [each["body"] for each in there(table, "notes")] == ["Prefers mornings."]
    [review] = there(table, "appointments")
    assert (review["title"], review["ends_at"][:16]) == ("Review", END[:16])
    await table.assert_quiet()
