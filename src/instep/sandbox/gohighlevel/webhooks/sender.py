"""Sends webhooks over HTTP: the one place where the sandbox calls somebody."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

# not in the facts: how long the real one waits for an answer
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_READ = 65_536  # bytes of an answer that are read, so that the connection can be used again
_AGENT = "instep-sandbox"  # not in the facts: what the real one calls itself


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered: its status, or the reason why there is none; and how long it took."""

    status: int | None
    error: str | None
    milliseconds: int


class Sender:
    """Posts bodies over kept-alive connections. Redirects are not followed."""

    def __init__(self, connections: int) -> None:
        connector = aiohttp.TCPConnector(limit=connections)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=_TIMEOUT, headers={"User-Agent": _AGENT}
        )

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a JSON body once. Whatever goes wrong is told in the answer."""
        started = time.monotonic()
        status, error = None, None
        sent = {"Content-Type": "application/json", **headers}
        try:
            async with self._session.post(
                url, data=body, headers=sent, allow_redirects=False
            ) as reply:
                status = reply.status
                await reply.content.read(_READ)
        except TimeoutError:
            error = "No answer in time."
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        return Answer(status, error, int((time.monotonic() - started) * 1000))

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()
