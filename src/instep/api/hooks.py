"""Where apps send their webhooks. The bytes are proven as they came; nothing is parsed before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from instep.api.problems import problem
from instep.bootstrap import Instep
from instep.core.errors import UserError
from instep.engine.intake import IntakeBusy, NoSuchDoor
from instep.sdk.webhooks import Incoming, Refusal, WebhookRefused

PATH = "/hooks/{connection}"

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

# not in the facts: GoHighLevel is not known to read it; its own pause is about ten minutes
_COME_AGAIN = {"Retry-After": "5"}

_PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

DESCRIBED: dict[str, Any] = {
    "post": {
        "tags": ["hooks"],
        "summary": "Receive",
        "description": "Take a webhook of this connection's app, proven over the bytes as they "
        "came. 200 means that it is kept, now or before. No answer is 500 or above, which "
        "GoHighLevel would not send again.",
        "operationId": "receive_hooks",
        "parameters": [
            {
                "name": "connection",
                "in": "path",
                "required": True,
                "description": "The connection's name, or its id.",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": {
            "required": True,
            "description": "What the app sends, with its signature in the headers.",
            "content": {"application/json": {"schema": {}}},
        },
        "responses": {
            "200": {"description": "Kept."},
            **{
                status: {"description": description, "content": _PROBLEM}
                for status, description in (
                    ("400", "It cannot be read."),
                    ("401", "It is not proven: unsigned, wrongly signed, too old or too early."),
                    ("404", "No such connection, or its app sends no webhooks."),
                    ("413", "It is too large."),
                    ("429", "Busy: send it again, in as many seconds as Retry-After says."),
                )
            },
        },
    }
}
"""The route as the OpenAPI document shows it: it is a bare one, which FastAPI does not describe."""


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the route of webhooks."""
    routes = APIRouter()

    async def receive(request: Request) -> Response:
        """Take a webhook of this connection's app; 200 means that it is kept."""
        try:
            incoming = Incoming(request.headers, await _body(request), datetime.now(UTC))
            due = await instep.intake.take(request.path_params["connection"], incoming)
        except (UserError, IntakeBusy) as error:
            headers = _COME_AGAIN if isinstance(error, IntakeBusy) else None
            return problem(_status_of(error), str(error), type(error).__name__, headers)
        if due:
            wake()
        return Response()

    # a bare route: apps call it, not people, and it has to be quick
    routes.add_route(PATH, receive, methods=["POST"])
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
