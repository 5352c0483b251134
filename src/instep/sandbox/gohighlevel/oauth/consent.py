"""The page on which a person allows the app to reach a location, or the whole agency."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from instep.sandbox.gohighlevel.credentials import AGENCY, LOCATION, Grant, every_scope
from instep.sandbox.gohighlevel.services import Services

# facts: ghl 3.1; the second is what SDKs from before May 2026 open
PATHS = ("/v2/oauth/chooselocation", "/oauth/chooselocation")

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}}
label{{display:block;padding:.3rem 0}}button{{font:inherit;padding:.5rem 1.5rem}}</style></head>
<body><h1>{title}</h1>{content}</body></html>"""

_FORM = """<p>An app asks for: <strong>{scopes}</strong></p>
<form method="post"><fieldset><legend>Where may it work?</legend>{choices}</fieldset>
<p><button>Allow</button></p></form>
<p><small>This is the sandbox. Nothing leaves this computer.</small></p>"""


class Consent:
    """Shows the page (GET), and sends the browser back with a code (POST of `account`)."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def answer(self, request: Request) -> Response:
        """Serve the page or its form."""
        asked = request.query_params
        fault = self._fault(asked)
        if fault:
            return _page("This cannot be allowed", f"<p>{escape(fault)}</p>", 400)
        scopes = tuple(asked["scope"].split())
        if request.method != "POST":
            return _page("Choose a location", self._form(scopes))
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        grant = self._grant(form.get("account"), scopes)
        if grant is None:
            return _page("This cannot be allowed", "<p>Choose one of the locations.</p>", 400)
        answer = {"code": self._services.credentials.issue_code(grant)}
        if "state" in asked:
            answer["state"] = asked["state"]  # as OAuth 2.0 has it; the vendor's pages do not say
        target = asked["redirect_uri"]
        joint = "&" if urlsplit(target).query else "?"
        return RedirectResponse(f"{target}{joint}{urlencode(answer)}", 302)

    def _fault(self, asked: Mapping[str, str]) -> str | None:
        """Return what is wrong with the address the browser was sent to."""
        if asked.get("response_type") != "code":
            return "response_type must be code."
        if asked.get("client_id") != self._services.company.client_id:
            return "There is no app with this client_id."
        if not self._may_redirect(asked.get("redirect_uri", "")):
            return "The app does not list this redirect_uri."
        unknown = [scope for scope in asked.get("scope", "").split() if scope not in every_scope()]
        if unknown or not asked.get("scope", "").split():
            return f"The app cannot ask for the scope {unknown[0] if unknown else '(none)'}."
        return None

    def _may_redirect(self, target: str) -> bool:
        return target in self._services.settings.redirect_uris or _is_on_this_machine(target)

    def _form(self, scopes: tuple[str, ...]) -> str:
        company = self._services.company
        choices = {each["id"]: each["name"] for each in company.locations.values()}
        choices[company.id] = "The whole agency"
        shown = "".join(
            f'<label><input type="radio" name="account" value="{escape(identifier)}" required '
            f"{'checked' if identifier == company.location_id else ''}> {escape(name)}</label>"
            for identifier, name in choices.items()
        )
        return _FORM.format(scopes=escape(", ".join(scopes)), choices=shown)

    def _grant(self, account: str | None, scopes: tuple[str, ...]) -> Grant | None:
        company = self._services.company
        if account == company.id:
            return Grant(AGENCY, None, scopes)
        if account in company.locations:
            return Grant(LOCATION, account, scopes)
        return None


def _is_on_this_machine(target: str) -> bool:
    try:
        parts = urlsplit(target)
        host = parts.hostname or ""
        return parts.scheme == "http" and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False


def _page(title: str, content: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(title=escape(title), content=content), status)
