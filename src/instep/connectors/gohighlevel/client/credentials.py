"""Where a client's credential comes from: a token, an OAuth app's tokens, an agency's credential."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from instep.connectors.gohighlevel.client.errors import UserError
from instep.core.errors import ConnectionBroken, RetryLater
from instep.sdk.auth import Credential, TokenStore
from instep.sdk.oauth import read_tokens

PRIVATE = "private_integration"
OAUTH = "oauth2"
LOCATION = "location_token"
"""The kind of a token that an agency's credential was exchanged for."""


def private(token: str) -> Credential:
    """Return the credential of a private integration token. Raises UserError for anything else."""
    # facts: ghl 3.2, 3.3
    if not token.startswith("pit-"):
        raise UserError(
            "This is no private integration token: those begin with pit-. Keys of the old API (v1) "
            "do not work here; make a token under Settings > Private Integrations, or use "
            "GoHighLevel.oauth(...) with an app of your own."
        )
    return Credential(PRIVATE, {"token": token})


class MemoryTokens:
    """OAuth tokens of this process only: for tests, and for a store that others write."""

    def __init__(self, credential: Credential | None = None) -> None:
        self._held = credential
        self._turn = asyncio.Lock()

    async def load(self) -> Credential:
        """Return the tokens. Raises ConnectionBroken if there are none yet."""
        if self._held is None:
            raise ConnectionBroken("There are no tokens yet: exchange an authorisation code first.")
        return self._held

    async def save(self, credential: Credential) -> None:
        """Hold other tokens."""
        self._held = credential

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        """Hold the one right to refresh."""
        return self._alone()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        async with self._turn:
            yield


class AppTokens:
    """Somebody's token store, with the app's id and secret added to what is loaded from it."""

    def __init__(self, tokens: TokenStore, client_id: str, client_secret: str) -> None:
        self._tokens = tokens
        self._app = {"client_id": client_id, "client_secret": client_secret}

    @property
    def app(self) -> Credential:
        """The app alone, before anybody allowed it anything."""
        return Credential(OAUTH, self._app)

    async def load(self) -> Credential:
        """Return the tokens, with the app they belong to."""
        loaded = await self._tokens.load()
        return replace(loaded, kind=OAUTH, secrets={**loaded.secrets, **self._app})

    async def save(self, credential: Credential) -> None:
        """Store the tokens durably."""
        await self._tokens.save(credential)

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        """Hold the one right to refresh, as the store gives it."""
        return self._tokens.refreshing()


class LocationTokens:
    """The token of one location, exchanged for an agency's credential; anew when it is asked for.

    Whoever asks while an exchange is under way gets what comes of it.
    """

    def __init__(self, exchange: Callable[[], Awaitable[Any]], now: Callable[[], datetime]) -> None:
        self._exchange = exchange
        self._now = now
        self._turn = asyncio.Lock()
        self._count = 0
        self._held = Credential(LOCATION, {})

    async def load(self) -> Credential:
        """Return a fresh token. Raises what the exchange raises."""
        before = self._count
        async with self._turn:
            if self._count == before:
                fresh = read_tokens(Credential(LOCATION, {}), await self._exchange(), self._now())
                if fresh is None:
                    raise RetryLater("GoHighLevel answered without a location token.")
                # a refresh token that comes along (facts: ghl 3.1) is not needed: the agency's
                # credential can be exchanged at any time
                token = {"access_token": fresh.secrets["access_token"]}
                self._held = replace(fresh, secrets=token)
                self._count += 1
            return self._held

    async def save(self, credential: Credential) -> None:
        """Hold another token."""
        self._held = credential

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Hold nothing: an exchange spends nothing."""
        yield
