"""The emulator as an app of the sandbox: its door, its limits, its switches."""

from __future__ import annotations

import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from instep.connectors.insightly.emulator.document import Invalid
from instep.connectors.insightly.emulator.instance import Instance
from instep.connectors.insightly.emulator.people import PeopleCalls
from instep.connectors.insightly.emulator.routes import RecordCalls
from instep.core.errors import UserError
from instep.sandbox.app import SandboxApp
from instep.sandbox.control import PREFIX, answering, read_object
from instep.sandbox.journal import BY_HAND
from instep.sandbox.people import Person
from instep.sandbox.quota import Allowance, Quota

# facts: apps 1.2, daily limit
PLANS = {
    "Free": 1_000,
    "Legacy": 20_000,
    "Plus": 40_000,
    "Professional": 60_000,
    "Enterprise": 100_000,
}
_PER_SECOND = 10

# what the sources leave open (facts: apps 1.5), and what the customer chooses
_DEFAULTS: dict[str, Any] = {
    "plan": "Enterprise",
    "tags_touch": True,
    "links_touch": True,
    "needs_owner": False,
    "wraps_notes": False,
    "rewrites_notes": False,
    "tidies": False,
    "orphans": "kept",
}
_CHOICES: dict[str, Collection[Any]] = {
    "plan": tuple(PLANS),
    "orphans": ("kept", "deleted"),
    **dict.fromkeys(
        ("tags_touch", "links_touch", "needs_owner", "wraps_notes", "rewrites_notes", "tidies"),
        (True, False),
    ),
}

_NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    404: "NotFound",
    405: "MethodNotAllowed",
    429: "TooManyRequests",
    500: "InternalServerError",
}


class InsightlyApp(SandboxApp):
    """One Insightly instance.

    `settings` hold what the facts leave open or the customer chooses: `plan` (of PLANS) gives the
    daily quota; `tags_touch` and `links_touch` say whether a changed tag or link counts as a change
    of its record; `needs_owner` refuses a task without an owner; `wraps_notes` puts a new note's text
    into a paragraph, `rewrites_notes` sets every note's HTML anew; `tidies` lower-cases e-mail
    addresses and trims texts, as many an app does; `orphans` says what becomes of a child whose last
    parent is deleted. They are switched by `PUT /_sandbox/settings` and kept.
    """

    name = "insightly"

    def __init__(
        self,
        data: Path | None = None,
        *,
        pace: int = 1,
        country: str = "US",
        seed: int | None = None,
    ) -> None:
        super().__init__(data, pace=pace, country=country, seed=seed)
        kept = self.state.kept("settings", lambda: _DEFAULTS)
        self.settings: dict[str, Any] = {**_DEFAULTS, **kept}
        self.instance = Instance(self.state, self.clock, lambda: self.settings)
        self.api_key: str = self.state.kept("api_key", lambda: secrets.token_hex(16))
        self._quota = Quota(self._allowance())

    def asgi(self) -> ASGIApp:
        """Return the calls behind the door, at the root and under the real path's version."""
        of_records = RecordCalls(self, self.instance).routes()
        routes = [*of_records, *PeopleCalls(self.instance).routes()]
        return _Door(
            self,
            Starlette(
                routes=[Mount("/v3.1", routes=routes), *routes],
                exception_handlers={HTTPException: _refused, Invalid: _invalid},
            ),
        )

    def describe(self, url: str) -> dict[str, Any]:
        """Return the address and the key."""
        return {"url": url, "api_key": self.api_key}

    def load(self, people: Iterable[Person]) -> int:
        """Add people; Insightly takes doubles."""
        return self.instance.add_people(people)

    def refuse(self, fault: str, request: Request) -> Response:  # noqa: ARG002 - all calls alike
        """Answer as Insightly does: only a used-up day leaves nothing remaining."""
        if fault == "server_error":
            return _problem(500, "An error has occurred.")
        daily = fault == "rate_limit_daily"
        return self._throttled(daily_left=0 if daily else max(self._quota.daily_left, 1))

    def controls(self) -> Sequence[Route]:
        """Return the switch of the settings, and the count of what there is."""

        async def settings(request: Request) -> Response:
            if request.method == "PUT":
                self.switch(await read_object(request))
            return JSONResponse(self.settings)

        async def census(_request: Request) -> Response:
            return JSONResponse(self.instance.census())

        return [
            Route(f"{PREFIX}/settings", answering(settings), methods=["GET", "PUT"]),
            Route(f"{PREFIX}/census", answering(census)),
        ]

    def switch(self, wanted: dict[str, Any]) -> None:
        """Change settings. Raises UserError for a name or a value there is not."""
        for name, value in wanted.items():
            if value not in _CHOICES.get(name, ()):
                choices = (f"{each} ({_listed(_CHOICES[each])})" for each in _CHOICES)
                raise UserError(f"Settings are {', '.join(choices)}.")
        self.settings |= wanted
        self.state.keep("settings", self.settings)
        self._quota.allowance = self._allowance()

    def admit(self, request: Request) -> Response | None:
        """Return the refusal of a call that may not come in."""
        if not self._knows(request.headers.get("authorization", "")):
            return _problem(401, "The API key is not valid.")
        # the vendor counts calls of its API, not what people do on its pages
        by_hand = request.scope.get(BY_HAND, False)
        if not by_hand and not self._quota.take(self.clock.now().timestamp()):
            return self._throttled(self._quota.daily_left)
        return None

    def limit_headers(self) -> dict[str, str]:
        """Return what every reply says about the daily quota."""
        return {
            "X-RateLimit-Limit": str(self._quota.allowance.daily),
            "X-RateLimit-Remaining": str(self._quota.daily_left),
        }

    def _allowance(self) -> Allowance:
        return Allowance(_PER_SECOND, 1, PLANS[self.settings["plan"]]).times(self.pace)

    def _throttled(self, daily_left: int) -> Response:
        wait = {"Retry-After": "1"} if daily_left else {}
        remaining = {"X-RateLimit-Remaining": str(daily_left)}
        return _problem(429, "Too many requests.", {**self.limit_headers(), **remaining, **wait})

    def _knows(self, authorization: str) -> bool:
        """Check HTTP Basic: the key as user name, no password (facts: apps 1.2)."""
        kind, _, encoded = authorization.partition(" ")
        try:
            pair = b64decode(encoded, validate=True)
        except NotBase64:
            return False
        return kind.lower() == "basic" and secrets.compare_digest(pair, f"{self.api_key}:".encode())


def _listed(choices: Collection[Any]) -> str:
    return " or ".join(str(each).lower() if isinstance(each, bool) else each for each in choices)


class _Door:
    """Lets calls in, and puts the limits on every reply."""

    def __init__(self, app: InsightlyApp, inner: ASGIApp) -> None:
        self._app = app
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._app.admit(Request(scope))

        async def with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._app.limit_headers().items():
                    headers.setdefault(name, value)
            await send(message)

        await (refusal or self._inner)(scope, receive, with_limits)


def _problem(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    # facts: apps 1.2, errors
    return JSONResponse({"Name": _NAMES[status], "Message": message}, status, headers)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - this is its handler
    return _problem(error.status_code, error.detail)


async def _invalid(_request: Request, error: Exception) -> Response:
    return _problem(400, str(error))
