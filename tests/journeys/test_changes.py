"""What is shown before is what happens, it can be taken back, and conflicts wait for a person."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from tests.journeys.looking import go, look

LONG = 60_000
SETTLED = 3  # seconds: GoHighLevel's lists come from an index behind its records


def cities(ours, ids):
    """The cities of these contacts as Insightly has them, by e-mail address."""
    found = ours.insightly("GET", "/v3.1/Contacts?top=100")
    return {
        each["EMAIL_ADDRESS"]: each["ADDRESS_MAIL_CITY"]
        for each in found
        if each["EMAIL_ADDRESS"] in ids
    }


def test_a_preview_equals_its_result_and_the_run_can_be_undone(page, ours):
    people = [each for each in ours.ghl_contacts() if each.get("email")][:3]
    addresses = {each["email"] for each in people}
    before = cities(ours, addresses)
    for each in people:
        ours.ghl("PUT", f"/contacts/{each['id']}", {"city": "Springfield"})
    time.sleep(SETTLED)

    page.goto(f"{ours.url}/ui/syncs/people")
    expect(page.get_by_text("In step", exact=True)).to_be_visible()
    look(page, "sync")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name="3 to change")).to_be_visible(timeout=LONG)
    table = page.get_by_role("table", name="Record by record")
    expect(table.get_by_text("Springfield")).to_have_count(3)
    look(page, "preview")
    assert cities(ours, addresses) == before  # nothing was written by looking

    page.get_by_role("button", name="Do exactly this").click()
    page.get_by_role("dialog").get_by_role("button", name="Do exactly this").click()
    runs = page.get_by_role("table", name="Last runs")
    expect(runs.get_by_role("row").nth(1)).to_contain_text("3 records changed", timeout=LONG)
    assert set(cities(ours, addresses).values()) == {"Springfield"}

    runs.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", name="How it went")).to_be_visible()
    page.get_by_role("button", name="Show what would be put back").click()
    would = page.get_by_role("region", name="If it were undone")
    expect(would.get_by_text("3 to change")).to_be_visible()
    look(page, "run")
    assert set(cities(ours, addresses).values()) == {"Springfield"}  # nor by looking there
    page.get_by_role("button", name="Undo this run").click()
    expect(page.get_by_role("heading", name="Undo a run of people")).to_be_visible(timeout=LONG)
    look(page, "undo")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(runs.get_by_role("row").nth(1)).to_contain_text("Undo", timeout=LONG)
    expect(runs.get_by_role("row").nth(1)).to_contain_text("Done", timeout=LONG)
    assert cities(ours, addresses) == before

    runs.get_by_role("row").nth(1).get_by_role("link").click()
    page.get_by_role("link", name="What was approved").click()
    expect(page.get_by_text("This has been carried out")).to_be_visible()
    expect(table.get_by_text("Change: done")).to_have_count(3)
    page.go_back()
    page.get_by_role("link", name="The run that this one takes back").click()
    expect(page.get_by_role("link", name="It was taken back by a later run")).to_be_visible()


def test_a_field_is_mapped_by_drag_and_its_conflict_waits_for_a_person(page, ours):
    page.goto(f"{ours.url}/ui/syncs/people/mapping")
    page.get_by_label("Find a field").fill("postal")
    left = page.get_by_role("group", name="Fields of gohighlevel").get_by_role("button").first
    right = page.get_by_role("group", name="Fields of insightly").get_by_role("button").first
    for found in (left, right):  # before that, the first is another one
        expect(found).to_contain_text(re.compile("postal", re.IGNORECASE))
    left.drag_to(right)
    page.get_by_label(re.compile("Who decides about Postal")).select_option("ask")
    look(page, "mapping")
    page.get_by_role("button", name="Save the fields").click()
    expect(page.get_by_text("The fields are saved.")).to_be_visible()
    ours.run_to_the_end("people")

    person = next(each for each in ours.ghl_contacts() if each.get("email"))
    other = next(
        each
        for each in ours.insightly("GET", "/v3.1/Contacts?top=100")
        if each["EMAIL_ADDRESS"] == person["email"]
    )
    ours.ghl("PUT", f"/contacts/{person['id']}", {"postalCode": "11111"})
    ours.insightly(
        "PUT",
        "/v3.1/Contacts",
        {"CONTACT_ID": other["CONTACT_ID"], "ADDRESS_MAIL_POSTCODE": "22222"},
    )
    time.sleep(SETTLED)
    ours.run_to_the_end("people")

    go(page, "Review")
    choice = page.get_by_label("Postal code: 11111, of gohighlevel")
    expect(choice).to_be_visible(timeout=LONG)
    look(page, "review")
    choice.check()
    page.get_by_role("button", name="Use what I chose").click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible(timeout=LONG)
    ours.run_to_the_end("people")
    now = ours.insightly("GET", f"/v3.1/Contacts/{other['CONTACT_ID']}")
    assert now["ADDRESS_MAIL_POSTCODE"] == "11111"
