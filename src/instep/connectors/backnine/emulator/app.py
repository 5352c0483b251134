"""The emulator as an app of the sandbox: its door, its list, its webhooks, its switches."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from instep.connectors.backnine.emulator.office import Office
from instep.core.errors import UserError
from instep.sandbox.app import SandboxApp
from instep.sandbox.control import PREFIX, answering, read_object
from instep.sandbox.outgoing import Outgoing
from instep.sandbox.people import Person
from instep.sandbox.state import Document

HEADER = "X-BACKNINE-AUTHENTICATION"

_DEFAULTS: Mapping[str, Any] = {"page_size": 25, "turns_pages": True, "wraps": True}


class BackNineApp(SandboxApp):
    """One agency at BackNine.

    `settings` are what the facts leave open: `page_size`; `turns_pages` says whether the list heeds
    `page`; `wraps` says whether a webhook names what it holds. Applications and cases are saved by
    `POST /_sandbox/applications` and `/_sandbox/cases`, as an agent would in BOSS.
    """

    name = "backnine"

    def __init__(
        self,
        data: Path | None = None,
        *,
        pace: int = 1,
        country: str = "US",
        seed: int | None = None,
    ) -> None:
        super().__init__(data, pace=pace, country=country, seed=seed)
        kept = self.state.kept("settings", dict)
        self.settings: dict[str, Any] = {**_DEFAULTS, **kept}
        self.api_key: str = self.state.kept("api_key", lambda: secrets.token_hex(16))
        self.webhook_secret: str = self.state.kept("webhook_secret", lambda: secrets.token_hex(16))
        self.office = Office(self.state, self.clock)
        self.outgoing = Outgoing(self.faults)
        self.texts_sent = 0

    def asgi(self) -> ASGIApp:
        """Return the calls behind the door."""
        return Starlette(
            routes=[
                Route("/api/v1/electronic_applications", self._behind_the_door(self._list)),
                # it is here to be able to show that nobody calls it
                Route("/api/v1/text", self._behind_the_door(self._text), methods=["POST"]),
            ]
        )

    def describe(self, url: str) -> dict[str, Any]:
        """Return the address and the secrets."""
        return {
            "url": url,
            "base_url": url,
            "api_key": self.api_key,
            "webhook_secret": self.webhook_secret,
            "proves": "our code, not the vendor",
        }

    def load(self, people: Iterable[Person]) -> int:
        """Start an application for each person."""
        return self.office.add_people(people)

    def refuse(self, fault: str, request: Request) -> Response:  # noqa: ARG002 - all calls alike
        """Answer as most apps do: how BackNine refuses is not public."""
        if fault == "server_error":
            return JSONResponse({"error": "Something went wrong."}, 500)
        return JSONResponse({"error": "Too many requests."}, 429, {"Retry-After": "1"})

    def controls(self) -> Sequence[Route]:
        """Return the saves, the switches and the counts."""

        async def applications(request: Request) -> Response:
            return JSONResponse(self.save_application(await read_object(request)))

        async def cases(request: Request) -> Response:
            return JSONResponse(self.save_case(await read_object(request)))

        async def webhooks(request: Request) -> Response:
            if request.method == "PUT":
                self.outgoing.url = (await read_object(request)).get("url")
            return JSONResponse({"url": self.outgoing.url})

        async def settings(request: Request) -> Response:
            if request.method == "PUT":
                self.switch(await read_object(request))
            return JSONResponse(self.settings)

        async def census(_request: Request) -> Response:
            return JSONResponse(self.census())

        return [
            Route(f"{PREFIX}/applications", answering(applications), methods=["POST"]),
            Route(f"{PREFIX}/cases", answering(cases), methods=["POST"]),
            Route(f"{PREFIX}/webhooks", answering(webhooks), methods=["GET", "PUT"]),
            Route(f"{PREFIX}/settings", answering(settings), methods=["GET", "PUT"]),
            Route(f"{PREFIX}/census", answering(census)),
        ]

    def save_application(self, given: Mapping[str, Any]) -> Document:
        """Save an application as an agent would; its webhook follows."""
        saved = self.office.save_application(given)
        self._tell("electronic_application", saved)
        return saved

    def save_case(self, given: Mapping[str, Any]) -> Document:
        """Save a case as an agent would; its webhook follows."""
        saved = self.office.save_case(given)
        self._tell("case", saved)
        return saved

    def switch(self, wanted: Mapping[str, Any]) -> None:
        """Change settings. Raises UserError for a name or a value there is not."""
        sizes = range(1, 1_001)
        for name, value in wanted.items():
            is_size = name == "page_size"
            fits = isinstance(value, bool) != is_size and (not is_size or value in sizes)
            if name not in _DEFAULTS or not fits:
                raise UserError(
                    "Settings are page_size (1 to 1000), turns_pages and wraps (true or false)."
                )
        self.settings |= wanted
        self.state.keep("settings", self.settings)

    def census(self) -> dict[str, int]:
        """Return how many applications and cases there are, and how many SMS were asked for."""
        return {
            "applications": self.office.applications.count(),
            "cases": self.office.cases.count(),
            "texts": self.texts_sent,
        }

    def message(self, kind: str, saved: Document) -> tuple[Document, dict[str, str]]:
        """Return body and headers of the webhook of a save."""
        body = {kind: saved} if self.settings["wraps"] else saved
        return body, {HEADER: self.webhook_secret}

    async def stop(self) -> None:
        """Give up on webhooks that are on their way."""
        await self.outgoing.stop()

    # The calls

    def _list(self, request: Request) -> Response:
        number = _page_number(request) if self.settings["turns_pages"] else 1
        total = self.office.applications.count()
        page = self.office.page(number, self.settings["page_size"])
        meta = {"total": total, "page": number}
        return JSONResponse({"electronic_applications": page, "meta": meta})

    def _text(self, _request: Request) -> Response:
        self.texts_sent += 1
        return JSONResponse({}, 201)

    def _behind_the_door(self, call: Callable[[Request], Response]) -> Any:
        def answer(request: Request) -> Response:
            key = request.headers.get(HEADER, "")
            if not secrets.compare_digest(key.encode(), self.api_key.encode()):
                return JSONResponse({"error": "Unauthorized"}, 401)
            return call(request)

        return answer

    def _tell(self, kind: str, saved: Document) -> None:
        self.outgoing.post(f"{kind}.saved", *self.message(kind, saved))


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() else 1
