"""Trouble is told on Home, in words, and a person gets out of it without help."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.looking import go, look

LONG = 60_000
UNCALLABLE = "+1 000"

FLOW = {
    "id": "welcome",
    "title": "Welcome a new lead",
    "trigger": {"kind": "manual"},
    "steps": [
        {
            "id": "contact",
            "title": "Keep the lead",
            "kind": "action",
            "connection": "gohighlevel",
            "operation": "contacts.upsert",
            "inputs": {"email": "{{trigger.email}}", "phone": "{{trigger.phone}}"},
        }
    ],
}


@pytest.fixture
def connected(new_house):
    """A house of this test's own, with both apps connected."""
    new_house.connect()
    return new_house


def test_a_connection_that_broke_is_told_and_takes_a_new_token(page, connected):
    connected.ask(
        "/api/syncs",
        {"name": "people", "a": "gohighlevel", "b": "insightly", "mapping": [{"a": "email"}]},
    )
    connected.run_to_the_end("people")
    made = connected.ghl("POST", "/_sandbox/tokens", {"level": "Location"})
    connected.ask("/api/syncs/people/run", {})

    page.goto(connected.url)
    again = page.get_by_role("link", name="Connect it again")
    expect(again).to_be_visible(timeout=LONG)
    expect(
        page.get_by_text("Not everything is in step: the connection gohighlevel")
    ).to_be_visible()
    look(page, "home-broken")
    again.click()
    token = page.get_by_label("Private integration token")
    token.fill("pit-11111111-not-this-one")
    page.get_by_role("button", name="Test and use the new one").click()
    expect(page.get_by_text("That did not work")).to_be_visible()
    look(page, "connection-broken")
    token.fill(made["token"])
    page.get_by_role("button", name="Test and use the new one").click()
    expect(page.get_by_text("The new credential works and is in use.")).to_be_visible()
    expect(page.get_by_text("Working", exact=True)).to_be_visible()

    page.get_by_role("link", name="people").click()  # which goes on by itself
    expect(page.get_by_text("In step", exact=True)).to_be_visible(timeout=LONG)
    go(page, "Home")
    expect(page.get_by_text("Everything is in step.", exact=True)).to_be_visible(timeout=LONG)


def test_a_run_that_failed_is_found_and_done_again(page, connected):
    connected.ghl("PUT", "/_sandbox/settings", {"reject_invalid_phone": True})
    connected.ask("/api/flows/welcome", {"document": FLOW}, "PUT")
    page.goto(f"{connected.url}/ui/flows/welcome")
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("dialog").get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("On", exact=True)).to_be_visible()
    item = {"email": "new.lead@example.com", "phone": UNCALLABLE}
    connected.ask("/api/flows/welcome/start", {"item": item})

    go(page, "Home")
    expect(page.get_by_text("Not everything is in step: the flow welcome")).to_be_visible(
        timeout=LONG
    )
    page.get_by_role("link", name="Look at its failed runs").click()
    runs = page.get_by_role("table", name="Runs of flows")
    runs.get_by_role("link", name="welcome").click()
    expect(page.get_by_text("Keep the lead")).to_be_visible()
    page.get_by_role("button", name="Show what it took").click()
    expect(page.get_by_text("new.lead@example.com").last).to_be_visible()
    look(page, "flow-run")

    connected.ghl("PUT", "/_sandbox/settings", {"reject_invalid_phone": False})
    page.get_by_role("button", name="Do again").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Do 1 run again?")
    dialog.get_by_role("button", name="Do them again").click()
    expect(page.get_by_text("1 of 1 done again")).to_be_visible(timeout=LONG)
    assert any(each["email"] == item["email"] for each in connected.ghl_contacts())
