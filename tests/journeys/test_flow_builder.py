"""A flow built from nothing on the canvas: tested, turned on, started from outside, seen in its runs."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.looking import go, look

STEPS = 100


def test_a_flow_is_built_tested_turned_on_and_started_by_a_posting(
    page: Page, new_house: House
) -> None:
    ours = new_house
    ours.connect()
    page.goto(f"{ours.url}/ui/")
    go(page, "Flows")
    page.get_by_role("link", name="New flow", exact=True).first.click()
    page.get_by_label("What is it called?").fill("Note a posting")
    page.get_by_role("button", name="Build it").click()

    page.get_by_role("combobox", name="What starts it").select_option("bridge")
    palette = page.get_by_label("Steps to add")
    palette.get_by_role("button", name="Filter Go on only if conditions hold.").click()
    panel = page.get_by_role("region", name="Filter")
    panel.get_by_role("button", name="Add a condition", exact=True).click()
    panel.get_by_label("condition 1: field").first.fill("trigger.kind")
    panel.get_by_label("condition 1: value").fill("quote")

    palette.get_by_role("button", name="Set values").click()
    panel = page.get_by_role("region", name="Set values")
    panel.get_by_label("value", exact=True).fill("Call {{trigger.name | title}}")
    expect(panel.get_by_text("With the sample: Call")).to_be_visible()
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    panel.get_by_text("Test this step").first.click()
    panel.get_by_role("button", name="Test this step").click()
    expect(panel.get_by_label("What came of the test")).to_contain_text("was tested")
    look(page, "flow-builder")

    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("dialog").get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("The flow is on, as it is now.")).to_be_visible()
    told = ours.ask("/api/flows/note_a_posting/address")
    ours.ask(told["path"], {"kind": "quote", "name": "ann lee"})

    page.goto(f"{ours.url}/ui/flows/note_a_posting")
    page.get_by_role("link", name="1 done").click(timeout=60_000)
    expect(page.get_by_role("table")).to_contain_text("note_a_posting")


def test_a_hundred_steps_are_moved_by_keys(page: Page, new_house: House) -> None:
    # how smoothly they are shown is measured apart, where nothing else runs: bench/canvas.py
    steps = [{"id": f"wait_{at}", "kind": "delay", "seconds": 60 + at} for at in range(STEPS)]
    document = {"id": "long", "trigger": {"kind": "manual"}, "steps": steps}
    new_house.ask("/api/flows/long", {"document": document}, "PUT")
    page.goto(f"{new_house.url}/ui/flows/long/build")
    box = page.locator('[data-place="steps[1]"]')
    box.focus()
    box.press("Enter")
    box.click()
    box.press("Alt+ArrowDown")
    expect(page.locator('[data-place="steps[2]"]')).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.get_by_text("is taken out.")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".box[data-kind=delay]")).to_have_count(STEPS)
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    kept = new_house.ask("/api/flows/long/document")["document"]["steps"]
    assert [each["id"] for each in kept[:3]] == ["wait_1", "wait_0", "wait_2"]


def test_a_step_is_dragged_onto_a_line_and_what_is_wrong_stands_at_its_box(
    page: Page, new_house: House
) -> None:
    document = {
        "id": "short",
        "trigger": {"kind": "manual"},
        "steps": [{"id": "first", "kind": "delay", "seconds": 60}],
    }
    new_house.ask("/api/flows/short", {"document": document}, "PUT")
    page.goto(f"{new_house.url}/ui/flows/short/build")
    piece = page.get_by_label("Steps to add").get_by_role("button", name="Branch Take one")
    piece.drag_to(page.get_by_role("button", name="Insert a step at steps, 1"))
    box = page.locator('[data-place="steps[1]"]')
    expect(box).to_have_attribute("data-kind", "branch")
    expect(box.locator(".box-wrong")).to_be_visible()
    expect(page.get_by_role("button", name="Turn it on")).to_be_disabled()
    page.get_by_role("button", name="Undo").first.click()
    expect(box).to_have_attribute("data-kind", "delay")
    expect(page.get_by_role("button", name="Turn it on")).to_be_enabled()


def test_an_action_is_found_by_words_and_its_inputs_are_asked_of_the_app(
    page: Page, new_house: House
) -> None:
    new_house.connect()
    document = {"id": "act", "trigger": {"kind": "bridge"}, "steps": []}
    new_house.ask("/api/flows/act", {"document": document}, "PUT")
    page.goto(f"{new_house.url}/ui/flows/act/build")
    palette = page.get_by_label("Steps to add")
    palette.get_by_label("Connection whose actions are shown").select_option("gohighlevel")
    palette.get_by_label("Search the steps").fill("create opportunity")
    palette.get_by_role("button", name="Opportunities: create").first.click()
    panel = page.get_by_role("region", name="Opportunities: create")
    panel.get_by_role("combobox", name="PipelineId").click()
    page.get_by_role("listbox").get_by_role("option").first.click()
    expect(panel.get_by_role("combobox", name="PipelineId")).not_to_have_value("")
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    [step] = new_house.ask("/api/flows/act/document")["document"]["steps"]
    assert step["operation"] == "opportunities.create"
    assert step["inputs"]["pipelineId"]
