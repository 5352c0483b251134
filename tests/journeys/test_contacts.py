"""One person as every app knows them: found, looked at, edited, given a note and a task."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from instep.sandbox.gohighlevel.credentials import scopes_of
from tests.journeys.house import House
from tests.journeys.looking import faults, go, look, sign_in

LONG = 60_000
NOTE = "Wants the quote before Friday"
TASK = "Send the quote"
HOPE = "A policy for the house"
SAID = "Can we talk on Monday?"


@dataclass(frozen=True)
class Known:
    """A person of both apps: what they are called, and by which ids."""

    house: House
    name: str
    email: str
    ghl_id: str
    insightly_id: int

    def city(self):
        """What both apps say of it."""
        here = self.house.ghl("GET", f"/contacts/{self.ghl_id}")["contact"]
        there = self.house.insightly("GET", f"/v3.1/Contacts/{self.insightly_id}")
        return here.get("city"), there["ADDRESS_MAIL_CITY"]

    def notes(self):
        """The texts of their notes in both apps."""
        here = self.house.ghl("GET", f"/contacts/{self.ghl_id}/notes")["notes"]
        there = self.house.insightly("GET", f"/v3.1/Contacts/{self.insightly_id}/Notes")
        return [each["body"] for each in here], [each["BODY"] for each in there]

    def tasks(self):
        """The titles of their tasks in both apps."""
        here = self.house.ghl("GET", f"/contacts/{self.ghl_id}/tasks")["tasks"]
        there = [
            each["TITLE"]
            for each in self.house.insightly("GET", "/v3.1/Tasks?top=100")
            for link in each["LINKS"]
            if (link["LINK_OBJECT_NAME"], link["LINK_OBJECT_ID"]) == ("Contact", self.insightly_id)
        ]
        return [each["title"] for each in here], there

    def talk(self):
        """They write to the location, and somebody there puts them in a pipeline."""
        place = self.house.apps["gohighlevel"]["location_id"]
        said = {"type": "SMS", "contactId": self.ghl_id, "message": SAID}
        self.house.ghl("POST", "/conversations/messages/inbound", said)
        found = self.house.ghl("GET", f"/opportunities/pipelines?locationId={place}")["pipelines"]
        hoped = {
            "locationId": place,
            "contactId": self.ghl_id,
            "pipelineId": found[0]["id"],
            "pipelineStageId": found[0]["stages"][0]["id"],
            "name": HOPE,
            "status": "open",
            "monetaryValue": 250_000,
        }
        self.house.ghl("POST", "/opportunities/", hoped)


@pytest.fixture(scope="module")
def everybody(settled_house):
    """Who is in both apps, in a house that also keeps notes and tasks in step."""
    for records in ("note", "task"):
        made = {
            "name": f"{records}s",
            "a": "gohighlevel",
            "b": "insightly",
            "records": records,
            "every_seconds": 900,
        }
        settled_house.ask("/api/syncs", made)
        settled_house.run_to_the_end(f"{records}s")
    mapping = settled_house.ask("/api/syncs/people")["mapping"]
    asking = [{**each, "authority": "ask"} if each["a"] == "city" else each for each in mapping]
    settled_house.ask("/api/syncs/people", {"mapping": asking}, "PATCH")
    settled_house.run_to_the_end("people")
    there = {
        each["EMAIL_ADDRESS"]: each["CONTACT_ID"]
        for each in settled_house.insightly("GET", "/v3.1/Contacts?top=100")
    }
    return [
        Known(
            settled_house,
            f"{each['firstName']} {each['lastName']}",
            each["email"],
            each["id"],
            there[each["email"]],
        )
        for each in settled_house.ghl_contacts()
        if each.get("email") in there and each.get("city")
    ]


def find(page, known):
    """Look for somebody, and open their page."""
    go(page, "Contacts")
    page.get_by_label("Name, e-mail address or phone number").fill(known.email)
    page.get_by_role("button", name="Search").click()
    found = page.get_by_role("table", name="Contacts").get_by_role("link")
    expect(found).to_have_count(1)
    found.click()
    expect(city(page)).to_be_visible()


def city(page):
    """The row of the city: which app says what."""
    table = page.get_by_role("table", name="Fields, kept by the sync people")
    return table.get_by_role("row", name="City")


def test_a_field_is_edited_in_both_apps_at_once_and_put_back(page, ours, everybody):
    known = everybody[0]
    page.goto(f"{ours.url}/ui/contacts")
    table = page.get_by_role("table", name="Contacts")
    expect(table.get_by_role("row")).to_have_count(13)
    look(page, "contacts")
    page.goto(f"{ours.url}/ui/contacts?words={known.ghl_id}")  # an app's own id is known, too
    expect(page.get_by_role("article")).to_contain_text("In step")
    find(page, known)
    expect(page).to_have_title(re.compile(r"^(?!A contact).+, contact · Instep$"))
    expect(city(page)).to_contain_text("Same")

    edit_city(page, "Darwin")
    way = "City becomes Darwin: on its way to gohighlevel and insightly."
    expect(page.get_by_text(way)).to_be_visible()
    expect(city(page).get_by_text("ann edited it")).to_have_count(2, timeout=LONG)
    expect(city(page).get_by_text("Darwin", exact=True)).to_have_count(2)
    assert known.city() == ("Darwin", "Darwin")

    edit_city(page, "Cairns")
    said = page.get_by_role("alert").filter(has_text="City becomes Cairns")
    said.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("City goes back to Darwin.")).to_be_visible(timeout=LONG)
    expect(city(page).get_by_text("over Cairns")).to_have_count(2, timeout=LONG)
    assert known.city() == ("Darwin", "Darwin")


def edit_city(page, value):
    page.get_by_role("button", name="Edit City").click()
    page.get_by_label("New value of City").fill(value)
    look(page, "contact-edit")
    page.get_by_role("button", name="Save").click()


def test_a_note_and_a_task_reach_both_apps_and_the_timeline(page, ours, everybody):
    known = everybody[1]
    known.talk()
    page.goto(f"{ours.url}/ui/")
    find(page, known)
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline.get_by_text(f"Opportunity: {HOPE}")).to_be_visible(timeout=LONG)
    expect(timeline.get_by_text(f"Message: {SAID}")).to_be_visible()

    page.get_by_label("A note").fill(NOTE)
    page.get_by_role("button", name="Add the note").click()
    expect(
        page.get_by_text("The note is in gohighlevel. The sync notes carries it on.")
    ).to_be_visible()
    page.get_by_label("A task").fill(TASK)
    page.get_by_label("Due").fill("2046-12-01T15:00")
    page.get_by_label("Write it to").last.select_option("insightly")
    page.get_by_role("button", name="Add the task").click()
    expect(
        page.get_by_text("The task is in insightly. The sync tasks carries it on.")
    ).to_be_visible()
    for what in (f"Note: {NOTE}", f"Task: {TASK}"):
        item = timeline.get_by_role("listitem").filter(has_text=what)
        expect(item.get_by_text("In gohighlevel and insightly.")).to_be_visible(timeout=LONG)
    assert known.notes() == ([NOTE], [f"<p>{NOTE}</p>"])  # Insightly's notes are HTML
    assert known.tasks() == ([TASK], [TASK])
    look(page, "contact")

    timeline.get_by_text("Tasks", exact=True).click()
    expect(timeline.get_by_text(f"Note: {NOTE}")).to_have_count(0)
    expect(timeline.get_by_text(f"Task: {TASK}")).to_be_visible()
    expect(page).to_have_url(re.compile("kind=task$"))
    done = ours.ask("/api/audit?actor=ann&limit=10")["entries"]
    assert {"people add note", "people add task"} <= {each["act"] for each in done}


def test_whoever_is_not_in_step_is_shown_with_the_reason(page, ours, everybody):
    known = everybody[2]
    ours.ghl("PUT", f"/contacts/{known.ghl_id}", {"city": "Perth"})
    changed = {"CONTACT_ID": known.insightly_id, "ADDRESS_MAIL_CITY": "Hobart"}
    ours.insightly("PUT", "/v3.1/Contacts", changed)
    page.goto(f"{ours.url}/ui/contacts")
    waits_for(ours, known)
    find(page, known)
    expect(city(page)).to_contain_text("Differs")
    expect(city(page)).to_contain_text("You are asked")
    stand = page.get_by_role("region", name="Is it in step?")
    expect(stand.get_by_text("Changed on both sides", exact=True)).to_be_visible()
    expect(stand.get_by_text("Both sides changed city differently")).to_be_visible()
    expect(page.get_by_text("The apps do not say the same")).to_be_visible()
    look(page, "contact-differs")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def waits_for(ours, known):
    """Run until the difference is noticed: GoHighLevel's lists come from an index behind its records."""
    for _ in range(10):
        ours.run_to_the_end("people")
        [told] = ours.ask(f"/api/why?record={known.email}&sync=people")
        if told["stands"] == "conflict":
            return
    raise AssertionError(f"nobody noticed the difference: {told}")


@pytest.fixture
def narrowed(settled_house):
    """GoHighLevel's token may read no conversations and no opportunities for the time being."""
    token = settled_house.apps["gohighlevel"]["private_integration_token"]
    all_of_them = scopes_of("Location")
    left = [each for each in all_of_them if not each.startswith(("conversations", "opportunities"))]
    settled_house.ghl("PUT", "/_sandbox/scopes", {"token": token, "scopes": left})
    yield
    settled_house.ghl("PUT", "/_sandbox/scopes", {"token": token, "scopes": [*all_of_them]})


def test_what_an_app_may_not_tell_is_said_and_the_rest_is_shown(page, ours, everybody, narrowed):
    page.goto(f"{ours.url}/ui/contacts")
    find(page, everybody[3])
    missing = page.get_by_role("alert").filter(has_text="Not everything could be read")
    expect(missing).to_contain_text("gohighlevel, opportunities:", timeout=LONG)
    expect(missing).to_contain_text("gohighlevel, messages:")
    expect(missing).to_contain_text("opportunities.readonly")
    expect(page.get_by_text("No app tells of messages.")).to_be_visible()
    look(page, "contact-not-everything")


def test_a_viewer_sees_everything_of_a_person_and_can_edit_nothing(page, settled_house, everybody):
    known = everybody[1]
    sign_in(page, settled_house, "vic")
    page.goto(f"{settled_house.url}/ui/")
    find(page, known)
    expect(city(page)).to_be_visible()
    expect(page.get_by_text("of 100")).to_be_visible()
    expect(page.get_by_text("Your role may look at everything here")).to_be_visible()
    for name in ("Edit City", "Add the note", "Add the task"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    look(page, "contact-viewer")
