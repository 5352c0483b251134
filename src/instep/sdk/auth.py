"""How a connection proves who it is: declarations and the ports behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Bearer:
    """`Authorization: Bearer <secret>`; the secret is the credential's `token`."""

    secret: str = "token"  # noqa: S105 - the name of the secret, not the secret


@dataclass(frozen=True, slots=True)
class Basic:
    """HTTP Basic; `username` and `password` name secrets of the credential, "" is empty."""

    username: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """A header of the app's own choosing; `prefix` stands before the secret (`Token `)."""

    name: str
    secret: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class OAuth2:
    """OAuth 2.0: authorisation code with refresh, or client credentials (nobody is asked).

    URLs may hold `{base_url}`. `token_fields` are added to every token request (GHL:
    `user_type`). `scopes` are asked for while nobody knows what the connection is for, `always`
    are needed even to verify it. `account_in` is what of the token reply names the account that a
    person chose on the app's page; "" where they say it themselves. The credential's secrets are `access_token`, `refresh_token`, `client_id` and
    `client_secret`; `expires_at` is kept beside them.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    token_fields: Mapping[str, str] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    grant: Literal["authorization_code", "client_credentials"] = "authorization_code"
    account_in: str = ""


@dataclass(frozen=True, slots=True)
class NoProof:
    """Nothing is proven and nothing is sent: a file asks nobody who they are."""


Auth = Bearer | Basic | Header | OAuth2 | NoProof


@dataclass(frozen=True, slots=True)
class Credential:
    """The secrets of one connection, opened. Never logged: its repr shows names only."""

    kind: str
    secrets: Mapping[str, str]
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Credential(kind={self.kind!r}, secrets={sorted(self.secrets)})"


class TokenStore(Protocol):
    """Where credentials live. Implemented by the store; one per connection."""

    async def load(self) -> Credential:
        """Return the credential as it stands now, in whichever process it was last stored."""

    async def save(self, credential: Credential) -> None:
        """Store a new credential durably. Returns only when it is committed."""

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        """Hold the one right, across processes, to refresh this connection's tokens.

        Waits while somebody else holds it. After entering, load again: the other may have
        refreshed already.
        """


class GivenCredential:
    """A TokenStore for a credential somebody gave: it is used as it is, and stored nowhere."""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential

    async def load(self) -> Credential:
        """Return the credential."""
        return self._credential

    async def save(self, credential: Credential) -> None:
        """Hold another one from now on."""
        self._credential = credential

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Hold nothing: nobody else has this credential."""
        yield
