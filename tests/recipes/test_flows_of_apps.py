"""The flows of recipes between GoHighLevel and another app, from what starts each to its effect."""

from __future__ import annotations

import pytest

from tests.engine.listening import listening
from tests.recipes.apps import DESK, EXAMPLE
from tests.recipes.table import laid, laid_with_insightly

ANNA = {"first_name": "Anna", "last_name": "Doe", "email": "anna.doe@example.com"}
EMAIL = ANNA["email"]


@pytest.fixture
async def table(sqlite_url, tmp_path):
    async with laid(sqlite_url, tmp_path, EXAMPLE, "yourapp") as made:
        yield made


@pytest.fixture
async def crm(sqlite_url, tmp_path):
    """GoHighLevel and Insightly."""
    async with laid_with_insightly(sqlite_url, tmp_path) as made:
        yield made


async def test_a_submitted_form_creates_the_contact_or_updates_the_one_there_is(table):
    table.ghl.add({"first_name": "Anna", "last_name": "Roe", "email": EMAIL})
    table.ghl.tag(table.ghl.id_of(EMAIL), "client")
    was = table.ghl.raw(table.ghl.id_of(EMAIL)).get("source")
    await table.turn_on("form-submission")
    table.other.add_person(**ANNA, phone="+12125550101")
    table.other.add_person(first_name="Bob", email="bob@example.com")
    await table.watch()
    assert table.ghl.people() == [EMAIL, "bob@example.com"]
    anna, bob = (table.ghl.raw(table.ghl.id_of(each)) for each in (EMAIL, "bob@example.com"))
    assert (anna["lastName"].casefold(), anna["phone"]) == ("doe", "+12125550101")
    assert (set(anna["tags"]), anna.get("source")) == ({"client", "web form"}, was)
    assert (bob["firstName"].casefold(), bob["source"]) == ("bob", "web form")
    assert bob["tags"] == ["web form"]


async def test_something_that_happens_in_the_app_becomes_a_task_once(table):
    table.ghl.add(ANNA)
    here = table.ghl.id_of(EMAIL)
    there = table.other.add_person(**ANNA, tags=["client"])
    await table.turn_on("app-event-tasks", value="policy expiring", task="Renew the policy")
    table.other.edit_person(there, tags=["client", "policy expiring"])
    table.other.add_person(first_name="Nobody", email="no@example.com", tags=["policy expiring"])
    await table.watch()
    [task] = table.mine.tasks(here).values()
    assert (task["title"], task["completed"]) == ("Renew the policy", False)
    assert table.ghl.people() == [EMAIL]

    table.other.edit_person(there, last_name="Roe")
    await table.watch()
    assert len(table.mine.tasks(here)) == 1


async def test_what_a_contact_lacks_is_filled_and_what_it_has_is_left(table):
    table.other.add_person(**ANNA, phone="+12125550101", city="Leiden")
    await table.turn_on("contact-enrichment")
    table.ghl.add({"first_name": "Annie", "email": EMAIL, "city": "Delft"})
    await table.watch()
    held = table.ghl.raw(table.ghl.id_of(EMAIL))
    assert (held["firstName"].casefold(), held["city"].casefold()) == ("annie", "delft")
    assert (held["lastName"].casefold(), held["phone"]) == ("doe", "+12125550101")

    def written():
        return table.ghl.calls().get("PUT /contacts/{contactId}", 0)

    before = written()
    await table.watch()
    await table.watch()
    assert written() == before == 1


async def test_each_new_contact_of_the_app_gets_the_default_task(table):
    table.another("mine@example.com")
    used = await table.use("yourapp-create-contact", "welcome", task="Say hello")
    assert used.flow.problems == []
    await table.instep.flows.publish(used.flow.name)
    await table.watch(0)
    table.other.add_person(**ANNA)
    table.ghl.add({"first_name": "Own", "last_name": "Doe", "email": "own@example.com"})
    await table.go_on()
    await table.watch()
    assert table.mine.tasks(table.ghl.id_of(EMAIL)) == {}  # it waits for the sync
    await table.watch(3)
    assert set(table.mine.tasks(table.ghl.id_of(EMAIL))) == {"Say hello"}
    assert table.mine.tasks(table.ghl.id_of("own@example.com")) == {}


async def test_all_of_a_contact_is_sent_as_one_message_where_its_tag_asks(sqlite_url, tmp_path):
    laid_out = laid(sqlite_url, tmp_path, DESK, "yourapp")  # it has appointments
    async with listening() as listener, laid_out as table:
        await table.instep.channels.add("team", "webhook", {"url": listener.url})
        used = await table.use("contact-health-dashboard", "overview", channel="team")
        await table.instep.flows.publish(used.flow.name)
        await table.watch(0)
        table.ghl.add({**ANNA, "phone": "+12125550101"})
        here = table.ghl.id_of(EMAIL)
        table.mine.task(here, "Send papers", "2030-01-07T15:00:00Z")
        table.mine.note(here, "Prefers mornings.")
        calendar = table.mine.calendar()
        table.mine.book(here, calendar, "Review", table.in_days(3), table.in_days(4))
        table.ghl.tag(here, "health check")
        await table.watch()
        await table.instep.engine.watch.send_due()
        [heard] = listener.heard
        told = heard.body["data"]
        assert told["title"] == "Anna Doe at a glance"
        assert told["text"].splitlines() == [
            "E-mail: anna.doe@example.com, phone: +12125550101",
            "Tags: health check",
            "Tasks: Send papers",
            "Notes: Prefers mornings.",
            "Appointments: Review",
        ]
        assert table.ghl.raw(here)["tags"] == []


async def test_a_message_in_gohighlevel_becomes_a_follow_up_task_in_insightly(crm):
    crm.ghl.add({**ANNA, "phone": "+12125550101"})
    crm.insightly.add(ANNA)
    here, there = crm.ghl.id_of(EMAIL), crm.insightly.id_of(EMAIL)
    await crm.turn_on("activity-follow-up")
    crm.mine.hear(here, "Can you call me?")
    await crm.watch()
    [task] = crm.other.tasks(there).values()
    assert task["TITLE"].casefold() == "follow up: anna doe"
    assert task["DETAILS"] == "Can you call me?"
    assert len(crm.mine.notes(here)) == 1
    crm.mine.read(here)  # the conversation changes, and its last message does not
    await crm.watch()
    assert len(crm.other.tasks(there)) == 1


async def test_where_insightly_does_not_know_the_contact_nothing_is_made_or_noted(crm):
    crm.ghl.add({**ANNA, "phone": "+12125550101"})
    crm.insightly.add({**ANNA, "email": "other@example.com"})
    here = crm.ghl.id_of(EMAIL)
    name = await crm.turn_on("activity-follow-up")
    crm.mine.hear(here, "Can you call me?")
    await crm.watch()
    assert sum((await crm.states(name)).values()) == 1
    assert crm.other.tasks(crm.insightly.id_of("other@example.com")) == {}
    assert crm.mine.notes(here) == []


async def test_the_follow_up_task_is_the_linked_contacts_where_a_sync_has_linked_them(crm):
    crm.insightly.add({**ANNA, "phone": "+12125550101"})
    await crm.use("insightly-contacts")
    here, there = crm.ghl.id_of(EMAIL), crm.insightly.id_of(EMAIL)
    crm.ghl.change(EMAIL, email="new.address@example.com")  # nothing else tells who it is
    await crm.turn_on("activity-follow-up")
    crm.mine.hear(here, "It is me.")
    await crm.watch()
    [task] = crm.other.tasks(there).values()
    assert task["DETAILS"] == "It is me."
