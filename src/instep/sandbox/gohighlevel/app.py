"""The local GoHighLevel: contacts, locations and OAuth, as the real one answers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from instep.core.errors import UserError
from instep.sandbox.app import SandboxApp
from instep.sandbox.control import PREFIX, answering, read_object
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.conversations.attachments import PREFIX as PREFIX_OF_FILES
from instep.sandbox.gohighlevel.conversations.attachments import Attachments
from instep.sandbox.gohighlevel.conversations.messages import Messages
from instep.sandbox.gohighlevel.conversations.postman import Postman
from instep.sandbox.gohighlevel.credentials import AGENCY, LOCATION, Credentials
from instep.sandbox.gohighlevel.events import Events
from instep.sandbox.gohighlevel.gate import Gate, reply
from instep.sandbox.gohighlevel.lifecycle import Lifecycle
from instep.sandbox.gohighlevel.limits import Limits
from instep.sandbox.gohighlevel.oauth.app_page import AppPage
from instep.sandbox.gohighlevel.oauth.consent import PATHS, Consent
from instep.sandbox.gohighlevel.products import OPERATIONS, PARTS
from instep.sandbox.gohighlevel.refusals import Refusal, too_many_requests
from instep.sandbox.gohighlevel.routes import Routes
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.gohighlevel.webhooks.courier import Courier
from instep.sandbox.gohighlevel.webhooks.dispatcher import Dispatcher
from instep.sandbox.gohighlevel.webhooks.log import log_routes
from instep.sandbox.gohighlevel.webhooks.marketplace import ALL
from instep.sandbox.gohighlevel.webhooks.signatures import Signer
from instep.sandbox.people import Person


class GoHighLevel(SandboxApp):
    """One agency with two locations. `settings` holds the switches, `services` the parts."""

    name = "gohighlevel"

    def __init__(
        self,
        data: Path | None = None,
        *,
        pace: int = 1,
        country: str = "US",
        seed: int | None = None,
    ) -> None:
        super().__init__(data, pace=pace, country=country, seed=seed)
        self.settings = Settings()
        self.services = self._make_services()
        self._signer = Signer(self.state, self.services.company)
        self._webhooks = self._make_dispatcher()
        self._postman = Postman(self.services.part(Messages))
        self._limits = Limits(self.pace, self.services.company, self.clock)

    def asgi(self) -> ASGIApp:
        """Return the API, the page where a person allows an app, and the files sent along."""
        gate = Gate(self.services, self._limits, _routes())
        consent = Consent(self.services)

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            if scope["path"] in PATHS:
                response = await consent.answer(request)
            elif scope["path"].startswith(PREFIX_OF_FILES) and scope["method"] in {"GET", "HEAD"}:
                response = self._file(scope["path"])
            else:
                response = gate.answer(request, await request.body())
            await response(scope, receive, send)

        return serve

    def describe(self, url: str) -> dict[str, Any]:
        """Return everything a client needs: ids, secrets, and the keys webhooks are signed with."""
        company, private = self.services.company, self.services.credentials.private
        return {
            "url": url,
            "location_id": company.location_id,
            "location_ids": list(company.locations),
            "company_id": company.id,
            "private_integration_token": private[LOCATION],
            "agency_private_integration_token": private[AGENCY],
            "client_id": company.client_id,
            "client_secret": company.client_secret,
            "redirect_uris": ["http://127.0.0.1/*", *self._redirect_uris()],
            **self._signer.published(),
        }

    def load(self, people: Iterable[Person]) -> int:
        """Add people to the first location; say how many were taken (doubles are not)."""
        bodies = (_body(person) for person in people)
        return self.services.part(AddressBook).load(bodies, self.services.company.location_id)

    def refuse(self, fault: str, request: Request) -> Response:
        """Answer 429 with the header that says why, or 500."""
        if fault == "server_error":
            return reply(500, {"statusCode": 500, "message": "Internal Server Error"}, {})
        try:
            header = request.headers.get("authorization")
            token = self.services.credentials.authenticate(header)
        except Refusal:
            token = None
        headers = self._limits.exhausted(token, daily=fault == "rate_limit_daily")
        refusal = too_many_requests()
        return reply(refusal.status, refusal.body, headers)

    def tell_webhooks_to(self, url: str) -> None:
        """Send the webhooks of every event and every location to this URL, from now on.

        Raises UserError if it is none.
        """
        everything = {"events": [ALL], "installed_everywhere": True}
        self.services.events.app.change({"webhook_url": url, **everything})

    def revoke(self, request: Request) -> None:
        """Revoke the token of a call; a private integration token is replaced by hand."""
        self.services.credentials.revoke(request.headers.get("authorization"))

    async def start(self) -> None:
        """Begin to send webhooks, and messages that were scheduled."""
        await self._webhooks.start()
        await self._postman.start()

    async def stop(self) -> None:
        """Send no more webhooks and messages; what waits is kept."""
        await self._postman.stop()
        await self._webhooks.stop()

    def controls(self) -> Sequence[Route]:
        """Return the switches, private integration tokens, the app's settings and its webhooks."""
        return (
            Route(f"{PREFIX}/settings", answering(self._settings), methods=["GET", "PUT"]),
            Route(f"{PREFIX}/scopes", answering(self._scopes), methods=["PUT"]),
            Route(f"{PREFIX}/tokens", answering(self._tokens), methods=["POST"]),
            *AppPage(self.services, self._signer).routes(),
            *log_routes(self.services.events.outbox, self._signer),
        )

    async def _settings(self, request: Request) -> Response:
        if request.method == "PUT":
            self.settings.change(await read_object(request))
        return JSONResponse(self.settings.describe())

    async def _scopes(self, request: Request) -> Response:
        wanted = await read_object(request)
        text, scopes = wanted.get("token"), wanted.get("scopes")
        if not isinstance(text, str) or not isinstance(scopes, list):
            raise UserError('The body must be {"token": "pit-…", "scopes": ["…"]}.')
        self.services.credentials.set_scopes(text, scopes)
        return JSONResponse({"scopes": scopes})

    async def _tokens(self, request: Request) -> Response:
        level = (await read_object(request)).get("level")
        if level not in {LOCATION, AGENCY}:
            raise UserError(f'The body must be {{"level": "{LOCATION}"}} or "{AGENCY}".')
        return JSONResponse({"token": self.services.credentials.renew_private(level)}, 201)

    def _file(self, path: str) -> Response:
        try:
            return reply(200, self.services.part(Attachments).read(path), {})
        except Refusal as refusal:
            return reply(refusal.status, refusal.body, {})

    def _redirect_uris(self) -> list[str]:
        return [*self.settings.redirect_uris, *self.services.events.app.redirect_uris]

    def _make_dispatcher(self) -> Dispatcher:
        events = self.services.events
        courier = Courier(events.app, self._signer, self.settings, self.clock)
        return Dispatcher(events.outbox, courier, self.faults, self.settings)

    def _make_services(self) -> Services:
        company = Company(self.state, self.country)
        services = Services(
            self.state,
            self.clock,
            self.faults,
            self.settings,
            company,
            Credentials(self.state, company, self.clock, self.settings),
            Lifecycle(),
            Events(self.state, self.clock, company, self.settings),
        )
        for kind in PARTS:
            services.part(kind)
        return services


_KEYS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "address": "address1",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
    "company": "companyName",
    "website": "website",
    "date_of_birth": "dateOfBirth",
    "source": "source",
}


@cache
def _routes() -> Routes:
    """Return the table of all that can be called: the same for every sandbox of a process."""
    return Routes(OPERATIONS)


def _body(person: Person) -> dict[str, Any]:
    """Return a person as the body of a create call; a second phone has no place there."""
    values = {key: getattr(person, name) for name, key in _KEYS.items()}
    filled = {key: value for key, value in values.items() if value is not None}
    return {**filled, "tags": list(person.tags)}
