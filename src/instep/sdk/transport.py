"""HTTP over aiohttp: the one file that opens sockets. Sends once and tells what is known after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from instep import __version__
from instep.core.errors import OutcomeUnknown, RecordRejected, RetryLater
from instep.sdk.request import Reply, Request

LARGEST_REPLY = 20 * 1024 * 1024
"""Bytes of a reply that are read at most; no page of an API is near that."""

_CONNECT_SECONDS, _TOTAL_SECONDS = 10.0, 60.0
_CHUNK = 64 * 1024


class HttpTransport:
    """Carries requests to one base URL over kept-alive connections."""

    def __init__(
        self, base_url: str, *, connections: int = 32, seconds: float = _TOTAL_SECONDS
    ) -> None:
        self._base_url = base_url.rstrip("/") + "/"
        self._connections = connections
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Send once. Raises RetryLater if it was surely not done, else OutcomeUnknown.

        Redirects are not followed: an API that moves says so, and a credential must not travel
        to another host. Raises RecordRejected for a reply beyond every reasonable size.
        """
        url = urljoin(self._base_url, request.path.lstrip("/"))
        where = urlsplit(url).netloc
        try:
            async with self._open().request(
                request.method,
                url,
                params=dict(request.query) or None,
                json=request.json,
                data=dict(request.form) if request.form is not None else None,
                headers={**headers, **request.headers},
                allow_redirects=False,
            ) as reply:
                return Reply(reply.status, _lower(reply.headers), await _body(reply, where))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise RetryLater(
                f"Nothing answers at {where}: check the address and that the app is up."
            ) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _unanswered(request, where, error) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=aiohttp.ClientTimeout(total=self._seconds, connect=_CONNECT_SECONDS),
                # facts: ghl 3.5: Cloudflare refuses a client without a name of its own
                headers={"User-Agent": f"instep/{__version__}", "Accept": "application/json"},
            )
        return self._session

    async def close(self) -> None:
        """Let go of sockets."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _unanswered(request: Request, where: str, error: Exception) -> RetryLater:
    """Say what a lost answer means: harmless for a read, unknown for a write."""
    how = "did not answer in time" if isinstance(error, TimeoutError) else "broke off the answer"
    kind = RetryLater if request.safe_to_repeat else OutcomeUnknown
    return kind(f"{where} {how}.")


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def _body(reply: aiohttp.ClientResponse, where: str) -> Any:
    received = bytearray()
    async for chunk in reply.content.iter_chunked(_CHUNK):
        received += chunk
        if len(received) > LARGEST_REPLY:
            raise RecordRejected(f"{where} sent more than {LARGEST_REPLY} bytes; it was not read.")
    if not received:
        return None
    text = received.decode(reply.charset or "utf-8", errors="replace")
    if "json" not in reply.content_type:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
