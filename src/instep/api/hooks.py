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
from instep.engine.intake import NoSuchDoor
from instep.engine.waiting_room import IntakeBusy
from instep.sdk.webhooks import Incoming, Refusal, WebhookRefused

PATH = "/hooks/{connection}"
FLOW_PATH = "/hooks/flows/{name}/{token}"

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


def _described(
    operation: str, what: str, parameters: dict[str, str], takes: tuple[str, ...], unknown: str
) -> dict[str, Any]:
    """Return a bare route as the OpenAPI document shows it, which FastAPI does not describe."""
    answers = {
        "400": "It cannot be read.",
        "401": "It is not proven: unsigned, wrongly signed, too old or too early.",
        "404": unknown,
        "413": "It is too large.",
        "429": "Busy: send it again, in as many seconds as Retry-After says.",
    }
    return {
        "post": {
            "tags": ["hooks"],
            "summary": "Receive",
            "description": f"{what} 200 means that it is kept, now or before. No answer is 500 or "
            "above, which GoHighLevel would not send again.",
            "operationId": operation,
            "parameters": [
                {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "description": said,
                    "schema": {"type": "string"},
                }
                for name, said in parameters.items()
            ],
            "requestBody": {
                "required": True,
                "description": "What is sent, with its signature in the headers if it has one.",
                "content": {each: {"schema": {}} for each in takes},
            },
            "responses": {
                "200": {"description": "Kept."},
                **{
                    status: {"description": said, "content": _PROBLEM}
                    for status, said in answers.items()
                },
            },
        }
    }


DESCRIBED: dict[str, dict[str, Any]] = {
    PATH: _described(
        "receive_hooks",
        "Take a webhook of this connection's app, proven over the bytes as they came.",
        {"connection": "The connection's name, or its id."},
        ("application/json",),
        "No such connection, or its app sends no webhooks.",
    ),
    FLOW_PATH: _described(
        "receive_flow_hooks",
        "Take an item for a flow, at the flow's own address: an object, a list with an item in "
        "each entry, or a form.",
        {"name": "The flow's name, or its id.", "token": "As the flow's address has it."},
        ("application/json", "application/x-www-form-urlencoded"),
        "No flow takes items at this address.",
    ),
}


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of webhooks, and of items for flows."""
    routes = APIRouter()

    async def receive(request: Request) -> Response:
        """Take a webhook of this connection's app; 200 means that it is kept."""
        try:
            kept = await instep.intake.take(request.path_params["connection"], await _read(request))
        except (UserError, IntakeBusy) as error:
            return _refused(error)
        # who is at work on a flow is told at once; somebody else has to be woken to begin
        if instep.engine.ring(kept.shards) or kept.due:
            wake()
        return Response()

    async def receive_item(request: Request) -> Response:
        """Take an item for a flow at its own address; 200 means that it is kept."""
        told = request.path_params
        try:
            await instep.addresses.take(told["name"], told["token"], await _read(request))
        except (UserError, IntakeBusy) as error:
            return _refused(error)
        wake()
        return Response()

    # bare routes: apps call them, not people, and they have to be quick
    routes.add_route(PATH, receive, methods=["POST"])
    routes.add_route(FLOW_PATH, receive_item, methods=["POST"])
    return routes


async def _read(request: Request) -> Incoming:
    return Incoming(request.headers, await _body(request), datetime.now(UTC))


def _refused(error: UserError | IntakeBusy) -> Response:
    headers = _COME_AGAIN if isinstance(error, IntakeBusy) else None
    return problem(_status_of(error), str(error), type(error).__name__, headers)


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
