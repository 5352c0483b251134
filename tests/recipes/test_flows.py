"""The flows of recipes within GoHighLevel, from what starts each to what it has written there."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from tests.recipes.table import laid_with_insightly

ANNA = {"first_name": "Anna", "last_name": "Doe", "email": "anna.doe@example.com"}
EMAIL = ANNA["email"]
DUE = "2030-01-07T15:00:00Z"


@pytest.fixture
async def table(sqlite_url, tmp_path):
    async with laid_with_insightly(sqlite_url, tmp_path) as made:
        made.connections = {"gohighlevel": "gohighlevel"}
        yield made


@pytest.fixture
def anna(table):
    """Anna in GoHighLevel: her id there."""
    table.ghl.add({**ANNA, "phone": "+12125550101"})
    return table.ghl.id_of(EMAIL)


async def test_a_new_lead_is_pulled_marked_and_gets_the_tasks_to_follow_it_up(table, anna):
    pipeline, title, stages = table.mine.pipeline()
    user = table.mine.user()
    other = table.another("other@example.com")
    table.mine.opportunity(other, pipeline, stages["New enquiry"], "Was there before")
    name = await table.turn_on("lead-qualification", pipeline=title, user=user["name"])
    assert await table.states(name) == {}

    table.mine.opportunity(anna, pipeline, stages["New enquiry"], "Home loan")
    await table.watch()
    assert await table.states(name) == {"done": 1}
    assert table.ghl.raw(anna)["tags"] == ["to qualify"]
    tasks = table.mine.tasks(anna)
    assert set(tasks) == {"Call Anna about Home loan", "Qualify Anna"}
    call = tasks["Call Anna about Home loan"]
    assert (call["assignedTo"], call["completed"]) == (user["id"], False)
    assert "+12125550101" in call["body"]
    assert call["dueDate"] < tasks["Qualify Anna"]["dueDate"]

    await table.watch()
    assert len(table.mine.tasks(anna)) == 2
    assert table.mine.tasks(other) == {}


async def test_recent_notes_are_attached_to_an_appointment_some_hours_before_it(table, anna):
    calendar = table.mine.calendar()
    table.mine.note(anna, "Prefers mornings.")
    name = await table.turn_on("appointment-preparation", calendar="Talk", hours="24")
    start, end = table.in_days(3), table.in_days(3, minutes=30)
    review = table.mine.book(anna, calendar, "Review", start, end)
    off = table.mine.book(anna, calendar, "Called off", table.in_days(3.5), table.in_days(3.6))
    await table.watch()
    assert table.mine.appointment_notes(review) == []

    table.mine.cancel(off)
    await table.watch(3 * 24 * 60)
    [note] = table.mine.appointment_notes(review)
    assert note.endswith(": Prefers mornings.")
    assert table.mine.appointment_notes(off) == []
    assert (await table.states(name))["done"] >= 1


async def test_a_customers_messages_become_notes_and_tasks_where_they_ask(table, anna):
    table.mine.hear(anna, "Heard before.")
    name = await table.turn_on("support-from-notes")
    table.mine.hear(anna, "Thank you for the papers.")
    table.mine.hear(anna, "Can you call me about my policy?")
    await table.watch()
    notes = table.mine.notes(anna)
    assert len([each for each in notes if "Can you call me about my policy?" in each]) == 1
    assert len([each for each in notes if "Thank you for the papers." in each]) == 1
    [task] = table.mine.tasks(anna).values()
    assert task["title"].casefold() == "answer anna doe"
    assert task["body"] == "Can you call me about my policy?"

    table.mine.hear(anna, "And thanks.")
    await table.watch()
    assert len(table.mine.notes(anna)) == len(notes) + 1
    assert len(table.mine.tasks(anna)) == 1
    assert (await table.states(name))["done"] == 2


async def test_who_reaches_a_milestone_is_put_into_the_campaign_once(table, anna):
    [campaign, *_] = table.mine.campaigns()
    name = await table.turn_on(
        "follow-up-campaigns", milestone="settled", campaign=campaign["name"]
    )
    table.another("other@example.com")
    table.ghl.tag(anna, "settled")

    def added():
        return table.ghl.calls().get("POST /contacts/{contactId}/campaigns/{campaignId}", 0)

    await table.watch()
    assert set(table.ghl.raw(anna)["tags"]) == {"settled", "in follow-up"}
    assert added() == 1
    await table.watch()
    assert added() == 1
    assert set(await table.states(name)) <= {"done", "ended"}


async def test_an_opportunity_moves_on_once_all_tasks_are_done_or_a_note_says_so(table, anna):
    pipeline, title, stages = table.mine.pipeline()
    first, second = (table.mine.task(anna, title, DUE) for title in ("Send papers", "Call"))
    loan = table.mine.opportunity(anna, pipeline, stages["New enquiry"], "Home loan")
    await table.turn_on(
        "lifecycle-automation", **{"pipeline": title, "from": "New enquiry", "to": "Settled"}
    )
    table.mine.edit_task(anna, first, completed=True)
    await table.watch()
    assert table.mine.stage_of(loan) == stages["New enquiry"]

    table.mine.edit_task(anna, second, completed=True)
    await table.watch()
    assert table.mine.stage_of(loan) == stages["Settled"]

    other = table.another("other@example.com")
    table.mine.task(other, "Open for long", DUE)
    card = table.mine.opportunity(other, pipeline, stages["New enquiry"], "Second loan")
    done = table.mine.task(other, "Ask", DUE)
    table.mine.note(other, "They signed, move on!")
    table.mine.edit_task(other, done, completed=True)
    await table.watch()
    assert table.mine.stage_of(card) == stages["Settled"]


async def test_the_next_task_of_the_plan_is_made_when_the_one_before_is_done(table, anna):
    task = table.mine.task(anna, "First call", DUE)
    await table.turn_on("nurture-tasks")
    for title in ("Send information", "Ask for a decision"):
        table.mine.edit_task(anna, task, completed=True)
        await table.watch()
        made = table.mine.tasks(anna)[title]
        assert made["completed"] is False
        task = made["id"]
    table.mine.edit_task(anna, task, completed=True)
    await table.watch()
    assert len(table.mine.tasks(anna)) == 3


async def test_the_notes_of_a_contact_are_gathered_in_a_field_every_morning(table, anna):
    field = table.mine.custom_field("Summary", "LARGE_TEXT")
    table.ghl.tag(anna, "client")
    table.mine.note(anna, "Prefers mornings.")
    table.mine.note(anna, "Likes tea.")
    await table.turn_on("note-summaries", tag="client", field="Summary")
    await table.watch(24 * 60)
    [held] = [each for each in table.ghl.raw(anna)["customFields"] if each["id"] == field]
    assert held["value"].startswith("2 notes. ")
    assert "Prefers mornings." in held["value"]
    assert "Likes tea." in held["value"]


async def test_a_completed_task_becomes_a_note_of_its_contact_once(table, anna):
    task = table.mine.task(anna, "Send papers", DUE)
    await table.turn_on("completed-task-note")
    table.mine.edit_task(anna, task, completed=True)
    await table.watch()
    [note] = table.mine.notes(anna)
    assert f"Send papers (task {task})" in note
    table.mine.edit_task(anna, task, body="Sent by post")
    await table.watch()
    assert table.mine.notes(anna) == [note]


async def test_a_new_appointment_leaves_its_record_at_the_contact(table, anna):
    calendar = table.mine.calendar()
    await table.turn_on("appointment-record", calendar="Talk", zone="America/New_York")
    start, end = "2026-12-15T15:00:00Z", "2026-12-15T15:30:00Z"
    made = table.mine.book(anna, calendar, "Review", start, end)
    await table.watch()
    [note] = table.mine.notes(anna)
    assert note == (
        "Appointment: Review, 15 Dec 2026, 10:00 to 10:30 (America/New_York), confirmed. "
        f"Appointment {made}"
    )
    await table.watch()
    assert table.mine.notes(anna) == [note]


async def test_a_contact_that_gets_the_tag_is_written_to_once(table, anna):
    await table.turn_on("personal-message", tag="send offer", message="your offer is ready.")
    table.ghl.tag(anna, "send offer")
    await table.watch()
    assert set(table.ghl.raw(anna)["tags"]) == {"send offer", "message sent"}
    assert table.mine.said_to(anna) == ["Hi Anna, your offer is ready."]
    await table.watch()
    assert table.mine.said_to(anna) == ["Hi Anna, your offer is ready."]


async def test_all_that_is_missing_is_asked_together_with_what_there_is_to_choose(table):
    with pytest.raises(UserError) as asked:
        await table.turn_on("lifecycle-automation")
    told = str(asked.value)
    assert "In which pipeline? Say: --set pipeline=VALUE. There are: Clients, Renewals." in told
    assert "--set from=VALUE. There are: Clients: New enquiry, Clients: Quoted," in told
    assert "To which stage? Say: --set to=VALUE." in told
    with pytest.raises(UserError, match="--set to=VALUE. There are: Due soon, Contacted, Renewed"):
        await table.turn_on("lifecycle-automation", **{"pipeline": "renewals", "from": "due soon"})
    with pytest.raises(UserError, match="There is no 'Quoted' to choose for from"):
        await table.turn_on("lifecycle-automation", **{"pipeline": "Renewals", "from": "Quoted"})
    assert await table.instep.flows.list() == []
