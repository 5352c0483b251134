"""BackNine's recipes on what is not public, over a described app: proves our code, not the vendor."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from tests.recipes.apps import DESK
from tests.recipes.table import laid

ANNA = {"first_name": "Anna", "last_name": "Doe", "email": "anna.doe@example.com"}
EMAIL = ANNA["email"]
DUE, LATER, UNTIL = "2030-01-07T15:00:00Z", "2030-02-07T15:00:00Z", "2030-02-07T15:30:00Z"
START, END = "2030-01-08T15:00:00Z", "2030-01-08T15:30:00Z"


@pytest.fixture
async def table(sqlite_url, tmp_path):
    async with laid(sqlite_url, tmp_path, DESK, "backnine") as made:
        made.there = made.other.add_person(**ANNA, phone="+12125550101")
        yield made


async def test_the_profile_is_kept_equal_and_the_tasks_and_notes_of_the_contact_are_got(table):
    table.ghl.add(ANNA)
    here = table.ghl.id_of(EMAIL)
    task = table.mine.task(here, "Call back", DUE)
    table.mine.note(here, "Prefers mornings.")
    await table.use("backnine-profile-and-tasks", "notes")
    assert table.ghl.value(EMAIL, "phone") == "+12125550101"
    [got] = table.other.children("tasks", table.there)
    assert (got["title"], got["completed"]) == ("Call back", False)
    assert [each["body"] for each in table.other.children("notes", table.there)] == [
        "Prefers mornings."
    ]

    table.other.edit_person(table.there, last_name="Roe")
    table.ghl.change(EMAIL, phone="+12125550177")
    table.mine.edit_task(here, task, completed=True)
    await table.go_on()
    assert table.ghl.value(EMAIL, "last_name") == "roe"
    assert table.other.people_by_email()[EMAIL]["phone"] == "+12125550177"
    assert table.other.children("tasks", table.there)[0]["completed"] is True
    await table.assert_quiet()


async def test_without_being_asked_for_no_notes_are_got(table):
    used = await table.use("backnine-profile-and-tasks")
    assert [each.new.canonical for each in used.syncs] == ["contact", "task"]
    assert table.ghl.people() == [EMAIL]


async def test_tasks_new_or_updated_in_either_are_read_created_and_updated_both_ways(table):
    table.other.add("tasks", table.there, title="From BackNine", due_at=DUE, completed=False)
    await table.use("backnine-two-way-tasks")
    here = table.ghl.id_of(EMAIL)
    own = table.mine.task(here, "From GoHighLevel", DUE)
    theirs = table.mine.tasks(here)["From BackNine"]
    await table.go_on()
    tasks = {each["title"]: each for each in table.other.children("tasks", table.there)}
    assert set(tasks) == {"From BackNine", "From GoHighLevel"}

    table.mine.edit_task(here, theirs["id"], completed=True)
    table.other.edit("tasks", table.there, tasks["From GoHighLevel"]["id"], due_at=LATER)
    await table.go_on()
    tasks = {each["title"]: each for each in table.other.children("tasks", table.there)}
    assert tasks["From BackNine"]["completed"] is True
    assert table.mine.tasks(here)["From GoHighLevel"]["dueDate"][:16] == LATER[:16]
    assert table.mine.tasks(here)["From GoHighLevel"]["id"] == own
    await table.assert_quiet()


async def test_notes_and_appointments_of_backnine_stand_together_at_the_contact(table):
    with pytest.raises(UserError, match="In which GoHighLevel calendar .* --set calendar_id=VALUE"):
        await table.use("backnine-notes-and-appointments")
    table.other.add("notes", table.there, body="Prefers mornings.")
    table.other.add("appointments", table.there, title="Review", starts_at=START, ends_at=END)
    calendar = table.mine.calendar()
    await table.use("backnine-notes-and-appointments", calendar_id=calendar)
    here = table.ghl.id_of(EMAIL)
    assert table.mine.notes(here) == ["Prefers mornings."]
    review = table.mine.appointments(here)["Review"]
    assert (review["calendarId"], review["startTime"][:10]) == (calendar, START[:10])

    table.other.add("notes", table.there, body="Likes tea.")
    table.other.add("appointments", table.there, title="Signing", starts_at=LATER, ends_at=UNTIL)
    await table.go_on()
    assert table.mine.notes(here) == ["Likes tea.", "Prefers mornings."]
    assert set(table.mine.appointments(here)) == {"Review", "Signing"}
    await table.assert_quiet()
