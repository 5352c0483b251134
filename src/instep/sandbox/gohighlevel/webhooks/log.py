"""The log of webhooks and the keys they are signed with, under `/_sandbox/webhooks`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from instep.core.errors import UserError
from instep.sandbox.control import PREFIX, answering
from instep.sandbox.gohighlevel.webhooks.dispatcher import now
from instep.sandbox.gohighlevel.webhooks.outbox import Delivery, Outbox, Standing
from instep.sandbox.gohighlevel.webhooks.signatures import Signer

_PATH = f"{PREFIX}/webhooks"
_SHOWN = ("id", "event", "location_id", "record", "standing", "attempts", "due", "body")


def log_routes(outbox: Outbox, signer: Signer) -> Sequence[Route]:
    """Return the control calls.

    | call                                      | does                                         |
    |-------------------------------------------|----------------------------------------------|
    | `GET /_sandbox/webhooks`                  | lists, newest first: `standing`, `event`, `limit`, `skip` |
    | `GET /_sandbox/webhooks/{id}`             | shows one, with its body                     |
    | `POST /_sandbox/webhooks/{id}/redeliver`  | sends one again                              |
    | `DELETE /_sandbox/webhooks`               | forgets all, also those not sent yet         |
    | `GET /_sandbox/webhooks/keys`             | shows the public keys                        |
    """

    async def log(request: Request) -> Response:
        if request.method == "DELETE":
            return JSONResponse({"deleted": outbox.clear()})
        asked = request.query_params
        limit, skip = _number(asked.get("limit", "100")), _number(asked.get("skip", "0"))
        standing = asked.get("standing")
        if standing is not None and standing not in set(Standing):
            raise UserError(f"standing is one of {', '.join(Standing)}.")
        found, total = outbox.list(standing, asked.get("event"), limit, skip)
        return JSONResponse({"webhooks": [_shown(each) for each in found], "total": total})

    async def one(request: Request) -> Response:
        return JSONResponse({"webhook": _shown(_found(outbox.get(_id(request)), request))})

    async def redeliver(request: Request) -> Response:
        row = _found(outbox.again(_id(request), now()), request)
        return JSONResponse({"webhook": _shown(row)}, 202)

    async def keys(_: Request) -> Response:
        return JSONResponse(signer.published())

    return (
        Route(_PATH, answering(log), methods=["GET", "DELETE"]),
        Route(f"{_PATH}/keys", answering(keys)),
        Route(f"{_PATH}/{{id}}", answering(one)),
        Route(f"{_PATH}/{{id}}/redeliver", answering(redeliver), methods=["POST"]),
    )


def _id(request: Request) -> str:
    identifier: str = request.path_params["id"]
    return identifier


def _found(row: Delivery | None, request: Request) -> Delivery:
    if row is None:
        raise UserError(f"There is no webhook {_id(request)!r} in the log.")
    return row


def _shown(row: Delivery) -> dict[str, Any]:
    return {name: row[name] for name in _SHOWN}


def _number(text: str) -> int:
    if not text.isdecimal():
        raise UserError("limit and skip are whole numbers.")
    return int(text)
