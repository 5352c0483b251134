"""A GoHighLevel account of the sandbox, served on a real port for as long as it is needed."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from instep.sandbox import Sandbox
from instep.sandbox.gohighlevel import GoHighLevel

BROWSER = {"User-Agent": "conformance"}
REDIRECT_URI = "http://127.0.0.1/callback"
SCOPE = "contacts.readonly contacts.write oauth.readonly oauth.write"
_UNHURRIED = 1_000  # times the real rate limits: this is about shapes, not about pace


@dataclass(frozen=True, slots=True)
class Account:
    """What the sandbox says is needed to call it."""

    url: str
    location_id: str
    company_id: str
    private_integration_token: str = field(repr=False)
    agency_private_integration_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)

    def authorise(self, place: str) -> str:
        """Choose a location (or the company) on the authorisation page; return the code."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": SCOPE,
        }
        with httpx.Client(base_url=self.url, headers=BROWSER) as browser:
            page = browser.get("/v2/oauth/chooselocation", params=query)
            page.raise_for_status()
            form = _Form(place)
            form.feed(page.text)
            answer = browser.post(urljoin(str(page.url), form.action), data=form.values)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def turn_clock_ahead(self, seconds: float) -> None:
        """Let the account's clock run ahead of ours, so that tokens expire."""
        self.switch_on("clock_skew", seconds=seconds)

    def switch_on(self, fault: str, **parameters: float | str) -> None:
        """Make something go wrong from now on."""
        with httpx.Client(base_url=self.url, headers=BROWSER) as control:
            control.put("/_sandbox/faults", json={fault: parameters}).raise_for_status()

    def add_contacts(self, number: int) -> list[str]:
        """Create contacts that nobody else has and return their ids."""
        headers = BROWSER | {
            "Authorization": f"Bearer {self.private_integration_token}",
            "Version": "2021-07-28",
        }
        with httpx.Client(base_url=self.url, headers=headers) as client:
            return [self._add_contact(client) for _ in range(number)]

    def _add_contact(self, client: httpx.Client) -> str:
        body = {"locationId": self.location_id, "email": fresh_email(), "firstName": "Ada"}
        reply = client.post("/contacts/", json=body)
        reply.raise_for_status()
        return reply.json()["contact"]["id"]


@contextlib.contextmanager
def serve_account() -> Iterator[Account]:
    """Serve a new, empty account from a thread of its own."""
    app = GoHighLevel(None, pace=_UNHURRIED, seed=1)
    with Sandbox([app]).in_thread() as sandbox:
        described: dict[str, Any] = sandbox.describe()[app.name]
        yield Account(**{name: described[name] for name in Account.__slots__})


def fresh_email() -> str:
    """Return an address that no contact has yet."""
    return f"{secrets.token_hex(8)}@example.com"


class _Form(HTMLParser):
    """The form of a page, and what it sends once the radio button `chosen` is set."""

    def __init__(self, chosen: str) -> None:
        super().__init__()
        self.action = ""
        self.values: dict[str, str] = {}
        self._chosen = chosen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "input" and (given.get("type") != "radio" or given["value"] == self._chosen):
            self.values[given["name"]] = given["value"]
