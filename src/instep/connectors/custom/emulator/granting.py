"""OAuth 2.0 as an emulated app does it: a page where a person allows it, and tokens for its codes.

The strict reading of RFC 6749: a code is good once, for ten minutes and the address it was made for
(4.1.2, 4.1.3); a refresh token is good until the next one takes its place (6).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from instep.connectors.custom.connecting import OAuth2Auth
from instep.sandbox.clock import Clock
from instep.sandbox.state import State

CLIENT = ("client_id", "client_secret")
_TOKENS = "tokens"
_GOOD_FOR = timedelta(minutes=10)
_LIVES = 3_600  # seconds
_PAGE = """<!doctype html><html lang="en"><title>Allow it?</title>
<form method="post"><h1>Allow it?</h1><button>Allow</button></form></html>"""


class Granting:
    """Who may come in to one emulated app, and by which tokens. `client` is the client's secrets."""

    def __init__(
        self, part: OAuth2Auth, client: Mapping[str, str], state: State, clock: Clock
    ) -> None:
        self._part = part
        self._client = client
        self._state = state
        self._clock = clock
        self._page = urlsplit(part.authorize_url or "").path
        self._tokens = urlsplit(part.token_url).path
        self._codes: dict[str, tuple[str, float]] = {}

    @property
    def access_token(self) -> str:
        """The token that is good now."""
        return str(self._kept()["access_token"])

    def addresses(self, url: str) -> dict[str, str]:
        """Return where it is allowed and where tokens are, for an app at this address."""
        told = {"token_url": f"{url}{self._tokens}"}
        return {**told, "authorize_url": f"{url}{self._page}"} if self._page else told

    def takes(self, request: Request) -> bool:
        """Whether a request is for the page or for tokens."""
        return request.url.path in {self._page, self._tokens} - {""}

    async def answer(self, request: Request) -> Response:
        """Show the page, send a person back from it with a code, or give out tokens."""
        if request.url.path == self._tokens:
            return self._give(await _form(request))
        asked = request.query_params
        if asked.get("client_id") != self._client["client_id"]:
            return HTMLResponse("<h1>Nobody is known by this client id.</h1>", 400)
        if request.method != "POST":
            return HTMLResponse(_PAGE)
        code, back = _new(), asked.get("redirect_uri", "")
        self._codes[code] = (back, (self._clock.now() + _GOOD_FOR).timestamp())
        query = urlencode({"code": code, "state": asked.get("state", "")})
        return RedirectResponse(f"{back}?{query}", 302)

    def _give(self, form: Mapping[str, str]) -> Response:
        if any(form.get(name) != self._client[name] for name in CLIENT):
            return JSONResponse({"error": "invalid_client"}, 401)
        grant = form.get("grant_type")
        if grant == "client_credentials" and grant == self._part.grant:
            return self._tell(lasting=False)
        if grant == "authorization_code" and self._redeems(form):
            return self._tell(lasting=True)
        if grant == "refresh_token" and form.get(grant) == self._kept().get(grant):
            return self._tell(lasting=True)
        return JSONResponse({"error": "invalid_grant"}, 400)

    def _redeems(self, form: Mapping[str, str]) -> bool:
        back, ends_at = self._codes.pop(form.get("code", ""), ("", 0.0))
        is_good = self._clock.now().timestamp() < ends_at
        return is_good and form.get("redirect_uri") == back

    def _tell(self, *, lasting: bool) -> Response:
        fresh = {"access_token": _new(), **({"refresh_token": _new()} if lasting else {})}
        self._state.keep(_TOKENS, fresh)
        return JSONResponse({**fresh, "expires_in": _LIVES, "token_type": "Bearer"})

    def _kept(self) -> dict[str, Any]:
        return dict(self._state.kept(_TOKENS, lambda: {"access_token": _new()}))


async def _form(request: Request) -> dict[str, str]:
    return {name: words[0] for name, words in parse_qs((await request.body()).decode()).items()}


def _new() -> str:
    return secrets.token_hex(16)
