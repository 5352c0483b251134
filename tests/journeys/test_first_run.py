"""From nothing to a running two-way sync, by a recipe."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.looking import go, look

LONG = 60_000  # milliseconds: a first run reads both apps


def test_a_first_day_ends_with_two_apps_in_step(page, empty_house):
    page.goto(empty_house.url)
    expect(page).to_have_title("Home · Instep")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    look(page, "first-run-home")

    page.get_by_role("link", name="Connect an app").click()
    _connect_ghl(page, empty_house.apps["gohighlevel"])
    look(page, "connection")
    go(page, "Home")
    page.get_by_role("link", name="Connect an app").click()
    _connect_insightly(page, empty_house.apps["insightly"])

    go(page, "Home")
    page.get_by_role("link", name="Choose a recipe").click()
    look(page, "recipes")
    page.get_by_label("What shall happen?").fill("tags both ways")
    page.get_by_role("link", name="Tags and businesses").click()
    expect(page.get_by_role("heading", name="In one picture")).to_be_visible()
    look(page, "recipe")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("It is set up, and waits for you")).to_be_visible()
    look(page, "recipe-used")

    for name in ("businesses", "contacts"):
        go(page, "Syncs")
        page.get_by_role("row", name=re.compile(name)).get_by_role("link").click()
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("heading", name="Record by record")).to_be_visible(timeout=LONG)
        look(page, f"first-preview-{name}")
        page.get_by_role("button", name="Turn it on with exactly this").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("goes on by itself")
        dialog.get_by_role("button", name="Turn it on with exactly this").click()
        expect(page.get_by_text("In step", exact=True)).to_be_visible(timeout=LONG)

    go(page, "Home")
    expect(page.get_by_text("Everything is in step.", exact=True)).to_be_visible(timeout=LONG)
    look(page, "home-in-step")


def _connect_ghl(page, told):
    page.get_by_label("GoHighLevel", exact=True).check()
    page.get_by_label("Private integration token").first.check()
    page.get_by_label("Location id").fill(told["location_id"])
    page.get_by_label("Private integration token").last.fill(told["private_integration_token"])
    _finish(page, told)


def _connect_insightly(page, told):
    page.get_by_label("Insightly", exact=True).check()
    page.get_by_label("API key").fill(told["api_key"])
    _finish(page, told)


def _finish(page, told):
    page.get_by_role("button", name="More settings").click()
    page.get_by_label("Country").fill("US")
    page.get_by_label("Address of the API").fill(told["url"])
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_role("heading", name="How it stands")).to_be_visible()
