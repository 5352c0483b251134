"""The client: one location (or agency) of GoHighLevel, every operation a method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast, overload
from zoneinfo import ZoneInfo

from instep.connectors.gohighlevel.client.appointments import (
    AppointmentTimes,
    times_of,
    zone_named,
)
from instep.connectors.gohighlevel.client.arguments import signature_of
from instep.connectors.gohighlevel.client.building import request_for
from instep.connectors.gohighlevel.client.credentials import (
    LOCATION,
    OAUTH,
    PRIVATE,
    AppTokens,
    LocationTokens,
    private,
)
from instep.connectors.gohighlevel.client.errors import (
    DuplicateContact,
    DuplicateOpportunity,
    UserError,
    WrongArguments,
)
from instep.connectors.gohighlevel.client.fields import CustomFields
from instep.connectors.gohighlevel.client.finding import find_contact
from instep.connectors.gohighlevel.client.known import Known
from instep.connectors.gohighlevel.client.namespaces import Product
from instep.connectors.gohighlevel.client.pages import Pages
from instep.connectors.gohighlevel.client.products import Products
from instep.connectors.gohighlevel.client.session import BASE_URL, Access, Session, fingerprint
from instep.connectors.gohighlevel.client.spelling import ViewName
from instep.sdk.auth import GivenCredential, TokenStore
from instep.sdk.request import Request

if TYPE_CHECKING:
    from instep.connectors.gohighlevel.client.products import OauthProduct

_ON_DUPLICATE = {
    "contacts.create": (DuplicateContact, "contacts.get", "contactId"),
    "opportunities.create": (DuplicateOpportunity, "opportunities.get", "id"),
}


class OAuth:
    """`GoHighLevel.oauth(...)` makes a client; of a client, `oauth` is the product."""

    @overload
    def __get__(self, client: None, kind: type[GoHighLevel]) -> Callable[..., GoHighLevel]: ...

    @overload
    def __get__(self, client: GoHighLevel, kind: type[GoHighLevel]) -> OauthProduct: ...

    def __get__(self, client: GoHighLevel | None, kind: type[GoHighLevel]) -> Any:
        if client is None:
            return partial(_by_oauth, kind)
        return Product("oauth", client.call_with, {})


class GoHighLevel(Products):
    """A client of one location, or of an agency, safe for many tasks at once.

    `async with GoHighLevel(token="pit-…", location_id="…") as ghl:` and then
    `await ghl.contacts.create(firstName="Ada")`: every product is an attribute, every operation a
    method, its arguments have GoHighLevel's own names. `version` is the view that is spoken, "v2"
    (each operation with its own Version header) or "v3". `timezone` is the location's; it is asked
    for when it is needed and not given.

    Raises UserError for a token that is none. Its methods raise WrongArguments before anything is
    sent, and afterwards the errors of `instep.connectors.gohighlevel.client.errors`.
    """

    oauth = OAuth()

    def __init__(
        self,
        *,
        token: str,
        location_id: str | None = None,
        company_id: str | None = None,
        base_url: str = BASE_URL,
        version: ViewName = "v2",
        timezone: str | None = None,
    ) -> None:
        access = Access(
            GivenCredential(private(token)),
            PRIVATE,
            fingerprint(token),
            location_id or company_id or "",
            base_url.rstrip("/"),
        )
        known = Known(location_id, company_id, timezone)
        self._start(access, known, version)

    def _start(self, access: Access, known: Known, version: ViewName) -> None:
        if version not in ("v2", "v3"):
            raise UserError(f"version is {version!r}; it can be 'v2' or 'v3'.")
        self._session = Session(access)
        self._known = known
        self._filled = known.filled()
        self._version: ViewName = version
        self._locations: dict[str, GoHighLevel] = {}
        self._fields: dict[str, CustomFields] = {}
        self._zone: ZoneInfo | None = None

    @classmethod
    def _made(cls, access: Access, known: Known, version: ViewName) -> Self:
        made = cls.__new__(cls)
        made._start(access, known, version)  # noqa: SLF001 - a client of this very class
        return made

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of sockets, those of `at(...)`, too."""
        for each in self._locations.values():
            await each.close()
        await self._session.close()

    @property
    def location_id(self) -> str | None:
        """The location that arguments are filled in with."""
        return self._known.location_id

    def call(self, operation: str, /, **arguments: Any) -> Any:
        """Call an operation by its id, such as "contacts.create_task".

        Like the method of the same name it returns something to await, or Pages where the
        operation lists.
        """
        return self.call_with(operation, arguments)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        version: str | None = None,
    ) -> Any:
        """Send a request that no operation describes; nothing is checked or filled in."""
        header = version or ("v3" if self._version == "v3" else "2021-07-28")
        request = Request(method, path, query=query or {}, json=json, headers={"Version": header})
        return await self._session.call(request)

    def at(self, location_id: str) -> GoHighLevel:
        """Return the client of one of the agency's locations, the same one for the same id.

        An OAuth credential is exchanged for a token of the location when it is first used, and
        again before that expires. A private integration token is used as it is. It is closed with
        this client.
        """
        if location_id not in self._locations:
            self._locations[location_id] = self._of(location_id)
        return self._locations[location_id]

    def _of(self, location_id: str) -> GoHighLevel:
        access, known = self._session.access, replace(self._known, location_id=location_id)
        known = replace(known, timezone=None)
        access = replace(access, account_id=location_id)
        if access.kind == OAUTH:
            if not self._known.company_id:
                raise UserError("at() needs to know the agency: give the client its company_id.")
            exchange = partial(self._exchange_for, location_id)
            tokens = LocationTokens(exchange, self._session.clock.now)
            access = replace(access, tokens=tokens, kind=LOCATION, level="Location")
        return GoHighLevel._made(access, known, self._version)

    async def _exchange_for(self, location_id: str) -> Any:
        """Return the reply that holds a token of the location."""
        # facts: ghl 3.1
        return await self.ask("oauth.get_location_token", locationId=location_id)

    async def exchange(self, code: str, redirect_uri: str) -> None:
        """Trade the `code` of a person's consent for tokens, and store them.

        Only for a client made by `GoHighLevel.oauth`. Raises ConnectionBroken if it is refused.
        """
        tokens = self._session.access.tokens
        if not isinstance(tokens, AppTokens):
            raise UserError("Only a client made by GoHighLevel.oauth(...) has a code to exchange.")
        await tokens.save(await self._session.exchange(tokens.app, code, redirect_uri))

    async def ask(self, identifier: str, /, **arguments: Any) -> Any:
        """Call an operation by its id and return the body, of a list the first page's."""
        return await self.call_with(identifier, arguments)

    async def appointment_times(self, event: Mapping[str, Any]) -> AppointmentTimes:
        """Return when an appointment begins and ends, aware, in the location's zone.

        Takes an event as any operation answers it. Raises UserError without a valid zone.
        """
        if self._zone is None:
            self._zone = zone_named(self._known.timezone or await self._location_zone())
        return times_of(event, self._zone)

    async def _location_zone(self) -> str | None:
        location = (await self.ask("locations.get")).get("location", {})
        zone: str | None = location.get("timezone")
        return zone

    async def _custom_fields(self, model: str = "contact", *, fresh: bool = False) -> CustomFields:
        """Return the location's custom fields; kept until asked for `fresh`."""
        if fresh or model not in self._fields:
            body = await self.ask("locations.list_custom_fields", model=model)
            self._fields[model] = CustomFields(body.get("customFields", ()))
        return self._fields[model]

    def _extras(self, product: str) -> Mapping[str, Any]:
        return {"": self._custom_fields} if product == "custom_fields" else {}

    def call_with(self, identifier: str, arguments: Mapping[str, Any]) -> Any:
        """Call an operation by its id, its arguments in a mapping."""
        if identifier == "contacts.find":
            return find_contact(self, arguments)
        if "on_duplicate" in arguments and identifier in _ON_DUPLICATE:
            return self._create(identifier, dict(arguments))
        signature = signature_of(identifier, self._version)
        if signature.operation.paging is not None:
            # wrong arguments are told now, not when the first page is asked for
            pages = Pages(signature, arguments, partial(self._fetch, identifier))
            request_for(signature, pages.arguments, self._filled)
            return pages
        return self._session.call(request_for(signature, arguments, self._filled))

    def _fetch(self, identifier: str, arguments: Mapping[str, Any]) -> Awaitable[Any]:
        signature = signature_of(identifier, self._version)
        return self._session.call(request_for(signature, arguments, self._filled))

    async def _create(self, identifier: str, arguments: dict[str, Any]) -> Any:
        """Create; where there is such a record already, return that one if asked to."""
        choice = arguments.pop("on_duplicate")
        if choice not in ("raise", "return"):
            raise WrongArguments(f"on_duplicate is {choice!r}; it can be 'raise' or 'return'.")
        kind, get, argument = _ON_DUPLICATE[identifier]
        try:
            return await self._fetch(identifier, arguments)
        except kind as error:
            if choice == "raise":
                raise
            return await self.ask(get, **{argument: error.existing_id})


def _by_oauth(  # noqa: PLR0913 - what tells one client from another is all by name
    kind: type[GoHighLevel],
    *,
    client_id: str,
    client_secret: str,
    tokens: TokenStore,
    location_id: str | None = None,
    company_id: str | None = None,
    base_url: str = BASE_URL,
    version: ViewName = "v2",
    timezone: str | None = None,
) -> GoHighLevel:
    """Return a client of an OAuth app, its tokens kept in `tokens` and renewed before they expire."""
    app = AppTokens(tokens, client_id, client_secret)
    access = Access(
        cast("TokenStore", app),
        OAUTH,
        fingerprint(client_id),
        location_id or company_id or "",
        base_url.rstrip("/"),
        "Location" if location_id else "Company",
    )
    return kind._made(  # noqa: SLF001 - the constructor's other half
        access, Known(location_id, company_id, timezone), version
    )
