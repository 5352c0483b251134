"""The official Python SDK's handling of tokens, unmodified but for its base URL; and its defects.

`gohighlevel-api-client` speaks the v3 view only. Its defects are shown here as they are, so that
nobody is tempted to loosen the sandbox for them.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any

import httpx
from highlevel import HighLevel
from highlevel.error import GHLError

from tests.conformance.local_account import REDIRECT_URI, Account
from tests.conformance.outcome import Outcome, Verdict

CLIENT = f"Python SDK {version('gohighlevel-api-client')}, v3 view"
_A_DAY = 86_400


async def drive(account: Account) -> list[Outcome]:
    """Try every operation in order; one that fails does not stop the others."""
    async with AsyncExitStack() as opened:
        maker = _Clients(account, opened)
        tokens = _Tokens(account, maker)
        return [
            *[await _try(step, Verdict.PASSED) for step in tokens.steps()],
            *[await _try(step, Verdict.KNOWN_DEFECT) for step in tokens.defects()],
        ]


async def _try(step: Callable[[], Awaitable[None]], success: Verdict) -> Outcome:
    operation = step.__name__.replace("_", " ")
    note = inspect.getdoc(step) or ""
    try:
        await step()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is this row's outcome
        return Outcome(CLIENT, operation, Verdict.FAILED, f"{type(error).__name__}: {error}")
    return Outcome(CLIENT, operation, success, note)


class _Clients:
    """Makes clients of the SDK for one account; they are closed with the stack `opened`."""

    def __init__(self, account: Account, opened: AsyncExitStack) -> None:
        self._kind = type("LocalHighLevel", (HighLevel,), {"BASE_URL": account.url})
        self._app = {"client_id": account.client_id, "client_secret": account.client_secret}
        self._opened = opened

    def with_app(self, **tokens: str) -> HighLevel:
        return self._open(**self._app, **tokens)

    def _open(self, **credentials: str) -> HighLevel:
        client = self._kind(**credentials, log_level="none")
        self._opened.push_async_callback(client.close)
        return client


class _Tokens:
    """An app's tokens: got by authorisation, expired by the clock, refreshed."""

    def __init__(self, account: Account, clients: _Clients) -> None:
        self._account = account
        self._clients = clients
        self._location = account.location_id
        self._ahead = 0

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            self.exchange_code,
            self.refuse_expired_token,
            self.refresh_expired_token,
            self.retry_after_refresh,
        ]

    def defects(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            self.keep_tokens_after_refresh,
            self.fall_back_to_company_token,
            self.bulk_update_tags,
            self.retry_with_location_header,
        ]

    async def exchange_code(self) -> None:
        ghl, session = await self._install()
        _same(session["locationId"], self._location)
        await self._read(ghl)

    async def refuse_expired_token(self) -> None:
        _, session = await self._install()
        ghl = self._clients.with_app(location_access_token=session["accessToken"])
        await self._read(ghl)
        self._expire()
        _same((await _error_of(self._read(ghl))).status_code, 401)

    async def refresh_expired_token(self) -> None:
        ghl, session = await self._install()
        self._expire()
        renewed = await ghl.oauth.refresh_token(
            session["refreshToken"],
            self._account.client_id,
            self._account.client_secret,
            "refresh_token",
            "Location",
        )
        _same(renewed["accessToken"] != session["accessToken"], True)
        _same(renewed["refreshToken"] != session["refreshToken"], True)
        fresh = self._clients.with_app(location_access_token=renewed["accessToken"])
        await self._read(fresh)

    async def retry_after_refresh(self) -> None:
        ghl, _ = await self._install()
        self._expire()
        seen = _watch(ghl)
        await self._read(ghl)  # the SDK meets the 401, refreshes and repeats, all by itself
        _same(seen, [("/contacts/search", 401), ("/oauth/token", 200), ("/contacts/search", 200)])

    async def keep_tokens_after_refresh(self) -> None:
        """facts: ghl 8.1 a; the SDK stores the old tokens again, and the next refresh is refused."""
        ghl, session = await self._install()
        self._expire()
        await self._read(ghl)
        stored = await ghl.session_storage.get_session(self._location)
        _same(stored["access_token"] == session["accessToken"], True)
        _same(stored["refresh_token"] == session["refreshToken"], True)
        self._expire()
        seen = _watch(ghl)
        _same((await _error_of(self._read(ghl))).status_code, 401)
        _same(("/oauth/token", 400) in seen, True)

    async def fall_back_to_company_token(self) -> None:
        """facts: ghl 8.1 b; the SDK asks for a location token with snake_case names in v3."""
        ghl, session = await self._install()
        self._expire()
        company = await self._exchange(ghl, "Company", self._account.company_id)
        await ghl.session_storage.set_session(self._account.company_id, company)
        dead = session | {"refresh_token": "spent", "userType": "Location"}
        await ghl.session_storage.set_session(self._location, dead)
        seen = _watch(ghl)
        _same((await _error_of(self._read(ghl))).status_code, 401)
        _same(("/oauth/location-token", 422) in seen, True)

    async def bulk_update_tags(self) -> None:
        """facts: ghl 8.1 c; the SDK sends a literal {type} in the path, and no token."""
        ghl, _ = await self._install()
        body = {"locationId": self._location, "contacts": [], "tags": ["lead"]}
        error = await _error_of(ghl.contacts.create_association(body))
        _same(httpx.URL(error.request["url"]).raw_path, b"/contacts/bulk/tags/update/%7Btype%7D")
        _same("authorization" in error.request["headers"], False)
        _same(error.status_code in {401, 404}, True)

    async def retry_with_location_header(self) -> None:
        """facts: ghl 8.1 d; after a 401 the SDK no longer finds its own locationId header."""
        ghl, _ = await self._install()
        contact = self._account.add_contacts(1)[0]
        self._expire()
        headers = {"headers": {"locationId": self._location}}
        error = await _error_of(ghl.contacts.get_contact(contact, headers))
        _same(error.status_code, 401)
        headers = {"headers": {"x-location-id": self._location}}
        reply = await ghl.contacts.get_contact(contact, headers)
        _same(reply["contact"]["id"], contact)

    async def _install(self) -> tuple[HighLevel, dict[str, Any]]:
        """Install the app in the location; return a client and the tokens it holds."""
        ghl = self._clients.with_app()
        session = await self._exchange(ghl, "Location", self._location)
        await ghl.session_storage.set_session(self._location, session)
        return ghl, session

    async def _exchange(self, ghl: HighLevel, user_type: str, place: str) -> dict[str, Any]:
        return await ghl.oauth.get_access_token(
            {
                "clientId": self._account.client_id,
                "clientSecret": self._account.client_secret,
                "grantType": "authorization_code",
                "code": self._account.authorise(place),
                "redirectUri": REDIRECT_URI,
                "userType": user_type,
            }
        )

    def _expire(self) -> None:
        """Turn the clock on until every access token is dead; refresh tokens live a year."""
        self._ahead += 2 * _A_DAY
        self._account.turn_clock_ahead(self._ahead)

    async def _read(self, ghl: HighLevel) -> None:
        body = {"locationId": self._location, "pageLimit": 1, "page": 1}
        reply = await ghl.contacts.search_contacts_advanced(body)
        _same("contacts" in reply, True)


def _watch(ghl: HighLevel) -> list[tuple[str, int]]:
    """Note path and status of every answer from now on; the SDK's own hook still runs after."""
    seen: list[tuple[str, int]] = []

    async def note(response: httpx.Response) -> None:
        seen.append((response.request.url.path, response.status_code))

    client = ghl.get_http_client()
    client.event_hooks = {"response": [note, *client.event_hooks["response"]]}
    return seen


async def _error_of(call: Awaitable[Any]) -> GHLError:
    try:
        reply = await call
    except GHLError as error:
        return error
    raise AssertionError(f"The SDK should have raised an error, but answered {reply!r}")


def _same(actual: object, expected: object) -> None:
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")
