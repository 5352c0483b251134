"""Write the pictures of the web app that the docs show: make screenshots.

They are taken of a house of the sandbox with the same people each time, and are the same but for times.
"""

from __future__ import annotations

import base64
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from instep.ui import DIST
from tests.journeys.browser import CHROMIUM, launched
from tests.journeys.house import House, house
from tests.journeys.looking import sign_in

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
LARGEST = 150_000  # bytes
PEOPLE = 40
LONG = 60_000  # milliseconds
SETTLED = 3  # seconds: GoHighLevel's lists come from an index behind its records
WIDE: ViewportSize = {"width": 1280, "height": 800}

# the browser itself writes WebP: https://developer.mozilla.org/docs/Web/API/HTMLCanvasElement/toDataURL
_WEBP = """
async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL('image/webp', 0.85).split(',')[1];
}
"""

FLOW: dict[str, Any] = {
    "id": "new_lead",
    "title": "Welcome a new lead",
    "trigger": {"kind": "bridge"},
    "steps": [
        {
            "id": "lead",
            "title": "Keep the lead",
            "kind": "action",
            "connection": "gohighlevel",
            "operation": "contacts.upsert",
            "inputs": {"email": "{{trigger.email}}", "firstName": "{{trigger.name | title}}"},
        },
        {
            "id": "kind",
            "title": "What do they ask for?",
            "kind": "branch",
            "ways": [
                {
                    "title": "A quote",
                    "where": {
                        "all": [{"field": "trigger.kind", "operator": "eq", "value": "quote"}]
                    },
                    "steps": [
                        {
                            "id": "call",
                            "title": "Have them called",
                            "kind": "action",
                            "connection": "gohighlevel",
                            "operation": "contacts.create_task",
                            "inputs": {
                                "contactId": "{{steps.lead.contact.id}}",
                                "title": "Call {{trigger.name | title}}",
                                "dueDate": "2027-01-29T15:00:00Z",
                                "completed": False,
                            },
                        }
                    ],
                }
            ],
            "otherwise": [{"id": "day", "title": "Wait a day", "kind": "delay", "seconds": 86400}],
        },
    ],
}
LEADS = (
    {"name": "ann lee", "email": "ann.lee@example.com", "kind": "quote"},
    {"name": "ben cole", "email": "ben.cole@example.com", "kind": "quote"},
)


@dataclass(frozen=True)
class Camera:
    """Takes pictures of a page, and writes them down small."""

    page: Page
    paper: Page
    ours: House

    def take(self, name: str, path: str, heading: str) -> None:
        """Take the page at an address, once its heading stands and nothing is loaded any more."""
        self.page.goto(f"{self.ours.url}/ui/{path}")
        self.shown(heading)
        self.keep(name)

    def shown(self, heading: str) -> None:
        """Wait for a page of this heading, and for what it loads."""
        title = self.page.get_by_role("heading", level=1, name=heading, exact=True)
        expect(title).to_be_visible(timeout=LONG)
        expect(self.page.get_by_role("status", name="Loading")).to_have_count(0, timeout=LONG)

    def keep(self, name: str) -> None:
        """Write what is seen now. Raises ValueError for a picture that is too large."""
        self.page.evaluate("document.activeElement?.blur()")
        png = self.page.screenshot(animations="disabled", caret="hide")
        source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        picture = base64.b64decode(self.paper.evaluate(_WEBP, source))
        if len(picture) > LARGEST:
            raise ValueError(f"{name} has {len(picture):,} bytes; {LARGEST:,} are the most.")
        (FOLDER / f"{name}.webp").write_bytes(picture)


def furnish(ours: House) -> None:
    """Connect both apps, have a sync run, and a flow that two leads went through."""
    ours.add_user("ann", "admin")
    ours.connect()
    fields = ("first_name", "last_name", "email", "phone", "state")
    rows = [{"a": name} for name in fields] + [{"a": "city", "authority": "ask"}]
    ends = {"a": "gohighlevel", "b": "insightly"}
    ours.ask("/api/syncs", {"name": "people", **ends, "every_seconds": 900, "mapping": rows})
    ours.run_to_the_end("people")
    ours.ask("/api/flows/new_lead", {"document": FLOW}, "PUT")
    ours.ask("/api/flows/new_lead/publish", {})
    told = ours.ask("/api/flows/new_lead/address")
    for lead in LEADS:
        ours.ask(told["path"], lead)
    _until(lambda: len(ours.ask("/api/flow-runs?states=done")["runs"]) == len(LEADS))
    ours.run_to_the_end("people")


def edit(ours: House, number: int, city: str, other: str | None = None) -> None:
    """Let somebody move to another city, in GoHighLevel, and in Insightly to yet another."""
    people = sorted(
        (each for each in ours.ghl_contacts() if each.get("email")), key=lambda each: each["email"]
    )
    person = people[number]
    ours.ghl("PUT", f"/contacts/{person['id']}", {"city": city})
    if other is None:
        return
    found = ours.insightly("GET", "/v3.1/Contacts?top=100")
    twin = next(each for each in found if each["EMAIL_ADDRESS"] == person["email"])
    changed = {"CONTACT_ID": twin["CONTACT_ID"], "ADDRESS_MAIL_CITY": other}
    ours.insightly("PUT", "/v3.1/Contacts", changed)


def walk(camera: Camera) -> None:
    """Go through the house, picture by picture."""
    page, ours = camera.page, camera.ours
    page.goto(f"{ours.url}/ui/")
    in_step = page.get_by_text("Everything is in step.", exact=True)
    expect(in_step).to_be_visible(timeout=LONG)
    camera.keep("home")
    camera.take("recipes", "recipes", "Recipes")
    page.goto(f"{ours.url}/ui/flows/new_lead/build")
    page.locator('[data-place="steps[2]"]').press("Enter")
    expect(page.get_by_label("Title of way 1")).to_be_visible()
    camera.keep("builder")

    camera.take("mapping", "syncs/people/mapping", "Fields of people")
    page.get_by_label("What happens to State on the way").select_option("value_map")
    words = page.get_by_role("region", name="More about State")
    words.get_by_role("button", name="Add the words seen in gohighlevel").click()
    line = page.get_by_label("What happens to State on the way")
    line.evaluate("each => window.scrollTo(0, each.getBoundingClientRect().top - 120)")
    camera.keep("value-map")

    for number, city in enumerate(("Springfield", "Portland", "Fairview")):
        edit(ours, number, city)
    time.sleep(SETTLED)
    page.goto(f"{ours.url}/ui/syncs/people")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Springfield")).to_be_visible(timeout=LONG)
    camera.keep("preview")

    edit(ours, 3, "Riverside", "Georgetown")
    time.sleep(SETTLED)
    ours.run_to_the_end("people")
    page.goto(f"{ours.url}/ui/review")
    expect(page.get_by_text("Georgetown").first).to_be_visible(timeout=LONG)
    camera.keep("review")
    camera.take("sync", "syncs/people", "people")


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG / 1000
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("The house is not ready.")
        time.sleep(0.2)


def main() -> None:
    """Furnish a house, walk through it, and write the pictures in place of those there are."""
    if not (DIST / "index.html").is_file() or CHROMIUM is None:
        sys.exit("The web app has to be built (make ui), and Chromium has to be there (CHROMIUM).")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="instep-pictures-") as folder,
        house(Path(folder), PEOPLE) as ours,
        sync_playwright() as playwright,
    ):
        furnish(ours)
        browser = launched(playwright)
        context = browser.new_context(
            viewport=WIDE, locale="en-US", timezone_id="America/New_York", reduced_motion="reduce"
        )
        page = context.new_page()
        sign_in(page, ours, "ann")
        walk(Camera(page, browser.new_page(), ours))
        browser.close()


if __name__ == "__main__":
    main()
