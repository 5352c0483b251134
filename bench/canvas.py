"""The flow builder with 100 steps in Chromium: how smoothly it pans, and how soon it answers a key.

The flow is one of 100 steps: waits, and branches with waits in their ways. It is panned by the wheel, up
and down, for 240 frames. A key moves from box to box, through all of them: each has to be reached and
seen. Needs the built web app and Chromium.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from bench.measuring import Bench, Figures
from tests.journeys.browser import launched
from tests.journeys.house import House, house
from tests.journeys.looking import sign_in

STEPS = 100
FRAMES = 240
LATE_MS = 1000 / 50

_PAN = """
async (frames) => {
  const pane = document.querySelector('.react-flow__pane');
  const box = pane.getBoundingClientRect();
  const at = { clientX: box.x + 200, clientY: box.y + 200, bubbles: true, cancelable: true };
  const took = [];
  await new Promise(requestAnimationFrame);
  for (let number = 0, before = performance.now(); number < frames; number += 1) {
    const deltaY = number % 120 < 60 ? 60 : -60;
    pane.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY }));
    await new Promise(requestAnimationFrame);
    took.push(performance.now() - before);
    before = performance.now();
  }
  return took;
}
"""


async def measure() -> Figures:
    """Build the flow, look at it, and go through it."""
    return await asyncio.to_thread(_measure)


def _measure() -> Figures:
    with (
        tempfile.TemporaryDirectory(prefix="instep-bench-") as folder,
        house(Path(folder), people=1) as ours,
        sync_playwright() as playwright,
    ):
        ours.add_user("ann", "admin")
        ours.ask("/api/flows/long", {"document": _document()}, "PUT")
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        sign_in(page, ours, "ann")
        figures = _walk(page, ours)
        browser.close()
    return figures


def _walk(page: Page, ours: House) -> Figures:
    began = time.perf_counter()
    page.goto(f"{ours.url}/ui/flows/long/build")
    boxes = page.locator(".box[data-place]")
    expect(boxes).to_have_count(STEPS + 1)
    opened = time.perf_counter() - began
    took: list[float] = page.evaluate(_PAN, FRAMES)
    keys = _reach_all(page, boxes.evaluate_all("all => all.map(each => each.dataset.place)"))
    late = sum(each > LATE_MS for each in took)
    return {
        "steps": STEPS,
        "open_s": opened,
        "pan_frames_per_s": 1000 / statistics.median(took),
        "pan_late_frames_percent": 100 * late / len(took),
        "pan_p95_ms": statistics.quantiles(took, n=20)[-1],
        "key_p95_ms": statistics.quantiles(keys, n=20)[-1],
    }


def _reach_all(page: Page, places: list[str]) -> list[float]:
    """Go down from box to box; return how long each took until it had the reader's place."""
    page.locator('[data-place="trigger"]').focus()
    took = []
    for place in places[1:]:
        began = time.perf_counter()
        page.keyboard.press("ArrowDown")
        page.wait_for_function(
            "place => document.activeElement?.dataset.place === place", arg=place
        )
        took.append((time.perf_counter() - began) * 1000)
        expect(page.locator(f'[data-place="{place}"]')).to_be_in_viewport()
    return took


def _document() -> dict[str, Any]:
    def wait(number: int) -> dict[str, Any]:
        return {"id": f"wait_{number}", "kind": "delay", "seconds": 60}

    row = {"field": "trigger.kind", "operator": "eq", "value": "quote"}
    steps: list[dict[str, Any]] = []
    for number in range(0, STEPS, 5):  # a branch and two waits in each way, one of five at a time
        first, second, third, fourth = (wait(number + each) for each in range(1, 5))
        ways = [{"where": {"all": [row]}, "steps": [first, second]}]
        branch = {"id": f"branch_{number}", "kind": "branch", "ways": ways, "otherwise": [third]}
        steps += [branch, fourth]
    return {"id": "long", "trigger": {"kind": "manual"}, "steps": steps}


BENCH = Bench("canvas", "The flow builder with 100 steps, in Chromium", measure)
