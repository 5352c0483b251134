"""The client of one connection: permit, credential, send, learn, translate, try again where safe."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    InstepError,
    RetryLater,
    ScopeMissing,
    UserError,
)
from instep.core.retry import RetryPolicy, next_attempt
from instep.sdk.auth import Credential, TokenStore
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector, Transport
from instep.sdk.kept import HERE, PREFIX, Answering
from instep.sdk.limits import Limiter, Observed, Purpose
from instep.sdk.oauth import TokenEndpoint, TokenKeeper
from instep.sdk.refusals import by_status
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account
from instep.sdk.signing import hide, sayable, sign
from instep.sdk.transport import HttpTransport, absolute


@dataclass(slots=True)
class Calls:
    """How many calls were made, in all, by purpose, and how many of them were repeats."""

    total: int = 0
    retries: int = 0
    by_purpose: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the verbose log shows it: no body, no secret, no query."""

    app: str
    method: str
    path: str
    status: int | None
    seconds: float


class Client:
    """Sends the requests of one connection's resources. Safe for many callers at once."""

    def __init__(  # noqa: PLR0913 - the ports of a client are what they are
        self,
        *,
        connector: Connector,
        account: Account,
        tokens: TokenStore,
        limiter: Limiter,
        clock: Clock,
        transport: Transport | None = None,
        kept: Answering | None = None,
        policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        on_call: Callable[[Call], None] | None = None,
    ) -> None:
        self.calls = Calls()
        self.tokens = tokens
        self._connector = connector
        self._base_url = connector.base_url.format_map(account.config)
        self._limiter = limiter
        self._clock = clock
        self._policy = policy
        self._on_call = on_call
        self._transport = transport or self._open_transport(account)
        self._kept = kept
        endpoint = TokenEndpoint(connector, account, clock, self._ask_for_tokens)
        self._keeper = TokenKeeper(tokens, endpoint)

    async def send(self, request: Request, purpose: Purpose = Purpose.READ) -> Reply:
        """Send a request and return the app's yes; a no is raised as one of the error tree.

        Tries again in place what is safe to repeat (a read; a write that was surely not done), a
        few times and not for long; longer waits are raised as RetryLater with their time.
        """
        if request.path.startswith(PREFIX):
            return await self._ask_ourselves(request)
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(request, purpose)
            except RetryLater as error:
                chance = random.random()  # noqa: S311 - spreads load, guards nothing
                wait = next_attempt(error, attempt, self._clock.now(), chance, self._policy)
                if wait is None:
                    raise
                self.calls.retries += 1
                await self._clock.sleep(wait)

    async def _ask_ourselves(self, request: Request) -> Reply:
        """Answer for the app out of what Instep keeps: no call, no credential, no permit."""
        if self._kept is None:  # an app that is only tried: nothing of it is kept yet
            reply = Reply(200 if request == HERE else 404, {}, {})
        else:
            reply = await self._kept.answer(request)
        error = by_status(self._connector.title, request, reply, self._clock.now())
        if error is not None:
            raise error
        return reply

    async def close(self) -> None:
        """Let go of sockets."""
        await self._transport.close()

    async def _once(self, request: Request, purpose: Purpose) -> Reply:
        """Send once; a second time only with another credential, after the first was refused."""
        try:
            credential = await self._keeper.current()
            reply, error = await self._exchange(request, credential, purpose)
            if _wants_fresh_token(reply, error) and await self._keeper.renew(credential):
                credential = await self._keeper.current()
                reply, error = await self._exchange(request, credential, purpose)
            if error is not None:
                raise error
        except ConnectionBroken:
            self._keeper.forget()  # whoever repairs this stores another credential
            raise
        return reply

    async def _exchange(
        self, request: Request, credential: Credential, purpose: Purpose
    ) -> tuple[Reply, InstepError | None]:
        """Return the reply and, unless it is a yes, the error it means, free of secrets."""
        self._check_address(request)
        signed = sign(self._connector.auth[credential.kind], credential)
        await self._limiter.acquire(purpose)
        headers = {**self._connector.headers, **signed}
        reply = await self._carry(request, headers, purpose.name.lower())
        await self._limiter.learn(self._connector.observed(reply))
        error = self._meaning(request, reply)
        if error is None:
            return reply, None
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            await self._hold_back(error)
        return reply, hide(error, sayable(credential, signed))

    async def _carry(self, request: Request, headers: Mapping[str, str], purpose: str) -> Reply:
        """Send, counting and telling the verbose log."""
        self.calls.total += 1
        self.calls.by_purpose[purpose] += 1
        began = self._clock.monotonic()
        status: int | None = None
        try:
            reply = await self._transport.send(request, headers)
            status = reply.status
        finally:
            if self._on_call is not None:
                seconds = self._clock.monotonic() - began
                path = urlsplit(request.path).path
                self._on_call(Call(self._connector.title, request.method, path, status, seconds))
        return reply

    async def _ask_for_tokens(self, request: Request) -> Reply:
        return await self._carry(request, {}, "tokens")

    def _meaning(self, request: Request, reply: Reply) -> InstepError | None:
        """Translate a refusal once, here; nobody above knows a status code."""
        meant = None if reply.ok else self._connector.meaning(request, reply)
        return meant or by_status(self._connector.title, request, reply, self._clock.now())

    async def _hold_back(self, error: InstepError) -> None:
        """Tell everybody who shares the limit what one was told."""
        if isinstance(error, DailyLimit):
            used_up = Observed(daily_left=0, daily_resets_at=error.at, pause_until=error.at)
            await self._limiter.learn(used_up)
        elif isinstance(error, RetryLater) and error.at is not None:
            await self._limiter.learn(Observed(pause_until=error.at))

    def _check_address(self, request: Request) -> None:
        """Refuse to take the credential to another host, wherever a page's next link points."""
        home, there = urlsplit(self._base_url), urlsplit(absolute(self._base_url, request.path))
        if (home.scheme, home.netloc) != (there.scheme, there.netloc):
            raise UserError(
                f"{self._connector.title} points to {there.hostname}, which is not the address of "
                "this connection; its credential is not sent there."
            )

    def _open_transport(self, account: Account) -> Transport:
        if self._connector.transport is not None:
            return self._connector.transport(account.config)
        return HttpTransport(self._base_url)


def _wants_fresh_token(reply: Reply, error: InstepError | None) -> bool:
    """Whether another token could help; a missing scope or account it cannot (facts: ghl 3.5)."""
    hopeless = isinstance(error, ScopeMissing | AccountDenied)
    refused = isinstance(error, ConnectionBroken) and not hopeless
    return reply.status == HTTPStatus.UNAUTHORIZED and refused
