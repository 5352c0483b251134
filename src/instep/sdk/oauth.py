"""OAuth 2.0: ask for access, exchange the code, and keep the tokens fresh, one refresher at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from instep.core.errors import ConnectionBroken, InstepError, RetryLater
from instep.sdk.auth import Credential, OAuth2, TokenStore
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector, Transport
from instep.sdk.messages import sentence_of
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

AHEAD = timedelta(minutes=5)
"""Tokens are renewed this long before they expire."""

_SERVER_ERRORS = 500


def authorize_url(
    auth: OAuth2, account: Account, client_id: str, redirect_uri: str, state: str
) -> str:
    """Return the page where a person grants access; it redirects with `code` and our `state`."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(auth.scopes),
        "state": state,
    }
    return f"{auth.authorize_url.format_map(account.config)}?{urlencode(query)}"


class TokenKeeper:
    """Hands out a credential that works, renewing it where its kind allows."""

    def __init__(
        self,
        connector: Connector,
        account: Account,
        tokens: TokenStore,
        clock: Clock,
        transport: Transport,
    ) -> None:
        self._connector = connector
        self._account = account
        self._tokens = tokens
        self._clock = clock
        self._transport = transport
        self._held: Credential | None = None
        self._renewing = asyncio.Lock()

    async def current(self) -> Credential:
        """Return the credential to use now; renews one that is about to expire."""
        if self._held is None:
            self._held = await self._tokens.load()
        held = self._held
        if held.expires_at is not None and held.expires_at - AHEAD <= self._clock.now():
            await self.renew(held)
        return self._held

    async def renew(self, stale: Credential) -> bool:
        """Replace `stale`; return whether there is another credential now.

        A refresh token works once (facts: ghl 3.1), so one process at a time may use it, and the
        new pair is stored before anybody uses it. Raises ConnectionBroken when it is refused.
        """
        auth = self._connector.auth[stale.kind]
        async with self._renewing:
            if self._held is not None and self._held.secrets != stale.secrets:
                return True
            if not isinstance(auth, OAuth2):
                return await self._reload(stale)
            async with self._tokens.refreshing():
                if await self._reload(stale):
                    return True
                fresh = await self._refresh(auth, stale)
                await self._tokens.save(fresh)
                self._held = fresh
                return True

    async def _reload(self, stale: Credential) -> bool:
        """Take what another process stored meanwhile, if it did."""
        stored = await self._tokens.load()
        if stored.secrets == stale.secrets:
            return False
        self._held = stored
        return True

    async def _refresh(self, auth: OAuth2, stale: Credential) -> Credential:
        form = {"grant_type": "refresh_token", "refresh_token": stale.secrets["refresh_token"]}
        return await self._ask(auth, stale, form)

    async def exchange(
        self, auth: OAuth2, empty: Credential, code: str, redirect_uri: str
    ) -> Credential:
        """Exchange an authorisation code for the first tokens."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self._ask(auth, empty, form)

    async def _ask(self, auth: OAuth2, old: Credential, form: Mapping[str, str]) -> Credential:
        client = {name: old.secrets[name] for name in ("client_id", "client_secret")}
        url = auth.token_url.format_map(self._account.config)
        # the old token stays good for half a minute after its use (facts: ghl 3.1): asking again
        # for a lost answer brings the same new pair
        request = Request(
            "POST", url, form={**client, **auth.token_fields, **form}, repeatable=True
        )
        reply = await self._transport.send(request, {})
        if not reply.ok:
            raise _refused(self._connector, reply)
        return _credential(old, reply.body, self._clock.now())


def _refused(connector: Connector, reply: Reply) -> InstepError:
    said = sentence_of(reply)
    if reply.status >= _SERVER_ERRORS:
        return RetryLater(f"{connector.title} could not renew the tokens just now: {said}")
    return ConnectionBroken(
        f"{connector.title} does not accept this connection any more ({said}). "
        "Authorise it again: instep connect."
    )


def _credential(old: Credential, body: Mapping[str, Any], now: datetime) -> Credential:
    """Read a token reply in either spelling (facts: ghl 2.3)."""
    seconds = float(_either(body, "expires_in", "expiresIn") or 0)
    refresh = _either(body, "refresh_token", "refreshToken") or old.secrets.get("refresh_token", "")
    scope = str(_either(body, "scope", "scope") or "")
    return replace(
        old,
        secrets={
            **old.secrets,
            "access_token": str(_either(body, "access_token", "accessToken")),
            "refresh_token": str(refresh),
        },
        expires_at=now + timedelta(seconds=seconds) if seconds else None,
        scopes=tuple(scope.split()) or old.scopes,
    )


def _either(body: Mapping[str, Any], one: str, other: str) -> Any:
    return body.get(one, body.get(other))
