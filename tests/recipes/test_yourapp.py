"""The recipes of any app that a person describes, on the example's emulator."""

from __future__ import annotations

import pytest

from tests.recipes.apps import DESK, EXAMPLE
from tests.recipes.table import laid

ANNA = {"first_name": "Anna", "last_name": "Doe", "email": "anna.doe@example.com"}
EMAIL = ANNA["email"]
DUE, LATER = "2030-01-07T15:00:00Z", "2030-02-07T15:00:00Z"
START, END = "2030-01-08T15:00:00Z", "2030-01-08T15:30:00Z"


@pytest.fixture
async def table(sqlite_url, tmp_path):
    async with laid(sqlite_url, tmp_path, EXAMPLE, "yourapp") as made:
        made.there = made.other.add_person(**ANNA)
        yield made


async def test_a_contact_created_in_the_app_is_created_with_its_tasks_and_notes_if_asked(table):
    table.other.add("tasks", table.there, title="Call back", due_at=DUE, completed=False)
    table.other.add("notes", table.there, body="Prefers mornings.")
    await table.use("yourapp-create-contact", "tasks", "notes")
    here = table.ghl.id_of(EMAIL)
    assert table.ghl.value(EMAIL, "last_name") == "doe"
    assert set(table.mine.tasks(here)) == {"Call back"}
    assert table.mine.notes(here) == ["Prefers mornings."]

    table.other.add_person(first_name="Bert", last_name="Doe", email="bert@example.com")
    table.ghl.add({"first_name": "Only", "email": "only@example.com"})
    await table.go_on()
    assert table.ghl.people() == [EMAIL, "bert@example.com", "only@example.com"]
    assert set(table.other.people_by_email()) == {EMAIL, "bert@example.com"}
    await table.assert_quiet()


async def test_a_contact_is_created_alone_if_nothing_else_is_asked(table):
    table.other.add("notes", table.there, body="Prefers mornings.")
    used = await table.use("yourapp-create-contact")
    assert [each.new.name for each in used.syncs] == ["app-contacts"]
    assert table.mine.notes(table.ghl.id_of(EMAIL)) == []


async def test_a_contacts_tasks_are_fetched_at_every_poll(table):
    await table.use("yourapp-fetch-tasks")
    here = table.ghl.id_of(EMAIL)
    task = table.mine.task(here, "Call back", DUE)
    table.other.add("tasks", table.there, title="Own", due_at=DUE, completed=False)
    await table.go_on()
    tasks = {each["title"]: each for each in table.other.children("tasks", table.there)}
    assert set(tasks) == {"Call back", "Own"}
    assert tasks["Call back"]["due_at"][:16] == DUE[:16]

    table.mine.edit_task(here, task, completed=True, dueDate=LATER)
    await table.go_on()
    tasks = {each["title"]: each for each in table.other.children("tasks", table.there)}
    fetched = tasks["Call back"]
    assert (fetched["completed"], fetched["due_at"][:16]) == (True, LATER[:16])
    assert set(table.mine.tasks(here)) == {"Call back"}
    await table.assert_quiet()


async def test_a_note_of_the_app_is_created_on_the_contact_and_its_notes_are_read_back(table):
    table.other.add("notes", table.there, body="From the app.")
    await table.use("yourapp-link-notes")
    here = table.ghl.id_of(EMAIL)
    assert table.mine.notes(here) == ["From the app."]

    table.mine.note(here, "From GoHighLevel.")
    table.ghl.change(EMAIL, last_name="Roe")  # notes are read when their contact changed
    await table.go_on()
    said = [each["body"] for each in table.other.children("notes", table.there)]
    assert len(said) == 2
    assert "From GoHighLevel." in " ".join(said)
    await table.assert_quiet()


async def test_notes_are_pushed_into_the_notes_feed_and_none_comes_back(table):
    note = table.other.add("notes", table.there, body="First.")
    await table.use("push-notes")
    here = table.ghl.id_of(EMAIL)
    table.mine.note(here, "Only here.")
    table.other.add("notes", table.there, body="Second.")
    table.other.edit("notes", table.there, note, body="First, put right.")
    await table.go_on()
    assert table.mine.notes(here) == ["First, put right.", "Only here.", "Second."]
    assert len(table.other.children("notes", table.there)) == 2
    await table.assert_quiet()


async def test_the_dashboard_shows_details_tasks_notes_and_appointments_in_one_view(
    database_url, tmp_path
):
    async with laid(database_url, tmp_path, DESK, "yourapp") as table:
        table.ghl.add({**ANNA, "phone": "+12125550101"})
        here = table.ghl.id_of(EMAIL)
        table.ghl.tag(here, "vip")
        table.mine.task(here, "Call back", DUE)
        table.mine.note(here, "Prefers mornings.")
        table.mine.book(here, table.mine.calendar(), "Review", START, END)
        await table.use("contact-health-dashboard")
        shown = table.other.people_by_email()[EMAIL]
        assert (shown["phone"], shown["tags"]) == ("+12125550101", ["vip"])
        view = {
            kind: [each.get("title") or each["body"] for each in found]
            for kind in ("tasks", "notes", "appointments")
            if (found := table.other.children(kind, shown["id"]))
        }
        assert view == {
            "tasks": ["Call back"],
            "notes": ["Prefers mornings."],
            "appointments": ["Review"],
        }

        table.mine.note(here, "Likes tea.")
        table.ghl.change(EMAIL, phone="+12125550177")
        await table.go_on()
        assert table.other.people_by_email()[EMAIL]["phone"] == "+12125550177"
        assert len(table.other.children("notes", shown["id"])) == 2
        await table.assert_quiet()
