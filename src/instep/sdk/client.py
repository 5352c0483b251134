"""The client of one connection: permit, credential, send, learn, translate, try again where safe."""

from __future__ import annotations

import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Gone,
    InstepError,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    VersionStale,
)
from instep.core.retry import RetryPolicy, backoff_seconds
from instep.sdk.auth import Basic, Bearer, Credential, Header, OAuth2, TokenStore
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector, Transport
from instep.sdk.limits import Limiter, Observed, Purpose
from instep.sdk.messages import sentence_of
from instep.sdk.oauth import TokenKeeper
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account
from instep.sdk.transport import HttpTransport


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
        policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        on_call: Callable[[Call], None] | None = None,
    ) -> None:
        self.calls = Calls()
        self._connector = connector
        self._tokens = tokens
        self._limiter = limiter
        self._clock = clock
        self._policy = policy
        self._on_call = on_call
        self._transport = transport or _transport(connector, account)
        self._keeper = TokenKeeper(connector, account, tokens, clock, self._transport)

    async def send(self, request: Request, purpose: Purpose = Purpose.READ) -> Reply:
        """Send a request and return the app's yes; a no is raised as one of the error tree.

        Tries again in place what is safe to repeat (a read; a write that was surely not done), a
        few times and not for long; longer waits are raised as RetryLater with their time.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(request, purpose)
            except RetryLater as error:
                wait = self._wait(error, attempt)
                if wait is None:
                    raise
                self.calls.retries += 1
                await self._clock.sleep(wait)

    def _wait(self, error: RetryLater, attempt: int) -> float | None:
        """Return how long to wait before trying again here; None: not here."""
        if isinstance(error, (OutcomeUnknown, DailyLimit)) or attempt >= self._policy.attempts:
            return None
        wait = backoff_seconds(attempt, random.random())  # noqa: S311 - spreads load, guards nothing
        if error.at is not None:
            wait += max(0.0, (error.at - self._clock.now()).total_seconds())
        return wait if wait <= self._policy.longest_wait else None

    async def _once(self, request: Request, purpose: Purpose) -> Reply:
        credential = await self._keeper.current()
        reply = await self._exchange(request, credential, purpose)
        error = self._refusal(request, reply)
        if _is_expired(error) and await self._keeper.renew(credential):
            credential = await self._keeper.current()
            reply = await self._exchange(request, credential, purpose)
            error = self._refusal(request, reply)
        if error is not None:
            raise error
        return reply

    async def _exchange(self, request: Request, credential: Credential, purpose: Purpose) -> Reply:
        await self._limiter.acquire(purpose)
        self.calls.total += 1
        self.calls.by_purpose[purpose.name.lower()] += 1
        headers = {**self._connector.headers, **self._authorise(credential)}
        began = self._clock.monotonic()
        status: int | None = None
        try:
            reply = await self._transport.send(request, headers)
            status = reply.status
        finally:
            if self._on_call is not None:
                seconds = self._clock.monotonic() - began
                title = self._connector.title
                self._on_call(Call(title, request.method, request.path, status, seconds))
        await self._limiter.learn(self._connector.observed(reply))
        if status == _TOO_MANY and (until := retry_after(reply, self._clock.now())):
            await self._limiter.learn(Observed(pause_until=until))
        return reply

    def _authorise(self, credential: Credential) -> dict[str, str]:
        auth = self._connector.auth[credential.kind]
        secrets = credential.secrets
        match auth:
            case Bearer():
                return {"Authorization": f"Bearer {secrets[auth.secret]}"}
            case OAuth2():
                return {"Authorization": f"Bearer {secrets['access_token']}"}
            case Header():
                return {auth.name: secrets[auth.secret]}
            case Basic():
                pair = f"{secrets[auth.username]}:{secrets.get(auth.password, '')}"
                return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _refusal(self, request: Request, reply: Reply) -> InstepError | None:
        """Translate a refusal once, here; nobody above knows a status code."""
        if reply.ok:
            return None
        meant = self._connector.meaning(request, reply)
        return meant or _by_status(self._connector.title, request, reply, self._clock.now())

    async def close(self) -> None:
        """Let go of sockets."""
        await self._transport.close()


def _transport(connector: Connector, account: Account) -> Transport:
    if connector.transport is not None:
        return connector.transport(account.config)
    return HttpTransport(connector.base_url.format_map(account.config))


def _is_expired(error: InstepError | None) -> bool:
    """Whether a fresh token could help; a missing scope or account it cannot (facts: ghl 3.5)."""
    return isinstance(error, ConnectionBroken) and not isinstance(
        error, (ScopeMissing, AccountDenied)
    )


_BY_STATUS: dict[int, type[InstepError]] = {
    400: RecordRejected,
    401: ConnectionBroken,
    403: AccountDenied,
    404: Gone,
    409: VersionStale,
    410: Gone,
    412: VersionStale,
    422: RecordRejected,
}
_TOO_MANY, _SERVER_ERRORS = 429, 500
_LONGEST_WAIT = 7 * 24 * 3600  # seconds; nobody means more, whatever the header says


def _by_status(title: str, request: Request, reply: Reply, now: datetime) -> InstepError:
    said = f"{title} answered {reply.status}: {sentence_of(reply)}"
    if reply.status == _TOO_MANY:
        return RetryLater(said, retry_after(reply, now))
    if reply.status >= _SERVER_ERRORS:
        kind = RetryLater if request.safe_to_repeat else OutcomeUnknown
        return kind(said, retry_after(reply, now))
    return _BY_STATUS.get(reply.status, RecordRejected)(said)


def retry_after(reply: Reply, now: datetime) -> datetime | None:
    """Return the time a Retry-After header names, in seconds or as a date (RFC 9110, 10.2.3)."""
    text = reply.headers.get("retry-after", "")
    if text.isdecimal():
        return now + timedelta(seconds=min(int(text), _LONGEST_WAIT))
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
