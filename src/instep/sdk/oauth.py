"""OAuth 2.0: ask for access, exchange the code, and keep the tokens fresh, one refresher at a time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from instep.core.errors import ConnectionBroken, InstepError, RetryLater
from instep.sdk.auth import Credential, OAuth2, TokenStore
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector
from instep.sdk.messages import sentence_of
from instep.sdk.refusals import retry_after
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account
from instep.sdk.signing import hide

AHEAD = timedelta(minutes=5)
"""Tokens are renewed this long before they expire."""

_PAUSE = timedelta(minutes=1)
"""Between two renewals ahead of time: one may fail, and a token may live shorter than AHEAD."""


def new_state() -> str:
    """Return an unguessable `state`; only a reply that brings it back is an answer to us."""
    return secrets.token_urlsafe(32)


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


@dataclass(frozen=True, slots=True)
class Granted:
    """The first tokens of a grant, and the account a person chose, where the app tells it."""

    credential: Credential
    account: str | None


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where an app gives out tokens. `send` carries a request there; it needs no other headers."""

    connector: Connector
    account: Account
    clock: Clock
    send: Callable[[Request], Awaitable[Reply]]

    async def exchange(self, client: Credential, code: str, redirect_uri: str) -> Credential:
        """Exchange an authorisation code for the first tokens.

        `client` holds `client_id` and `client_secret`. Raises ConnectionBroken when it is refused
        and RetryLater (OutcomeUnknown: the code may be spent) when there is no answer.
        """
        return (await self.granted(client, code, redirect_uri)).credential

    async def granted(self, client: Credential, code: str, redirect_uri: str) -> Granted:
        """Exchange a code and say for which account it was. Raises as `exchange` does."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self._ask(client, form, repeatable=False)

    async def refresh(self, old: Credential) -> Credential:
        """Trade the refresh token for new tokens. Raises ConnectionBroken, RetryLater.

        By client credentials there is none: the client's own secret brings the tokens.
        """
        auth = self.connector.auth[old.kind]
        if isinstance(auth, OAuth2) and auth.grant == "client_credentials":
            asked = {"grant_type": auth.grant, "scope": " ".join(auth.scopes)}
            form = {name: value for name, value in asked.items() if value}
            return (await self._ask(old, form, repeatable=True)).credential
        form = {"grant_type": "refresh_token", "refresh_token": _kept(old, "refresh_token")}
        # an old token stays good for half a minute after its use (facts: ghl 3.1), so asking again
        # for a lost answer brings the same new pair; where it does not, the pair is lost anyway
        return (await self._ask(old, form, repeatable=True)).credential

    async def _ask(self, old: Credential, form: Mapping[str, str], *, repeatable: bool) -> Granted:
        auth = self.connector.auth[old.kind]
        if not isinstance(auth, OAuth2):
            raise ConnectionBroken(f"A credential of the kind {old.kind} cannot be renewed.")
        client = {name: _kept(old, name) for name in ("client_id", "client_secret")}
        url = auth.token_url.format_map(self.account.config)
        body = {**client, **auth.token_fields, **form}
        reply = await self.send(Request("POST", url, form=body, repeatable=repeatable))
        try:
            return Granted(self._read(old, reply), _account(auth, reply.body))
        except InstepError as error:
            raise hide(error, [*old.secrets.values(), *form.values()]) from None

    def _read(self, old: Credential, reply: Reply) -> Credential:
        if not reply.ok:
            raise _refused(self.connector.title, reply, self.clock.now())
        fresh = read_tokens(old, reply.body, self.clock.now())
        if fresh is None:
            raise RetryLater(f"{self.connector.title} answered without tokens.")
        return fresh


class TokenKeeper:
    """Hands out a credential that works, renewing it where its kind allows."""

    def __init__(self, tokens: TokenStore, endpoint: TokenEndpoint) -> None:
        self._tokens = tokens
        self._endpoint = endpoint
        self._clock = endpoint.clock
        self._held: Credential | None = None
        self._renewing = asyncio.Lock()
        self._ahead_from: datetime | None = None

    async def current(self) -> Credential:
        """Return the credential to use now; renews one that is about to expire.

        Raises ConnectionBroken when that is refused, RetryLater when an expired one cannot be
        renewed just now.
        """
        held = await self._load()
        if not self._is_due(held):
            return held
        try:
            await self.renew(held)
        except RetryLater:
            if held.expires_at is None or held.expires_at <= self._clock.now():
                raise  # else it is good for a while yet
        return await self._load()

    async def renew(self, stale: Credential) -> bool:
        """Replace `stale`; return whether there is another credential now.

        A refresh token works once (facts: ghl 3.1), so one process at a time may use it, and the
        new pair is stored before anybody uses it. Raises ConnectionBroken when it is refused.
        """
        async with self._renewing:
            if self._held is not None and self._held.secrets != stale.secrets:
                return True
            if not isinstance(self._endpoint.connector.auth[stale.kind], OAuth2):
                return await self._reload(stale)
            async with self._tokens.refreshing():
                await _to_its_end(self._refresh(stale))
            return True

    def forget(self) -> None:
        """Load the credential anew next time: a person may have replaced it."""
        self._held = None

    async def _load(self) -> Credential:
        """Return the credential held here, the stored one at first."""
        if self._held is None:
            self._held = await self._tokens.load()
        return self._held

    def _is_due(self, held: Credential) -> bool:
        """Whether to renew before the next call. Ahead of time only now and then, by one caller."""
        now = self._clock.now()
        if held.expires_at is None or now < held.expires_at - AHEAD:
            return False
        if now < held.expires_at and self._ahead_from is not None and now < self._ahead_from:
            return False
        self._ahead_from = now + _PAUSE
        return True

    async def _refresh(self, stale: Credential) -> None:
        """Refresh, holding the right to; unless somebody else just did."""
        if await self._reload(stale):
            return
        try:
            fresh = await self._endpoint.refresh(stale)
        except ConnectionBroken:
            # our right may have run out while we waited: then another process spent the token
            if await self._reload(stale):
                return
            raise
        await self._tokens.save(fresh)
        self._held = fresh

    async def _reload(self, stale: Credential) -> bool:
        """Take what another process, or a person, stored meanwhile; return whether it differs."""
        self._held = await self._tokens.load()
        return self._held.secrets != stale.secrets


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work` even when cancelled: a spent refresh token without its heirs is a lost account."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def read_tokens(old: Credential, body: Any, now: datetime) -> Credential | None:
    """Read a token reply in either spelling (facts: ghl 2.3); None if there is no token in it.

    Everything the reply does not name is kept from `old`.
    """
    said = body if isinstance(body, dict) else {}
    access = said.get("access_token", said.get("accessToken"))
    refresh = said.get("refresh_token", said.get("refreshToken"))
    if not isinstance(access, str) or not access:
        return None
    fresh = {"access_token": access}
    if isinstance(refresh, str) and refresh:
        fresh["refresh_token"] = refresh
    return replace(
        old,
        secrets={**old.secrets, **fresh},
        expires_at=_expiry(said.get("expires_in", said.get("expiresIn")), now),
        scopes=_scopes(said.get("scope")) or old.scopes,
    )


def _account(auth: OAuth2, body: Any) -> str | None:
    told = body.get(auth.account_in) if auth.account_in and isinstance(body, dict) else None
    return told if isinstance(told, str) and told else None


def _expiry(seconds: Any, now: datetime) -> datetime | None:
    try:
        return now + timedelta(seconds=float(seconds))
    except (TypeError, ValueError, OverflowError):
        return None  # not told: it is renewed when it is refused


def _scopes(told: Any) -> tuple[str, ...]:
    words = told.split() if isinstance(told, str) else told
    return tuple(map(str, words)) if isinstance(words, list) else ()


def _kept(credential: Credential, name: str) -> str:
    if not credential.secrets.get(name):
        raise ConnectionBroken(f"The credential has no {name}: authorise this connection again.")
    return credential.secrets[name]


def _refused(app: str, reply: Reply, now: datetime) -> InstepError:
    said = f"{app} answered {reply.status}: {sentence_of(reply)}"
    passing = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
    if reply.status in passing or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return RetryLater(
            f"The tokens could not be renewed just now: {said}", retry_after(reply, now)
        )
    return ConnectionBroken(f"{said}. Authorise this connection again.")
