"""What changed between two versions of a flow is told step by step, in words."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.looking import look

LARGE = {"field": "trigger.sum", "operator": "greater", "value": "100"}
FILTER = {"id": "large", "kind": "filter", "where": {"all": [LARGE]}}
NAMES = {"id": "names", "kind": "set_values", "values": {"subject": "Hello"}}
DOCUMENT = {
    "id": "versions",
    "title": "Told in words",
    "trigger": {"kind": "bridge"},
    "steps": [FILTER, NAMES],
}
WAIT = {"id": "wait", "kind": "delay", "seconds": 172_800}
LATER = {**DOCUMENT, "steps": [FILTER, WAIT, {**NAMES, "values": {"subject": "Good day"}}]}


def test_what_changed_is_told_step_by_step_and_the_rest_is_folded(page: Page, ours: House) -> None:
    ours.ask("/api/flows/versions", {"document": DOCUMENT}, "PUT")
    ours.ask("/api/flows/versions/publish", {})
    page.goto(f"{ours.url}/ui/flows/versions/versions")
    expect(page.get_by_text("They are the same.")).to_be_visible()

    ours.ask("/api/flows/versions", {"document": LATER}, "PUT")
    page.reload()
    told = page.get_by_role("list", name="What changed, step by step")
    added = told.get_by_role("listitem").filter(has_text="Added: Wait (2 days)")
    expect(added).to_contain_text("after “Filter”")
    changed = told.get_by_role("listitem").filter(has_text="Changed: Set values")
    expect(changed).to_contain_text("subject: was Hello, is Good day")
    told.get_by_text("2 parts as they were").click()
    expect(told.get_by_text("What starts it")).to_be_visible()
    json = page.get_by_label("What changed, line by line")
    expect(json).to_be_hidden()
    look(page, "flow-versions")
    page.get_by_text("Show as JSON").click()
    expect(json).to_contain_text('"seconds": 172800')
