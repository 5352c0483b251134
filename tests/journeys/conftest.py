"""Real Chromium in front of the real server, with the sandbox's apps behind it."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import sync_playwright

from instep.ui import DIST
from tests.journeys.browser import CHROMIUM, launched
from tests.journeys.house import house
from tests.journeys.looking import AXE, sign_in

PEOPLE = 12


def _missing():
    if not (DIST / "index.html").is_file():
        return "the web app is not built: make ui"
    if not AXE.is_file():
        return "axe-core is not installed: npm ci in web/"
    return None if CHROMIUM else "Chromium was not found: install it, or set CHROMIUM to its path"


@pytest.fixture(scope="session", autouse=True)
def ready():
    """Whatever journeys need is there; where nobody insists on them, they are left out."""
    missing = _missing()
    if missing and os.environ.get("INSTEP_REQUIRE_UI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


# Playwright's loop runs in this thread for as long as Playwright does, and no asynchronous test can
# begin beside it: a worker that goes on to one has to have left Playwright. So these are the
# plugin's fixtures once more, for a module instead of a session.


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(playwright):
    opened = launched(playwright)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser_context_args():
    return {
        "locale": "en-US",
        "timezone_id": "America/New_York",
        "viewport": {"width": 1280, "height": 860},
        "reduced_motion": "reduce",
    }


@pytest.fixture
def page(page):
    """A page that forgives no error of its own."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(20_000)
    yield page
    assert faults == []


@pytest.fixture
def empty_house(tmp_path):
    """A server that knows of no app yet, beside a sandbox with people; all of it from nothing."""
    with house(tmp_path, PEOPLE) as ours:
        yield ours


@pytest.fixture
def new_house(page, tmp_path, sqlite_template):
    """A server that knows of no app yet, with its admin in front of the page."""
    with house(tmp_path, PEOPLE, sqlite_template) as ours:
        ours.add_user("ann", "admin")
        sign_in(page, ours, "ann")
        yield ours


@pytest.fixture(scope="module")
def settled_house(tmp_path_factory, sqlite_template):
    """A house with an admin, a viewer, both apps connected and the sync `people` between them, run once."""
    with house(tmp_path_factory.mktemp("house"), PEOPLE, sqlite_template) as ours:
        ours.add_user("ann", "admin")
        ours.add_user("vic", "viewer")
        ours.connect()
        fields = ("first_name", "last_name", "email", "phone", "city", "state")
        ours.ask(
            "/api/syncs",
            {
                "name": "people",
                "a": "gohighlevel",
                "b": "insightly",
                "every_seconds": 900,
                "mapping": [{"a": name} for name in fields],
            },
        )
        ours.run_to_the_end("people")
        yield ours


@pytest.fixture
def ours(page, settled_house):
    """The house, with its admin in front of the page."""
    sign_in(page, settled_house, "ann")
    return settled_house
