"""The builder's panels are followed by everybody, say what is wrong at its row, and rename steps."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.looking import faults, look

ROW = {"field": "steps.find.city", "operator": "eq", "value": "Ulm"}
DOCUMENT = {
    "id": "panels",
    "title": "Every panel",
    "trigger": {"kind": "bridge"},
    "steps": [
        {"id": "find", "kind": "set_values", "values": {"city": "{{trigger.city | title}}"}},
        {
            "id": "ways",
            "kind": "branch",
            "ways": [{"where": {"all": [ROW, {**ROW, "value": ""}]}, "steps": []}],
            "otherwise": [{"id": "pause", "kind": "delay", "seconds": 60}],
        },
        {"id": "only", "kind": "filter", "where": {"all": [ROW]}},
        {
            "id": "act",
            "kind": "action",
            "connection": "gohighlevel",
            "operation": "contacts.upsert",
            "inputs": {"email": "{{steps.find.city}}"},
        },
        {"id": "each", "kind": "for_each", "items": "{{trigger.people}}", "steps": []},
        {"id": "sync", "kind": "sync_now", "sync": "people"},
    ],
}
BOXES = {
    "trigger": "What starts it",
    "steps[1]": "Set values",
    "steps[2]": "Branch",
    "steps[2].otherwise[1]": "Wait",
    "steps[3]": "Filter",
    "steps[4]": "Contacts: upsert",
    "steps[5]": "For each",
    "steps[6]": "Run a sync",
}


def choose(page: Page, place: str) -> None:
    """Choose a box by the keyboard, which brings it into view, and by the mouse."""
    box = page.locator(f'[data-place="{place}"]')
    box.press("Enter")
    box.click()
    expect(box).to_have_attribute("aria-pressed", "true")


def test_every_panel_can_be_followed_by_everybody(page: Page, ours: House) -> None:
    ours.ask("/api/flows/panels", {"document": DOCUMENT}, "PUT")
    page.goto(f"{ours.url}/ui/flows/panels/build")
    for place, title in BOXES.items():
        choose(page, place)
        panel = page.get_by_role("region", name=title)
        expect(panel).to_be_visible()
        for closed in panel.locator("details").all():
            closed.locator("summary").first.click()
        assert (place, faults(page)) == (place, [])
    choose(page, "steps[4]")
    panel = page.get_by_role("region", name="Contacts: upsert")
    panel.get_by_role("button", name="Insert a field into E-mail").click()
    expect(page.get_by_role("button", name="steps.find").first).to_be_visible()
    look(page, "flow-panel")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert faults(page) == []


def test_a_row_says_what_is_wrong_with_it_and_a_renamed_step_is_read_by_its_new_name(
    page: Page, ours: House
) -> None:
    ours.ask("/api/flows/panels", {"document": DOCUMENT}, "PUT")
    page.goto(f"{ours.url}/ui/flows/panels/build")
    choose(page, "steps[2]")
    value = page.get_by_label("Way 1 is taken if, condition 2: value")
    wrong = page.get_by_text("It has no value to compare with.")
    expect(wrong).to_be_visible()
    expect(value).to_have_attribute("aria-invalid", "true")
    value.fill("Bonn")
    expect(wrong).to_have_count(0)

    choose(page, "steps[1]")
    name = page.get_by_label("Name for later steps")
    name.fill("only")
    expect(page.get_by_text("Another step is called so.")).to_be_visible()
    name.fill("lookup")
    name.press("Enter")
    expect(page.get_by_text("The step is called lookup now")).to_be_visible()
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    steps = ours.ask("/api/flows/panels/document")["document"]["steps"]
    assert steps[0]["id"] == "lookup"
    assert steps[2]["where"]["all"][0]["field"] == "steps.lookup.city"
    assert steps[3]["inputs"]["email"] == "{{steps.lookup.city}}"
