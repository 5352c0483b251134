"""A flow's whole story: built from nothing, tested, turned on, fired by GoHighLevel, and out of a failure."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.looking import choose, go, look

LONG = 60_000
NOTES = "/contacts/*/notes"


def connect_with_webhooks(ours):
    """Connect the sandbox's GoHighLevel, and let it tell the house of new contacts."""
    ghl = ours.apps["gohighlevel"]
    settings = {
        "base_url": ghl["url"],
        "location_id": ghl["location_id"],
        "token": ghl["private_integration_token"],
        "webhook_public_key": ghl["webhook_public_key"],
    }
    connection = {"connector": "gohighlevel", "name": "gohighlevel", "country": "US"}
    ours.ask("/api/connections", {**connection, "settings": settings})
    told = {"webhook_url": f"{ours.url}/hooks/gohighlevel", "events": ["ContactCreate"]}
    ours.ghl("PUT", "/_sandbox/app", told)


def a_contact(ours, name):
    """Make a contact, as somebody does in GoHighLevel itself; its id."""
    body = {
        "locationId": ours.apps["gohighlevel"]["location_id"],
        "firstName": name,
        "email": f"{name.lower()}@example.com",
    }
    return ours.ghl("POST", "/contacts/", body)["contact"]["id"]


def notes_of(ours, contact):
    return [each["body"] for each in ours.ghl("GET", f"/contacts/{contact}/notes")["notes"]]


def build_the_flow(page):
    """Build, test and turn on a flow that greets each new contact by a note."""
    go(page, "Flows")
    page.get_by_role("link", name="New flow", exact=True).first.click()
    page.get_by_label("What is it called?").fill("Greet a new contact")
    page.get_by_role("button", name="Build it").click()

    page.get_by_role("combobox", name="What starts it").select_option("event")
    page.get_by_label("Connection", exact=True).select_option("gohighlevel")
    page.get_by_role("combobox", name="Event").click()
    page.get_by_role("option", name="ContactCreate", exact=True).click()

    palette = page.get_by_label("Steps to add")
    palette.get_by_label("Search the steps").fill("create note")
    palette.get_by_role("button", name="Contacts: create note").click()
    panel = page.get_by_role("region", name="Contacts: create note")
    panel.get_by_role("textbox", name="ContactId").fill("{{trigger.id}}")
    panel.get_by_role("textbox", name="Text").fill("Welcome, {{trigger.firstName}}")
    panel.get_by_text("If it fails").click()
    panel.get_by_label("Attempts while the app is busy or away").fill("1")
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    panel.get_by_text("Test this step").first.click()
    panel.get_by_role("button", name="Test this step").click()
    expect(panel.get_by_label("What came of the test")).to_contain_text("Shown, not sent")
    look(page, "flow-story-test")

    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("dialog").get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("The flow is on, as it is now.")).to_be_visible()


def test_a_flow_is_built_fired_by_a_webhook_fails_while_its_app_is_away_and_is_done_again(
    page, new_house
):
    ours = new_house
    connect_with_webhooks(ours)
    page.goto(f"{ours.url}/ui/")
    build_the_flow(page)

    first = a_contact(ours, "Ada")
    go(page, "Runs")
    choose(page, "Runs of", "Flows")
    runs = page.get_by_role("table", name="Runs of flows")
    done = runs.get_by_role("row").filter(has_text="Done")
    expect(done).to_have_count(1, timeout=LONG)
    done.get_by_role("link").click()
    expect(page.get_by_text("by what an app reported")).to_be_visible()
    page.get_by_role("button", name="Show what it took").click()
    expect(
        page.locator("pre.sample").filter(has_text="Welcome, Ada").filter(visible=True)
    ).to_be_visible()
    assert notes_of(ours, first) == ["Welcome, Ada"]
    look(page, "flow-story-run")

    away = {"server_error": {"path": NOTES, "method": "POST"}}
    ours.ghl("PUT", "/_sandbox/faults", away)
    second = a_contact(ours, "Bea")
    go(page, "Runs")
    choose(page, "Runs of", "Failed")
    dead = runs.get_by_role("row").filter(has_text="greet_a_new_contact")
    expect(dead).to_have_count(1, timeout=LONG)
    expect(page).to_have_url(re.compile("states=dead"))
    look(page, "runs-failed")
    assert notes_of(ours, second) == []

    ours.ghl("DELETE", "/_sandbox/faults")
    page.get_by_role("button", name="Do all of these again").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Do 1 run again?")
    expect(dialog).to_contain_text("1 action at gohighlevel")
    look(page, "replay")
    dialog.get_by_role("button", name="Do them again").click()
    expect(page.get_by_text("1 of 1 done again")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("No run is like that")).to_be_visible(timeout=LONG)
    assert notes_of(ours, second) == ["Welcome, Bea"]

    choose(page, "Runs of", "Done again")
    again = page.get_by_role("table", name="What was done again")
    expect(again.get_by_role("row").nth(1)).to_contain_text("ann")
    again.get_by_role("link").first.click()
    runs.get_by_role("link", name="greet_a_new_contact").click()
    attempts = page.get_by_role("table", name=re.compile("^Attempts at"))
    expect(attempts.get_by_role("row")).to_have_count(3)
    page.get_by_role("button", name="Compare 2 attempts").click()
    two = page.get_by_role("table", name=re.compile("^Two attempts at"))
    expect(two.get_by_role("row").filter(has_text="What came of it")).to_contain_text("Worked")
    expect(page.get_by_text("Both took the same.")).to_be_visible()
    look(page, "attempts")
