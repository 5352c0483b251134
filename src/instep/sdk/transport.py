"""HTTP over aiohttp: the one file that opens sockets. Sends once and tells what is known after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from instep import __version__
from instep.core.errors import InstepError, OutcomeUnknown, RecordRejected, RetryLater, UserError
from instep.sdk.refusals import unsure
from instep.sdk.request import Reply, Request
from instep.sdk.targets import AllowsAddress, GuardedResolver, check_target

LARGEST_REPLY = 20 * 1024 * 1024
"""Bytes of a reply, unpacked, that are read at most; no page of an API is near that."""

_CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: until connected, until the next bytes come, until the reply is complete."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 60.0


class HttpTransport:
    """Carries requests to one base URL over kept-alive connections.

    Redirects are not followed: a credential must not travel to where somebody else points. With
    `allows`, nothing inside a private network is reached that it does not allow, whatever the name
    of the host.
    """

    def __init__(
        self,
        base_url: str,
        *,
        connections: int = 32,
        timeouts: Timeouts = Timeouts(),
        largest: int = LARGEST_REPLY,
        allows: AllowsAddress | None = None,
    ) -> None:
        self._base_url = base_url
        self._connections = connections
        self._timeouts = timeouts
        self._largest = largest
        self._allows = allows
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Send once.

        Raises RetryLater if it was surely not done (or does no harm twice), OutcomeUnknown if
        nobody knows, UserError for an address that is none or is not allowed, RecordRejected for a
        reply beyond every reasonable size.
        """
        url = absolute(self._base_url, request.path)
        where = where_of(url)
        if self._allows is not None:
            check_target(url, self._allows)
        try:
            async with self._open().request(
                request.method,
                url,
                params={**request.query, **request.lists} or None,
                json=request.json,
                data=_data(request),
                headers={**headers, **request.headers},
                allow_redirects=False,
            ) as reply:
                body = await self._body(request, reply, where)
                lowered = {name.lower(): value for name, value in reply.headers.items()}
                return Reply(reply.status, lowered, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise _never_sent(where, error) from error
        except (ValueError, aiohttp.NonHttpUrlClientError):
            # no chain: the library's words may repeat the address with what is in it
            raise UserError(
                f"{where} cannot be called: its address or a header is malformed."
            ) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _unanswered(request, where, error) from error

    async def close(self) -> None:
        """Let go of sockets."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            times = self._timeouts
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections,
                    resolver=None if self._allows is None else GuardedResolver(self._allows),
                ),
                timeout=aiohttp.ClientTimeout(
                    total=times.total, connect=times.connect, sock_read=times.read
                ),
                # facts: ghl 3.5: Cloudflare refuses a client without a name of its own
                headers={"User-Agent": f"instep/{__version__}", "Accept": "application/json"},
                cookie_jar=aiohttp.DummyCookieJar(),  # one call must not change the next
                middlewares=(_send_once,),
            )
        return self._session

    async def _body(self, request: Request, reply: aiohttp.ClientResponse, where: str) -> Any:
        received = bytearray()
        async for chunk in reply.content.iter_chunked(_CHUNK):
            received += chunk
            if len(received) > self._largest:
                raise _too_large(request, where, self._largest)
        if request.raw and reply.ok:
            return bytes(received)
        if not received:
            return None
        if "json" not in reply.content_type:
            return _text(received, reply.charset)
        try:
            return json.loads(received)
        except (ValueError, RecursionError):
            if not reply.ok:
                return _text(received, reply.charset)
            raise unsure(request)(
                f"{where} sent an answer that breaks off or is no JSON."
            ) from None


def absolute(base_url: str, path: str) -> str:
    """Return where `path` is under the base URL; an absolute URL stays as it is."""
    if path.startswith(("http://", "https://")):
        return path
    return f"{base_url.rstrip('/')}/{path.lstrip('/')}"


def _data(request: Request) -> bytes | dict[str, str] | aiohttp.FormData | None:
    """Return the body that is bytes already, a form or an upload."""
    if request.content is not None:
        return request.content
    if request.parts is None:
        return dict(request.form) if request.form is not None else None
    data = aiohttp.FormData(default_to_multipart=True)
    for each in request.parts:
        data.add_field(
            each.name, each.content, filename=each.filename, content_type=each.content_type
        )
    return data


class _CutOffError(aiohttp.ClientError):
    """The connection went away after the request was, or may have been, written."""


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending PUT and DELETE a second time by itself.

    It does so when a kept-alive connection breaks, although the first may have been carried out.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _CutOffError from error


def where_of(url: str) -> str:
    """Return host and port for a sentence; never the user, path or query of an address."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}"
    except (ValueError, KeyError):
        return "The app"


def _never_sent(where: str, error: Exception) -> RetryLater:
    host = where.rpartition(":")[0]
    match error:
        case aiohttp.ClientConnectorDNSError():
            why = f"The host {host} is not known"
        case aiohttp.ClientSSLError():
            why = f"No secure connection to {where} is possible (TLS)"
        case _:
            why = f"Nothing answers at {where}"
    return RetryLater(f"{why}: check the address, and that the app is up.")


def _unanswered(request: Request, where: str, error: Exception) -> RetryLater:
    how = "did not answer in time" if isinstance(error, TimeoutError) else "broke off the answer"
    kind = unsure(request)
    done = " What was sent may have been carried out." if kind is OutcomeUnknown else ""
    return kind(f"{where} {how}.{done}")


def _too_large(request: Request, where: str, largest: int) -> InstepError:
    said = f"{where} sent more than {largest} bytes; the answer was not read."
    return RecordRejected(said) if request.safe_to_repeat else OutcomeUnknown(said)


def _text(received: bytearray, charset: str | None) -> str:
    try:
        return received.decode(charset or "utf-8", errors="replace")
    except LookupError:
        return received.decode("utf-8", errors="replace")
