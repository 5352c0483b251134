"""People come in by name and password, go out again, and see only what their role may do."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.house import PASSWORD
from tests.journeys.looking import look, sign_in
from tests.journeys.test_pages import PAGES


def test_whoever_signs_in_again_is_where_they_were(page, ours):
    page.goto(f"{ours.url}/ui/syncs/people")
    page.get_by_role("button", name="ann").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    look(page, "sign-in")
    page.get_by_label("Name").fill("ann")
    password = page.get_by_role("textbox", name="Password")
    password.fill("not this one at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    password.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="people")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("people is paused.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("people goes on.")).to_be_visible()


def test_a_viewer_sees_everything_and_can_change_nothing(page, settled_house):
    url = settled_house.url
    sign_in(page, settled_house, "vic")
    page.goto(f"{url}/ui/syncs/people")
    expect(page.get_by_role("heading", level=1, name="people")).to_be_visible()
    expect(page.get_by_role("table", name="Last runs")).to_be_visible()
    changing = re.compile("Preview|Pause|Run now|More|Turn it on")
    expect(page.get_by_role("button", name=changing)).to_have_count(0)
    look(page, "viewer")
    for path in ("syncs/new", "syncs/people/mapping", "flows/new", "connections/new"):
        page.goto(f"{url}/ui/{path}")
        expect(page.get_by_role("heading", name="This is not for your role")).to_be_visible()
    refused = page.evaluate(
        """async () => {
            const { csrf } = await (await fetch("/api/session")).json();
            const headers = { "X-Instep-CSRF": csrf };
            return (await fetch("/api/syncs/people/run", { method: "POST", headers })).status;
        }"""
    )
    assert refused == 403


CHANGING = re.compile(
    "^(Preview|Pause|Release|Run now|Turn it|Set it up|Connect an app|Save$|Remove|Revoke|Make|Invite"
    "|Replay|Do again|Undo|Keep|Publish|Delete|New (sync|flow)|Change the key|Map the|Build|Test|Renew|Snooze)"
)


def test_no_page_offers_a_viewer_anything_to_change(page, settled_house):
    sign_in(page, settled_house, "vic")
    offered = {}
    for path in PAGES:
        page.goto(f"{settled_house.url}/ui/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        offered[path] = [
            each.inner_text()
            for role in ("button", "link")
            for each in page.locator("main").get_by_role(role, name=CHANGING).all()
        ]
    assert {path: found for path, found in offered.items() if found} == {}


def test_somebody_is_invited_comes_in_by_the_link_and_is_removed(page, ours, browser):
    page.goto(f"{ours.url}/ui/settings/people")
    page.get_by_label("Name of somebody new").fill("olga")
    page.get_by_label("Their role").select_option("operator")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_text("/ui/welcome#").inner_text()
    look(page, "settings-people")

    elsewhere = browser.new_context().new_page()
    elsewhere.goto(link)
    expect(elsewhere.get_by_role("heading", name="Welcome to Instep")).to_be_visible()
    elsewhere.get_by_role("textbox", name="Password").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Begin").click()
    expect(elsewhere.get_by_role("button", name="olga")).to_be_visible()

    page.get_by_role("button", name="Remove olga").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove them").click()
    expect(page.get_by_text("olga cannot come in any more.")).to_be_visible()
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
    elsewhere.context.close()
