"""Connections: authorised on the app's own page, broken and authorised again, an app of one's own."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from instep.connectors.custom.emulator import EXAMPLE
from tests.journeys.looking import go, look

LONG = 60_000


def _fill_in_client(page, ghl):
    page.get_by_label("GoHighLevel", exact=True).check()
    page.get_by_label("Sign in on the app's own page").check()
    page.get_by_label("Client id of your marketplace app").fill(ghl["client_id"])
    page.get_by_label("Client secret of your marketplace app").fill(ghl["client_secret"])
    page.get_by_role("button", name="More settings").click()
    page.get_by_label("Country").fill("US")
    page.get_by_label("Address of the API").fill(ghl["url"])
    page.get_by_label("Address of the page where access is granted").fill(ghl["url"])


def _allow(page, ghl):
    """Say yes on the sandbox's own page, for the location that is meant."""
    expect(page.get_by_role("heading", name="Choose a location")).to_be_visible()
    page.locator(f'input[name="account"][value="{ghl["location_id"]}"]').check()
    page.get_by_role("button", name="Allow").click()


def test_an_app_is_authorised_on_its_page_breaks_and_is_authorised_again(page, new_house):
    ghl = new_house.apps["gohighlevel"]
    page.goto(f"{new_house.url}/ui/connections/new")
    _fill_in_client(page, ghl)
    expect(page.get_by_text("/oauth/callback")).to_be_visible()
    expect(page.get_by_label("contacts.write")).to_be_checked()
    page.get_by_label("users.readonly").check()
    page.get_by_label("What shall the connection be called?").fill("agency")
    look(page, "connection-authorise")
    page.get_by_role("button", name="Go to GoHighLevel").click()
    expect(page.get_by_role("heading", name="Choose a location")).to_be_visible()
    look(page, "sandbox-consent")
    _allow(page, ghl)

    expect(page.get_by_role("heading", level=1, name="agency")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Working", exact=True)).to_be_visible()
    assert "code=" not in page.url
    [made] = new_house.ask("/api/connections")
    assert (made["account"], made["auth"]) == (ghl["location_id"], "oauth2")
    look(page, "connection-authorised")

    new_house.connect(only=("insightly",))
    sync = {"name": "people", "a": "agency", "b": "insightly"}
    fields = [{"a": each} for each in ("first_name", "last_name", "email")]
    new_house.ask("/api/syncs", {**sync, "mapping": fields})
    new_house.run_to_the_end("people")
    new_house.ghl("POST", "/_sandbox/app/uninstall", {"account": ghl["location_id"]})
    contact = new_house.insightly("GET", "/v3.1/Contacts?top=1")[0]
    new_house.insightly(
        "PUT", "/v3.1/Contacts", {"CONTACT_ID": contact["CONTACT_ID"], "FIRST_NAME": "Meanwhile"}
    )
    new_house.ask("/api/syncs/people/run", {})

    go(page, "Home")
    # whether Home was told by an alert by then, or by the sync that stopped, it names the connection
    verdict = re.compile("Not everything is in step: the connection agency")
    expect(page.get_by_text(verdict)).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Connect it again").click()
    expect(page.get_by_role("button", name="Re-authorise at GoHighLevel")).to_be_visible()
    look(page, "connection-to-authorise-again")
    [stopped] = new_house.ask("/api/syncs/people/runs?limit=1")["runs"]
    page.get_by_role("button", name="Re-authorise at GoHighLevel").click()
    _allow(page, ghl)
    expect(page.get_by_text("Working", exact=True)).to_be_visible(timeout=LONG)
    expect(page.get_by_text("The sync people goes on by itself.")).to_be_visible()
    look(page, "connection-goes-on")
    [again] = [each for each in new_house.ask("/api/connections") if each["name"] == "agency"]
    assert again["id"] == made["id"]

    page.get_by_role("link", name="people").click()
    # nobody presses anything else
    expect(page.get_by_text("In step", exact=True)).to_be_visible(timeout=LONG)
    assert new_house.ended("people", stopped["id"])["state"] == "done"
    assert "Meanwhile" in {each["firstName"] for each in new_house.ghl_contacts()}


def test_what_the_app_did_not_grant_is_told_and_nothing_is_kept(page, ours):
    before = ours.ask("/api/connections")
    page.goto(f"{ours.url}/oauth/callback?error=access_denied&error_description=Not+today")
    expect(page.get_by_text("Not today")).to_be_visible()
    look(page, "authorise-refused")
    page.goto(f"{ours.url}/oauth/callback?code=some-code&state=some-state")
    expect(page.get_by_text("This answers nothing that was begun")).to_be_visible()
    assert [each["id"] for each in ours.ask("/api/connections")] == [each["id"] for each in before]


def _probe(page, told):
    """Have Instep look at the app, and see what it takes each key for."""
    page.get_by_role("button", name="Have Instep look at the app").click()
    page.get_by_label("What shall the app be called?").fill("looked-at")
    page.get_by_label("Addresses of lists").fill(f"{told['base_url']}/people")
    page.get_by_label("Key to look with").fill(told["api_key"])
    page.get_by_role("button", name="Look at it").click()
    seen = page.get_by_role("table", name="What was seen")
    expect(seen.get_by_text("mobile")).to_be_visible(timeout=LONG)
    look(page, "own-app-probed")


def _check(page):
    """Check a manifest with a mistake, be led to its line, and put it right."""
    wrong = EXAMPLE.read_text().replace("overlap: 60", "overlap: soon", 1)
    manifest = page.get_by_label("The manifest, YAML or JSON")
    manifest.fill(wrong)
    expect(page.get_by_text("Not checked as it stands now.")).to_be_visible()
    page.get_by_role("button", name="Check it").click()
    number = 1 + wrong[: wrong.index("overlap: soon")].count("\n")
    line = page.get_by_role("button", name=f"Line {number}", exact=True)
    expect(line).to_be_visible()
    look(page, "own-app-problems")
    line.click()
    selected = manifest.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)")
    assert "overlap: soon" in selected
    manifest.fill(EXAMPLE.read_text())
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("It is complete, and every entry leads somewhere.")).to_be_visible()


def _type(page, told):
    page.get_by_label("Address of the API").fill(told["base_url"])
    page.get_by_label("API key").fill(told["api_key"])


def test_an_app_of_ones_own_is_described_verified_connected_and_kept_in_step(page, new_house):
    told = new_house.apps["custom"]
    page.goto(f"{new_house.url}/ui/connections/new")
    page.get_by_role("link", name="My app is not here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Describe an app of your own")
    _probe(page, told)
    _check(page)
    _type(page, told)
    page.get_by_role("button", name="Verify it").click()
    found = page.get_by_role("table", name="What was found")
    expect(found.get_by_text("Example CRM takes the credential.")).to_be_visible(timeout=LONG)
    expect(found.get_by_text("Does not hold")).to_have_count(0)
    look(page, "own-app-verified")

    page.get_by_role("button", name="Save and connect it").click()
    expect(page.get_by_role("radio", name="Example CRM")).to_be_checked()
    _type(page, told)
    page.get_by_role("button", name="More settings").click()
    page.get_by_label("Country").fill("US")
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_role("heading", level=1, name="example")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Test it now").click()
    expect(page.get_by_text("It works: the app answered in")).to_be_visible()
    expect(page.get_by_role("table", name="Calls").get_by_text("GET /whoami").first).to_be_visible()
    look(page, "connection-of-own-app")
    page.goto(f"{new_house.url}/ui/connections/new?app=example")
    expect(page.get_by_role("button", name="Remove this app")).to_be_disabled()
    expect(page.get_by_text("example would stop")).to_be_visible()

    new_house.connect(only=("insightly",))
    sync = {"name": "people", "a": "example", "b": "insightly"}
    fields = [{"a": each} for each in ("first_name", "last_name", "email")]
    new_house.ask("/api/syncs", {**sync, "mapping": fields})
    run = new_house.run_to_the_end("people")
    assert run["state"] == "done", run
    go(page, "Home")
    expect(page.get_by_text("Everything is in step.", exact=True)).to_be_visible(timeout=LONG)


def test_a_connection_is_renamed_and_one_that_nothing_uses_is_removed(page, ours):
    page.goto(f"{ours.url}/ui/connections/insightly")
    expect(page.get_by_role("button", name="Remove this connection")).to_be_disabled()
    expect(page.get_by_text("people would stop")).to_be_visible()
    ours.ask(
        "/api/connections",
        {
            "connector": "insightly",
            "name": "spare",
            "settings": {
                "base_url": ours.apps["insightly"]["url"],
                "api_key": ours.apps["insightly"]["api_key"],
            },
        },
    )
    page.goto(f"{ours.url}/ui/connections/spare")
    page.get_by_label("What shall it be called?").fill("second")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1, name="second")).to_be_visible()
    page.get_by_role("button", name="Remove this connection").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Its credential is deleted here")
    look(page, "connection-remove")
    dialog.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("heading", level=1, name="Connections")).to_be_visible()
    expect(page.get_by_role("link", name="second")).to_have_count(0)


def test_an_app_of_ones_own_that_no_connection_reaches_is_removed(page, ours):
    spare = EXAMPLE.read_text().replace("app: example", "app: spare", 1)
    spare = spare.replace("title: Example CRM", "title: Spare CRM", 1)
    ours.ask("/api/manifests", {"text": spare}, method="PUT")
    page.goto(f"{ours.url}/ui/connections/new")
    page.get_by_role("radio", name="Spare CRM").check()
    page.get_by_role("button", name="Remove this app").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Its description is deleted here")
    look(page, "own-app-remove")
    dialog.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The description of Spare CRM is removed.")).to_be_visible()
    expect(page.get_by_role("radio", name="Spare CRM")).to_have_count(0)
    assert "spare" not in {each["name"] for each in ours.ask("/api/connectors")}
