"""Calls the emulator as any client would."""

from __future__ import annotations

from base64 import b64encode

from instep.sdk.request import Request
from instep.sdk.transport import HttpTransport


class Caller:
    """Calls the emulator over HTTP with its key."""

    def __init__(self, url, key):
        self._transport = HttpTransport(url)
        self.headers = {"Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}

    async def __call__(self, method, path, json=None, headers=None, **query):
        request = Request(method, path, query, json=json, headers=headers or {})
        return await self._transport.send(request, self.headers)

    async def close(self):
        await self._transport.close()
