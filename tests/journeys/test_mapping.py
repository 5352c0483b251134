"""Fields are mapped by the keyboard, their values turned and tried, and the preview is what happens."""

from __future__ import annotations

import csv
import re

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.looking import look

LONG = 60_000


def last_names(ours: House) -> dict[str, str]:
    """The last names that Insightly has, by e-mail address."""
    found = ours.insightly("GET", "/v3.1/Contacts?top=100")
    return {each["EMAIL_ADDRESS"]: each["LAST_NAME"] for each in found if each["LAST_NAME"]}


def press(page: Page, side: str) -> None:
    """Press the one field that is left of a side, as somebody without a mouse does."""
    field = page.get_by_role("group", name=f"Fields of {side}").get_by_role("button").first
    field.focus()
    field.press("Enter")


def do_exactly_this(page: Page, ours: House) -> None:
    """Let the plan that is looked at be carried out."""
    [earlier] = ours.ask("/api/syncs/people/runs?limit=1")["runs"]
    page.get_by_role("button", name="Do exactly this").click()
    page.get_by_role("dialog").get_by_role("button", name="Do exactly this").click()
    assert ours.ended("people", earlier["id"])["state"] == "done"


def take_all_and_none(page: Page) -> None:
    """Take every field that is suggested, and undo it as one change."""
    page.get_by_role("button", name=re.compile("^Take all ")).click()
    expect(page.get_by_label("Which way Country travels")).to_have_value("both")
    expect(page.get_by_role("heading", name="Fields that may belong together")).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_label("Which way Country travels")).to_have_count(0)


def test_lines_are_mapped_by_keys_turned_and_tried_and_the_preview_is_what_happens(
    page: Page, ours: House
) -> None:
    page.goto(f"{ours.url}/ui/syncs/people/mapping")
    page.get_by_label("Find a field").fill("postal")
    press(page, "gohighlevel")
    expect(page.get_by_text("Postal code is picked up.")).to_be_visible()
    press(page, "insightly")
    expect(page.get_by_label("Which way Postal code travels")).to_have_value("both")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_label("Which way Postal code travels")).to_have_count(0)

    take_all_and_none(page)

    page.get_by_label("What happens to Last name on the way").select_option("to_b")
    page.get_by_label("Last name is written as").select_option("upper")
    way = page.get_by_label("Which way Last name travels")
    expect(way).to_have_value("to_b")
    more = page.get_by_role("region", name="More about Last name")
    arrived = more.get_by_role("table", name="With values of today").get_by_role("row").nth(1)
    expect(arrived.get_by_role("cell").nth(2)).to_have_text(re.compile(r"^[^a-z]+$"))

    save = page.get_by_role("button", name="Save the fields")
    way.select_option("both")
    expect(page.get_by_text("upper cannot be undone on the way back")).to_be_visible()
    expect(save).to_be_disabled()
    way.select_option("to_b")
    expect(page.get_by_text("upper cannot be undone on the way back")).to_have_count(0)

    page.get_by_label("What happens to State on the way").select_option("value_map")
    state = page.get_by_role("region", name="More about State")
    state.get_by_role("button", name="Add the words seen in gohighlevel").click()
    word = state.get_by_label("Word 1 of gohighlevel for State")
    first = word.input_value()
    state.get_by_label("Word 1 of insightly for State").fill(f"{first} state")
    tried = state.get_by_role("table", name="With values of today")
    expect(tried.get_by_text(f"{first} state", exact=True).first).to_be_visible()
    look(page, "mapping-turned")
    save.click()
    expect(page.get_by_text("The fields are saved.")).to_be_visible()

    before = last_names(ours)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name=re.compile("to change$"))).to_be_visible(timeout=LONG)
    page.get_by_role("switch", name="Only a few of each kind").check()
    expect(page.get_by_role("table", name="Record by record").get_by_role("row")).to_have_count(4)
    look(page, "preview-sample")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as CSV").click()
    assert download.value.suggested_filename == "people-preview.csv"
    rows = [*csv.DictReader(download.value.path().read_text().splitlines())]
    promised = sorted(row["after"] for row in rows if row["field"] == "last_name")
    assert promised == sorted(name.upper() for name in before.values())
    assert last_names(ours) == before  # nothing was written by looking

    do_exactly_this(page, ours)
    assert last_names(ours) == {each: name.upper() for each, name in before.items()}


def test_a_recipe_is_found_by_what_it_is_about_and_shows_what_it_does(
    page: Page, ours: House
) -> None:
    page.goto(f"{ours.url}/ui/recipes?app=insightly")
    page.get_by_label("With what?").select_option("notes")
    expect(page).to_have_url(re.compile("about=notes"))
    picture = page.get_by_role("img", name="notes both ways between GoHighLevel and Insightly")
    expect(picture.first).to_be_visible()
    look(page, "recipes-about-notes")
