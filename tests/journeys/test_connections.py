"""Connections: authorised on the app's own page, broken and authorised again, an app of one's own."""

from __future__ import annotations

from playwright.sync_api import expect

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
    expect(page.get_by_text("agency cannot be reached")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Connect it again").click()
    look(page, "connection-to-authorise-again")
    page.get_by_role("button", name="Re-authorise at GoHighLevel").click()
    _allow(page, ghl)
    expect(page.get_by_text("Working", exact=True)).to_be_visible(timeout=LONG)
    [again] = [each for each in new_house.ask("/api/connections") if each["name"] == "agency"]
    assert again["id"] == made["id"]

    page.get_by_role("link", name="people").click()
    page.get_by_role("button", name="Let it go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("In step", exact=True)).to_be_visible(timeout=LONG)
    assert "Meanwhile" in {each["firstName"] for each in new_house.ghl_contacts()}


def test_what_the_app_did_not_grant_is_told_and_nothing_is_kept(page, ours):
    before = ours.ask("/api/connections")
    page.goto(f"{ours.url}/oauth/callback?error=access_denied&error_description=Not+today")
    expect(page.get_by_text("Not today")).to_be_visible()
    look(page, "authorise-refused")
    page.goto(f"{ours.url}/oauth/callback?code=some-code&state=some-state")
    expect(page.get_by_text("This answers nothing that was begun")).to_be_visible()
    assert [each["id"] for each in ours.ask("/api/connections")] == [each["id"] for each in before]
