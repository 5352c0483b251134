"""Where apps send their webhooks. The bytes are proven as they came; nothing is parsed before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from instep.bootstrap import Instep
from instep.core.errors import UserError
from instep.engine.intake import IntakeBusy, NoSuchDoor
from instep.sdk.webhooks import Incoming, Refusal, WebhookRefused

LARGEST = 1_048_576
"""Bytes of a body that are read at all; a connector may take less."""

_BUSY, _UNKNOWN, _WRONG = 429, 404, 400
_STATUS = {
    Refusal.TOO_LARGE: 413,
    Refusal.UNSIGNED: 401,
    Refusal.WRONGLY_SIGNED: 401,
    Refusal.TOO_OLD: 401,
    Refusal.TOO_EARLY: 401,
    Refusal.REPEATED: 200,
}


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the route of webhooks."""
    routes = APIRouter()

    async def receive(request: Request) -> Response:
        """Take a webhook of this connection's app; 200 means that it is kept."""
        try:
            incoming = Incoming(request.headers, await _body(request), datetime.now(UTC))
            due = await instep.intake.take(request.path_params["connection"], incoming)
        except (UserError, IntakeBusy) as error:
            return JSONResponse({"error": str(error)}, _status_of(error))
        if due:
            wake()
        return Response()

    # a bare route: apps call it, not people, and it has to be quick
    routes.add_route("/hooks/{connection}", receive, methods=["POST"])
    return routes


async def _body(request: Request) -> bytes:
    """Return the body as it came. Raises WebhookRefused as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise WebhookRefused(Refusal.TOO_LARGE)
    return bytes(body)


def _status_of(error: UserError | IntakeBusy) -> int:
    """Return the answer's status; never one of 500 and above, which is not sent again."""
    # facts: ghl 5.4
    match error:
        case IntakeBusy():
            return _BUSY
        case NoSuchDoor():
            return _UNKNOWN
        case WebhookRefused():
            return _STATUS.get(error.reason, _WRONG)
        case _:
            return _WRONG
