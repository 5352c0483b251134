"""One credential's calls: the sdk's client with the connector's declaration, opened when needed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from instep.connectors.gohighlevel import connector
from instep.connectors.gohighlevel.client.credentials import LOCATION, OAUTH
from instep.connectors.gohighlevel.client.meaning import meaning
from instep.connectors.gohighlevel.client.spelling import understood
from instep.connectors.gohighlevel.limits import limits
from instep.sdk.auth import Bearer, Credential, OAuth2, TokenStore
from instep.sdk.clock import Clock, SystemClock
from instep.sdk.connector import Connector
from instep.sdk.limits import Purpose
from instep.sdk.oauth import TokenEndpoint
from instep.sdk.pacing import LocalLimiter
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

if TYPE_CHECKING:
    from instep.sdk.client import Client

BASE_URL = "https://services.leadconnectorhq.com"
MARKETPLACE_URL = "https://marketplace.gohighlevel.com"

# A limiter's callers wait on one event loop, so each loop has its own.
_LIMITERS: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[str, LocalLimiter]] = (
    WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True)
class Access:
    """How to get in: which address, which kind of credential, where it is kept.

    `key` tells one credential from another without being one. `level` is the `user_type` of OAuth.
    """

    tokens: TokenStore
    kind: str
    key: str
    account_id: str
    base_url: str = BASE_URL
    level: str = "Location"


class Session:
    """Sends the requests of one credential. Opened by the first of them."""

    def __init__(self, access: Access, clock: Clock | None = None) -> None:
        self.access = access
        self.clock: Clock = clock or SystemClock()
        self._declared = _declared(access)
        self._account = Account(
            access.account_id,
            None,
            {"base_url": access.base_url, "marketplace_url": MARKETPLACE_URL},
        )
        self._client: Client | None = None

    async def send(self, request: Request) -> Reply:
        """Send a request and return the app's yes. Raises one of the client's errors."""
        purpose = Purpose.READ if request.safe_to_repeat else Purpose.WRITE
        return await self._open().send(request, purpose)

    async def call(self, request: Request) -> Any:
        """Send a request and return its body, with misspelt keys spelt rightly, too."""
        return understood((await self.send(request)).body)

    async def exchange(self, app: Credential, code: str, redirect_uri: str) -> Credential:
        """Exchange an authorisation code for tokens. Raises ConnectionBroken, RetryLater."""
        endpoint = TokenEndpoint(self._declared, self._account, self.clock, self.bare)
        return await endpoint.exchange(app, code, redirect_uri)

    async def bare(self, request: Request) -> Reply:
        """Send a request without a credential, as the token endpoint wants it."""
        # the network's library is loaded when it is used, so that an import stays cheap
        transport = import_module("instep.sdk.transport").HttpTransport(self.access.base_url)
        try:
            reply: Reply = await transport.send(request, {})
            return reply
        finally:
            await transport.close()

    async def close(self) -> None:
        """Let go of sockets. The next call would open new ones."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    def _open(self) -> Client:
        if self._client is None:
            # the network's library is loaded when it is used, so that an import stays cheap
            sdk_client = import_module("instep.sdk.client")
            opened: Client = sdk_client.Client(
                connector=self._declared,
                account=self._account,
                tokens=self.access.tokens,
                limiter=_limiter(self.access, self.clock),
                clock=self.clock,
            )
            self._client = opened
        return self._client


def _declared(access: Access) -> Connector:
    """Return the connector's declaration as the client uses it."""
    oauth = connector.auth[OAUTH]
    if not isinstance(oauth, OAuth2):
        raise TypeError(f"the connector's {OAUTH} is no OAuth 2.0")
    oauth = replace(oauth, token_fields={"user_type": access.level})
    auth = {**connector.auth, OAUTH: oauth, LOCATION: Bearer("access_token")}
    return replace(connector, auth=auth, meaning=meaning)


def _limiter(access: Access, clock: Clock) -> LocalLimiter:
    """Return the limiter that all clients of this credential in this process share."""
    kept = _LIMITERS.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    # facts: ghl 4: limits are counted per app and resource (location or company)
    key = f"{access.base_url} {access.key} {access.account_id}"
    limiter = kept.get(key)
    if limiter is None:
        kind = "oauth2" if access.kind in {OAUTH, LOCATION} else access.kind
        limiter = kept[key] = LocalLimiter(limits(kind, _NO_CONFIG), clock)
    return limiter


_NO_CONFIG: Mapping[str, str] = {}


def fingerprint(secret: str) -> str:
    """Return what tells one secret from another without giving it away."""
    return hashlib.sha256(secret.encode()).hexdigest()
