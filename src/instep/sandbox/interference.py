"""Lets faults strike and counts calls: the ASGI layer around every app."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from instep.sandbox.app import SandboxApp
from instep.sandbox.faults import REFUSING, REVOKING, Fault
from instep.sandbox.journal import FAULT

SOCKET = "sandbox.socket"
"""The ASGI extension under which the server hands over a call's socket."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time


class Interference:
    """Wraps an app. Faults strike in the order reset, refuse, revoke, slow, then the two after the work."""

    def __init__(self, app: SandboxApp, inner: ASGIApp) -> None:
        self._app = app
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        try:
            await self._serve(scope, receive, send)
        finally:
            self._app.calls.add(scope["method"], scope["path"], scope.get("path_params", {}))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._strikes("connection_reset", scope):
            await _hang_up(scope, receive, reset=True)
            return
        for name in REFUSING:
            if self._strikes(name, scope):
                refusal = self._app.refuse(name, Request(scope))
                await refusal(scope, receive, send)
                return
        self._revoke(Request(scope), scope)
        if late := self._strikes("slow", scope):
            await asyncio.sleep(late.seconds)
        await self._work(scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._strikes("timeout_after_success", scope):
            await self._inner(scope, receive, _discard)
            await _hang_up(scope, receive)
        elif self._strikes("truncated_reply", scope):
            await self._inner(scope, receive, _halving(send))
            await _hang_up(scope, receive)
        else:
            await self._inner(scope, receive, send)

    def _revoke(self, request: Request, scope: Scope) -> None:
        if request.headers.get("authorization") and self._strikes(REVOKING, scope):
            self._app.revoke(request)

    def _strikes(self, name: str, scope: Scope) -> Fault | None:
        fault = self._app.faults.strikes(name, scope["method"], scope["path"])
        if fault is not None:
            scope[FAULT] = name
        return fault


async def _discard(_message: Message) -> None:
    """Take an answer that nobody will see."""


def _halving(send: Send) -> Send:
    """Pass on the headers as they are and half of each piece of the body, never its end."""

    async def cut(message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await send(message)

    return cut


async def _hang_up(scope: Scope, receive: Receive, *, reset: bool = False) -> None:
    """Close the socket without an answer, or without the rest of it."""
    transport: Any = scope["extensions"][SOCKET]
    if reset:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()  # what was written already still goes out
    while (await receive())["type"] != "http.disconnect":
        pass
