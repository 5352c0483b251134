"""The page on which a person allows the app to reach a location, or the whole agency."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from instep.sandbox.gohighlevel.credentials import AGENCY, LOCATION, Grant, every_scope
from instep.sandbox.gohighlevel.oauth.installing import account_of, install
from instep.sandbox.gohighlevel.oauth.pages import page
from instep.sandbox.gohighlevel.services import Services

# facts: ghl 3.1; the second is what SDKs from before May 2026 open
PATHS = ("/v2/oauth/chooselocation", "/oauth/chooselocation")

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
            return page("This cannot be allowed", f"<p>{escape(fault)}</p>", 400)
        scopes = tuple(asked["scope"].split())
        if request.method != "POST":
            return page("Choose a location", self._form(scopes))
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        grant = self._grant(form.get("account"), scopes)
        if grant is None:
            return page("This cannot be allowed", "<p>Choose one of the locations.</p>", 400)
        # facts: ghl 3.1 (the app is told before or after the exchange of its code)
        at_once = self._services.settings.install_webhook == "before"
        install(self._services, account_of(self._services, grant), at_once=at_once)
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
        listed = {*self._services.settings.redirect_uris, *self._services.events.app.redirect_uris}
        return target in listed or _is_on_this_machine(target)

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
