"""The marketplace app's own settings: a page for people, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from instep.core.errors import UserError
from instep.sandbox.control import PREFIX, answering, read_object
from instep.sandbox.gohighlevel.oauth.installing import install, uninstall
from instep.sandbox.gohighlevel.oauth.pages import page
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.webhooks.kinds import SUBSCRIBABLE
from instep.sandbox.gohighlevel.webhooks.signatures import Signer

_PATH = f"{PREFIX}/app"
_FORM_TYPE = "application/x-www-form-urlencoded"

_CONTENT = """<table>{facts}</table>
<form method="post"><p><label>Webhook URL <input type="url" name="webhook_url" value="{url}"></label>
<label>Redirect URIs, one per line; any address on this machine may be used without being listed
<textarea name="redirect_uris" rows="3">{uris}</textarea></label>
<label><input type="checkbox" name="installed_everywhere" {everywhere}> Send webhooks of every
location, as if each had installed the app</label></p>
<details><summary>Events</summary>{events}</details><p><button>Save</button></p></form>
<h2>Installed in</h2><table>{places}</table>
<p><small>This is the sandbox. Webhooks go to the address above and nowhere else; the
<a href="webhooks">log</a> lists them.</small></p>"""


class AppPage:
    """Serves `/_sandbox/app`.

    | call                            | does                                                    |
    |---------------------------------|---------------------------------------------------------|
    | `GET /_sandbox/app`             | shows the app: a page for browsers, else JSON           |
    | `PUT /_sandbox/app`             | sets some of it: `{"webhook_url": "http://…"}`          |
    | `POST /_sandbox/app`            | the page's form                                         |
    | `POST /_sandbox/app/install`    | installs it: `{"account": "a location's or the agency's id"}` |
    | `POST /_sandbox/app/uninstall`  | takes it out: revokes the tokens, fires UNINSTALL       |
    """

    def __init__(self, services: Services, signer: Signer) -> None:
        self._services = services
        self._app = services.events.app
        self._signer = signer

    def routes(self) -> Sequence[Route]:
        """Return the control calls."""
        return (
            Route(_PATH, answering(self._settings), methods=["GET", "PUT", "POST"]),
            Route(f"{_PATH}/install", answering(self._install), methods=["POST"]),
            Route(f"{_PATH}/uninstall", answering(self._uninstall), methods=["POST"]),
        )

    async def _settings(self, request: Request) -> Response:
        if request.method == "PUT":
            self._app.change(await read_object(request))
        elif request.method == "POST":
            self._app.change(_wanted(await _read_form(request)))
            return _back()
        elif "text/html" in request.headers.get("accept", ""):
            return page("The app's settings", self._content())
        return JSONResponse(self._told())

    async def _install(self, request: Request) -> Response:
        account, shown = await _account(request)
        install(self._services, account, at_once=True)
        return _back() if shown else JSONResponse(self._told())

    async def _uninstall(self, request: Request) -> Response:
        account, shown = await _account(request)
        uninstall(self._services, account)
        return _back() if shown else JSONResponse(self._told())

    def _told(self) -> dict[str, Any]:
        return {**self._app.describe(), **self._signer.published()}

    def _content(self) -> str:
        told = self._told()
        secret = {"client_secret": self._services.company.client_secret}
        facts = {name: told[name] for name in ("app_id", "client_id")} | secret
        facts |= self._signer.published()
        return _CONTENT.format(
            facts="".join(_row(escape(name), _code(value)) for name, value in facts.items()),
            url=escape(told["webhook_url"] or ""),
            uris=escape("\n".join(told["redirect_uris"])),
            everywhere="checked" if told["installed_everywhere"] else "",
            events="".join(self._tick(event) for event in SUBSCRIBABLE),
            places="".join(self._place(*each) for each in self._accounts().items()),
        )

    def _tick(self, event: str) -> str:
        ticked = "checked" if event in self._app.events else ""
        return (
            f'<label><input type="checkbox" name="events" value="{event}" {ticked}> {event}</label>'
        )

    def _accounts(self) -> dict[str, str]:
        company = self._services.company
        names = {each["id"]: each["name"] for each in company.locations.values()}
        return names | {company.id: "The whole agency"}

    def _place(self, account: str, name: str) -> str:
        verb = "uninstall" if self._app.is_installed(account) else "install"
        form = (
            f'<form method="post" action="app/{verb}"><button name="account" '
            f'value="{escape(account)}">{verb.capitalize()}</button></form>'
        )
        return _row(escape(name), form)


def _wanted(form: dict[str, list[str]]) -> dict[str, Any]:
    """Return what the page's form asks for; a box that is not ticked is not sent at all."""
    return {
        "webhook_url": form.get("webhook_url", [""])[0].strip(),
        "redirect_uris": form.get("redirect_uris", [""])[0].split(),
        "installed_everywhere": "installed_everywhere" in form,
        "events": form.get("events", []),
    }


async def _account(request: Request) -> tuple[str, bool]:
    """Return the account that a body names, and whether the page's form sent it."""
    if request.headers.get("content-type", "").startswith(_FORM_TYPE):
        return (await _read_form(request)).get("account", [""])[0], True
    account = (await read_object(request)).get("account")
    if not isinstance(account, str):
        raise UserError('The body must be {"account": "the id of a location or of the agency"}.')
    return account, False


async def _read_form(request: Request) -> dict[str, list[str]]:
    """Read the page's form. Raises UserError if another site's page sent it."""
    # a page from elsewhere could have its form filled in and sent here by the same browser
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise UserError("This form can only be sent from the sandbox's own page.")
    body = (await request.body()).decode("utf-8", "replace")
    return parse_qs(body, keep_blank_values=True)


def _back() -> Response:
    return RedirectResponse(_PATH, 303)


def _row(name: str, value: str) -> str:
    return f"<tr><td>{name}</td><td>{value}</td></tr>"


def _code(value: str) -> str:
    return f"<code>{escape(value)}</code>"
