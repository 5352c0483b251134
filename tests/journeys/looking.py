"""Look at a page as everybody does: a picture of it, and whether a screen reader can follow."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.house import PASSWORD, House

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}


def look(page: Page, name: str) -> None:
    """Keep a picture of the page and check that axe finds nothing serious on it."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    found = faults(page)
    assert not found, "\n".join(found)


def faults(page: Page) -> list[str]:
    """Return what axe finds that is serious or critical, each with its place."""
    if not page.evaluate("'axe' in window"):  # it is half a megabyte of script
        page.evaluate(AXE.read_text())
    # what is in order is not told of: describing it costs more than finding what is not
    only = "{ resultTypes: ['violations'] }"
    found = page.evaluate(f"async () => (await axe.run({only})).violations")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def go(page: Page, place: str) -> None:
    """Go to a page by the menu."""
    page.get_by_label("Pages").get_by_role("link", name=place).click()


def choose(page: Page, group: str, name: str) -> None:
    """Go to one part of a page, by the row of choices of this name above it."""
    page.get_by_role("radiogroup", name=group).get_by_text(name, exact=True).click()


def sign_in(page: Page, ours: House, name: str, *, anew: bool = False) -> None:
    """Give the browser the session of somebody, without walking through the door.

    A session that they have already is used on, unless one more is wanted: to check a password
    takes long, as it should.
    """
    context, door = page.context, f"{ours.url}/api/session"
    if name in ours.sessions and not anew:
        context.add_cookies(ours.sessions[name])
        if context.request.get(door).ok:
            return
    assert context.request.post(door, data={"name": name, "password": PASSWORD}).ok
    ours.sessions[name] = context.storage_state()["cookies"]
