"""Every page can be opened by its address, on a wide screen and a phone, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.looking import faults, look

PAGES = {
    "": "Home",
    "connections": "Connections",
    "connections/new": "Connect an app",
    "connections/describe": "Describe an app of your own",
    "connections/insightly": "insightly",
    "recipes": "Recipes",
    "recipes/lead-qualification": "Lead qualification",
    "syncs": "Syncs",
    "syncs/new": "New sync",
    "syncs/people": "people",
    "syncs/people/mapping": "Fields of people",
    "syncs/people/rules": "Rules of people",
    "flows": "Flows",
    "runs": "Runs",
    "runs?kind=flows&states=dead": "Runs",
    "contacts": "Contacts",
    "runs?kind=replays": "Runs",
    "review": "Review",
    "alerts": "Alerts",
    "alerts?tab=past": "Alerts",
    "alerts?tab=rules": "Alerts",
    "alerts?tab=channels": "Alerts",
    "activity": "Activity",
    "activity/apps": "Activity",
    "settings": "Settings",
    "settings/people": "Settings",
    "settings/tokens": "Settings",
    "settings/keys": "Settings",
    "settings/retention": "Settings",
}


WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 780}


@pytest.fixture(scope="module")
def window(browser, browser_context_args):
    """One window for every test here: each page is opened by its address anyway."""
    context = browser.new_context(**browser_context_args)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window):
    """The window as it was at first, which forgives no error of a page."""
    faults = []

    def take(error):
        faults.append(str(error))

    window.on("pageerror", take)
    window.set_default_timeout(20_000)
    window.set_viewport_size(WIDE)
    window.emulate_media(color_scheme="light", reduced_motion="reduce")
    yield window
    window.remove_listener("pageerror", take)
    assert faults == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_by_its_address_and_can_be_followed_by_everybody(page, ours, path):
    page.goto(f"{ours.url}/ui/{path}")
    expect(page.get_by_role("heading", level=1, name=PAGES[path], exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("alert")).to_have_count(0)
    look(page, f"page-{path.split('?')[0].replace('/', '-') or 'home'}")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert faults(page) == []


def test_a_phone_shows_every_page_without_moving_sideways(page, ours):
    page.set_viewport_size(PHONE)
    for path in PAGES:
        page.goto(f"{ours.url}/ui/{path}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (path, wide) == (path, 390)
    page.get_by_role("button", name="Open the menu").click()
    page.get_by_role("link", name="Syncs").click()
    expect(page.get_by_role("heading", level=1, name="Syncs")).to_be_visible()


def test_the_keyboard_reaches_the_page_past_the_menu(page, ours):
    page.goto(f"{ours.url}/ui/syncs")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    skip = page.get_by_role("link", name="Skip to the page")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_an_address_that_is_none_says_so(page, ours):
    page.goto(f"{ours.url}/ui/nowhere")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
