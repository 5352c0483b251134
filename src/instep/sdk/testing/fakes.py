"""Stand-ins for the sdk's ports, as careful as the real ones: for tests, and for one-off calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from instep.sdk.auth import Credential
from instep.sdk.limits import Observed, Purpose
from instep.sdk.request import Reply, Request


class FixedTokens:
    """A TokenStore in memory. `saved` lists what was stored, in order."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self.saved: list[Credential] = []
        self._right = asyncio.Lock()

    async def load(self) -> Credential:
        """Return the credential as last stored."""
        return self.credential

    async def save(self, credential: Credential) -> None:
        """Store a credential."""
        self.saved.append(credential)
        self.credential = credential

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Hold the right to refresh."""
        async with self._right:
            yield


class FreeLimiter:
    """A Limiter that lets everything pass. `purposes` and `learnt` keep what it was told."""

    def __init__(self) -> None:
        self.purposes: list[Purpose] = []
        self.learnt: list[Observed] = []

    async def acquire(self, purpose: Purpose) -> None:
        """Let one call pass."""
        self.purposes.append(purpose)

    async def learn(self, observed: Observed) -> None:
        """Take note."""
        self.learnt.append(observed)


class ScriptedTransport:
    """Answers with the replies it was given, in order; an exception among them is raised.

    `requests` and `headers` keep what was sent. Raises AssertionError when the script has ended.
    """

    def __init__(self, script: Iterable[Reply | Exception] = ()) -> None:
        self.script = deque(script)
        self.requests: list[Request] = []
        self.headers: list[Mapping[str, str]] = []
        self.closed = False

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Answer with the next reply."""
        await asyncio.sleep(0)  # as a socket would, let others run
        self.requests.append(request)
        self.headers.append(headers)
        if not self.script:
            raise AssertionError(f"The script has ended, and {request.method} {request.path} came.")
        answer = self.script.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Take note."""
        self.closed = True
