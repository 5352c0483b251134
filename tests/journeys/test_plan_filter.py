"""What a preview shows is found by its text on the server, and the address keeps what was looked for."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.looking import look


def test_a_preview_is_searched_and_saved_as_it_is_searched(page: Page, ours: House) -> None:
    location = ours.apps["gohighlevel"]["location_id"]
    for name in ("Quentin", "Quirin"):
        body = {"locationId": location, "firstName": name, "email": f"{name}@example.com"}
        ours.ghl("POST", "/contacts/", body)
    plan = ours.ask("/api/syncs/people/preview", {})["plan"]

    page.goto(f"{ours.url}/ui/syncs/people/plans/{plan}")
    rows = page.get_by_role("table", name="Record by record").get_by_role("row")
    expect(rows.filter(has_text="Quirin")).to_have_count(1)
    page.get_by_label("Show only those that hold").fill("QUENTIN")
    expect(rows.filter(has_text="Quirin")).to_have_count(0)
    expect(rows.filter(has_text="Quentin")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"text=QUENTIN"))
    look(page, "preview-searched")

    page.reload()
    expect(page.get_by_label("Show only those that hold")).to_have_value("QUENTIN")
    expect(page.get_by_text("1 shown.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as CSV").click()
    told = Path(saved.value.path()).read_text()
    assert "Quentin" in told
    assert "Quirin" not in told
    page.get_by_label("Show only those that hold").fill("nobody at all")
    expect(page.get_by_text("Nothing here holds that.")).to_be_visible()
