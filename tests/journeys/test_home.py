"""Home tells what is not in step as it happens, since when and what to do, without being reloaded."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.looking import go, look

SOON = 15_000  # milliseconds; without being told, Home would ask again after a minute
LONG = 60_000


@pytest.fixture
def home(page, ours):
    """Home in front of the admin, where everything is in step; it must never be loaded again."""
    page.goto(ours.url)
    expect(page.get_by_text("Everything is in step.", exact=True)).to_be_visible(timeout=LONG)
    page.evaluate("window.wasHereBefore = true")
    yield page
    assert page.evaluate("window.wasHereBefore")


def test_a_sync_that_breaks_is_told_within_seconds_and_so_is_its_repair(home, ours):
    live = home.get_by_role("status", name="Live updates")
    expect(live).to_have_text("Live")
    row = home.get_by_role("table", name="Syncs").get_by_role("row", name="people")
    expect(row).to_contain_text("In step")
    expect(row.get_by_role("img")).to_have_accessible_name(re.compile("in the last 24 hours"))
    look(home, "home")

    made = ours.ghl("POST", "/_sandbox/tokens", {"level": "Location"})
    ours.ask("/api/syncs/people/run", {})
    ours.apps["gohighlevel"]["private_integration_token"] = made["token"]
    verdict = home.get_by_text("Not everything is in step: the connection gohighlevel")
    expect(verdict).to_be_visible(timeout=SOON)
    expect(home.get_by_text("Since just now")).to_be_visible()
    expect(row).to_contain_text("No way to gohighlevel", timeout=SOON)
    expect(home.get_by_role("link", name="Connect it again")).to_have_attribute(
        "href", "/ui/connections/gohighlevel"
    )
    home.get_by_role("button", name="I have seen it").click(timeout=LONG)  # once it is an alert
    expect(home.get_by_text("Seen by ann.")).to_be_visible()
    look(home, "home-broken-live")

    ours.ask(
        "/api/connections/gohighlevel",
        {"settings": {"token": made["token"]}},
        "PATCH",
    )
    ours.ask("/api/syncs/people/release", {})
    expect(home.get_by_text("Everything is in step.", exact=True)).to_be_visible(timeout=LONG)
    expect(row).to_contain_text("In step")
    expect(live).to_have_text("Live")


def test_home_asks_by_itself_where_nothing_is_told_and_is_told_again_later(page, ours):
    page.route("**/api/live*", lambda asked: asked.abort())
    page.goto(ours.url)
    live = page.get_by_role("status", name="Live updates")
    expect(live).to_have_text("Reconnecting…", timeout=SOON)
    ours.ask("/api/syncs/people/pause", {})
    expect(page.get_by_text("Nothing runs: every sync and flow is paused.")).to_be_visible(
        timeout=SOON
    )
    page.unroute("**/api/live*")
    expect(live).to_have_text("Live", timeout=LONG)
    ours.ask("/api/syncs/people/release", {})
    expect(page.get_by_text("Everything is in step.", exact=True)).to_be_visible(timeout=SOON)


def test_a_page_that_was_waited_for_is_told_of_what_it_shows(page, ours):
    page.goto(ours.url)
    go(page, "Syncs")
    expect(page.get_by_role("status", name="Live updates")).to_have_text("Live")
    ours.ask("/api/syncs/people/pause", {})
    row = page.get_by_role("row", name="people")
    expect(row).to_contain_text("Paused", timeout=SOON)
    ours.ask("/api/syncs/people/release", {})
    expect(row).not_to_contain_text("Paused", timeout=SOON)
