"""Admins see who changed what, give programs tokens, and see to what is kept; each to themselves."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib import error, request

import pytest
from playwright.sync_api import expect

from tests.journeys.house import PASSWORD
from tests.journeys.looking import choose, go, look, sign_in


def called(url, token, body=None, method=None):
    """The status of a call with an API token."""
    sent = request.Request(
        url,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        with request.urlopen(sent, timeout=20) as reply:
            return reply.status
    except error.HTTPError as refused:
        return refused.code


def test_a_token_does_what_its_scope_says_until_it_is_revoked(page, ours):
    page.goto(f"{ours.url}/ui/settings/tokens")
    page.get_by_label("Name of the program").fill("report")
    page.get_by_label("What it may do").select_option("operator")
    page.get_by_label("Only to read").check()
    page.get_by_role("button", name="Make a token").click()
    shown = page.get_by_role("status").filter(has_text="shown this once")
    secret = shown.locator("code").inner_text()
    look(page, "settings-token")
    syncs = f"{ours.url}/api/syncs"
    assert called(syncs, secret) == 200
    assert called(f"{syncs}/people/pause", secret, {}) == 403
    assert called(f"{ours.url}/api/users", secret) == 403

    page.reload()
    row = page.get_by_role("row", name="report")
    expect(row).to_contain_text("operator, only to read")
    expect(row).to_contain_text("127.0.0.1")
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_role("button", name="Revoke report").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("The token report is refused from now on.")).to_be_visible()
    expect(row).to_have_count(0)
    assert called(syncs, secret) == 401


def test_activity_shows_a_change_with_before_and_after_and_takes_it_along(page, ours):
    ours.ask("/api/syncs/people", {"every_seconds": 660}, "PATCH")
    page.goto(f"{ours.url}/ui/activity")
    page.get_by_label("Kind of thing").select_option("sync")
    page.get_by_label("With the text").fill(":660")  # no time of a day begins so
    expect(page).to_have_url(re.compile("kind=sync&text=.*660"))
    table = page.get_by_role("table", name="Changed by people")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("Changed the sync people")
    table.get_by_role("button", name="Show entry").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("deletion").filter(has_text="every 15 minutes")).to_be_visible()
    expect(drawer.get_by_role("insertion").filter(has_text="every 11 minutes")).to_be_visible()
    look(page, "activity-entry")
    drawer.get_by_role("button", name="Close").click()

    for form, read in (("CSV", of_csv), ("JSON", of_json)):
        with page.expect_download() as saved:
            page.get_by_role("link", name=f"Export as {form}").click()
        [entry] = read(Path(saved.value.path()).read_text())
        assert (entry["noun"], entry["object"]) == ("sync", "people")
    page.get_by_role("button", name="Check that it is whole").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()


def test_what_was_written_to_an_app_is_told_of_every_sync(page, ours):
    [contact, *_] = ours.ghl_contacts()
    ours.ghl("PUT", f"/contacts/{contact['id']}", {"city": "Zwolle"})
    ours.run_to_the_end("people")
    page.goto(f"{ours.url}/ui/activity/apps")
    lines = page.get_by_role("list", name="Written to apps")
    expect(lines.get_by_text("Zwolle").first).to_be_visible()
    expect(lines).to_contain_text("in people")
    page.get_by_label("Of which sync?").select_option("people")
    expect(lines.get_by_text("Zwolle").first).to_be_visible()


def of_csv(text):
    return [*csv.DictReader(text.splitlines())]


def of_json(text):
    return [json.loads(line) for line in text.splitlines()]


def test_ones_own_session_elsewhere_is_ended_and_ones_password_changed(
    page, settled_house, browser
):
    settled_house.add_user("nina", "viewer")
    sign_in(page, settled_house, "nina")
    elsewhere = browser.new_context().new_page()
    sign_in(elsewhere, settled_house, "nina", anew=True)
    elsewhere.goto(f"{settled_house.url}/ui/settings")
    expect(elsewhere.get_by_text("You are nina.")).to_be_visible()

    page.goto(f"{settled_house.url}/ui/settings")
    table = page.get_by_role("table", name="Where you are signed in")
    expect(table.get_by_role("row")).to_have_count(3)
    table.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("That browser is signed out.")).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(2)
    look(page, "settings-account")
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
    elsewhere.context.close()

    page.get_by_role("textbox", name="Password until now").fill(PASSWORD)
    page.get_by_role("textbox", name="New password").fill("another pair of boots")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible(timeout=20_000)
    page.reload()
    expect(page.get_by_text("You are nina.")).to_be_visible()


def test_somebody_is_kept_out_and_let_in_again(page, ours, browser):
    ours.add_user("olaf", "operator")
    elsewhere = browser.new_context().new_page()
    sign_in(elsewhere, ours, "olaf")
    elsewhere.goto(f"{ours.url}/ui/settings")
    expect(elsewhere.get_by_text("You are olaf.")).to_be_visible()

    page.goto(f"{ours.url}/ui/settings/people")
    page.get_by_role("button", name="Keep out olaf").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep them out").click()
    expect(page.get_by_role("row", name="olaf")).to_contain_text("kept out")
    look(page, "settings-people-locked")
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Let in again: olaf").click()
    expect(page.get_by_text("olaf can come in again.")).to_be_visible()
    sign_in(elsewhere, ours, "olaf", anew=True)
    elsewhere.context.close()


def test_the_key_is_changed_while_syncs_go_on(page, ours):
    page.goto(f"{ours.url}/ui/settings/keys")
    table = page.get_by_role("table", name="Keys")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table.get_by_role("row").nth(1)).to_contain_text("2 secrets")
    page.get_by_role("button", name="Change the key").click()
    page.get_by_role("dialog").get_by_role("button", name="Change it").click()
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("row").nth(1)).to_contain_text("2 secrets")
    look(page, "settings-keys")
    assert ours.run_to_the_end("people")["state"] == "done"
    page.get_by_role("button", name="Take older keys away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take them away").click()
    expect(table.get_by_role("row")).to_have_count(2)
    assert ours.run_to_the_end("people")["state"] == "done"


def test_how_long_runs_are_kept_is_set_and_told_in_the_activity(page, ours):
    page.goto(f"{ours.url}/ui/settings/retention")
    page.get_by_label("Runs of flows").get_by_role("textbox").fill("7")
    page.get_by_label("Runs of flows").get_by_role("button", name="Keep so long").click()
    expect(page.get_by_role("dialog")).to_contain_text("What is older goes")
    page.get_by_role("dialog").get_by_role("button", name="Keep less").click()
    expect(page.get_by_role("button", name="As usual (30 days)")).to_be_visible()
    look(page, "settings-retention")
    go(page, "Activity")
    expect(page.get_by_text("Set for how long things are kept")).to_be_visible()


@pytest.mark.parametrize("tab", ["people", "tokens", "keys", "retention"])
def test_a_viewer_has_their_own_settings_only(page, settled_house, tab):
    sign_in(page, settled_house, "vic")
    page.goto(f"{settled_house.url}/ui/settings/{tab}")
    expect(page.get_by_role("heading", name="This is not for your role")).to_be_visible()
    parts = page.get_by_label("Parts of the settings").get_by_role("link")
    expect(parts).to_have_text(["My account", "Alerts", "About this Instep"])
    go(page, "Activity")
    expect(page.get_by_role("heading", name="Written to apps")).to_be_visible()
    expect(page.get_by_role("link", name="Changed by people")).to_have_count(0)


def test_tables_take_the_room_that_somebody_chose_and_settings_lead_to_the_alerts(page, ours):
    page.goto(f"{ours.url}/ui/settings")
    choose(page, "Rows of tables", "Compact tables")
    look(page, "settings-appearance")
    page.goto(f"{ours.url}/ui/syncs")
    table = page.get_by_role("table")
    expect(table.get_by_role("row").nth(1).get_by_role("cell").first).to_have_css(
        "padding-top", "2px"
    )
    page.goto(f"{ours.url}/ui/settings")
    page.get_by_label("Parts of the settings").get_by_role("link", name="Alerts").click()
    expect(page).to_have_url(re.compile(r"/ui/alerts$"))
    expect(page.get_by_role("heading", name="Alerts", level=1)).to_be_visible()
