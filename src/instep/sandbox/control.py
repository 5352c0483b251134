"""The small API beside every app, under `/_sandbox`: switch faults, count calls."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from instep.core.errors import UserError
from instep.sandbox.app import SandboxApp
from instep.sandbox.faults import CHAOS, make_fault
from instep.sandbox.journal import Journal

PREFIX = "/_sandbox"
BY_HAND = f"{PREFIX}/by-hand"
"""Below this, the app itself, as its own users reach it through its pages."""

Handler = Callable[[Request], Awaitable[Response]]


def control_api(app: SandboxApp) -> ASGIApp:
    """Return the control API of one app.

    | call                           | does                                                     |
    |--------------------------------|----------------------------------------------------------|
    | `GET /_sandbox/faults`         | lists the faults that are on                             |
    | `PUT /_sandbox/faults`         | switches on: `{"slow": {"seconds": 2}, "server_error": {}}` |
    | `DELETE /_sandbox/faults`      | switches all off; with `/NAME`, that one                 |
    | `POST /_sandbox/chaos`         | lets faults strike at random: `{"seed": 7, "rate": 0.05}` |
    | `DELETE /_sandbox/chaos`       | lets them strike no more                                 |
    | `GET /_sandbox/calls`          | counts of calls by method and path template, and total   |
    | `DELETE /_sandbox/calls`       | begins to count at zero                                  |
    | `GET /_sandbox/journal`        | every call written down; `after` a number, at most `limit` |
    | `PUT /_sandbox/journal`        | begins an empty one, `{"on": true}`, or ends it          |

    An app adds its own. Wrong input is answered 400 `{"error": "a sentence"}`.
    """

    async def faults(request: Request) -> Response:
        if request.method == "PUT":
            wanted = await read_object(request)
            made = [make_fault(name, value or {}) for name, value in wanted.items()]
            for fault in made:
                app.faults.switch_on(fault)
        elif request.method == "DELETE":
            app.faults.switch_off(request.path_params.get("name"))
        return JSONResponse({"faults": app.faults.describe()})

    async def chaos(request: Request) -> Response:
        if request.method == "POST":
            app.faults.switch_on(make_fault(CHAOS, await read_object(request)))
        elif request.method == "DELETE":
            app.faults.switch_off(CHAOS)
        return JSONResponse({"faults": app.faults.describe()})

    async def calls(request: Request) -> Response:
        if request.method == "DELETE":
            app.calls.reset()
        return JSONResponse(app.calls.describe())

    routes = [
        Route(f"{PREFIX}/faults", answering(faults), methods=["GET", "PUT", "DELETE"]),
        Route(f"{PREFIX}/faults/{{name}}", answering(faults), methods=["DELETE"]),
        Route(f"{PREFIX}/chaos", answering(chaos), methods=["GET", "POST", "DELETE"]),
        Route(f"{PREFIX}/calls", answering(calls), methods=["GET", "DELETE"]),
        _journal_route(app.journal),
        *app.controls(),
    ]
    return Router(routes)


def _journal_route(journal: Journal) -> Route:
    async def answer(request: Request) -> Response:
        if request.method == "PUT":
            journal.switch(on=bool((await read_object(request)).get("on")))
        asked = request.query_params
        after, limit = _number(asked, "after", 0), _number(asked, "limit", 1000)
        return JSONResponse({"on": journal.on, "calls": [*journal.since(after, limit)]})

    return Route(f"{PREFIX}/journal", answering(answer), methods=["GET", "PUT"])


def _number(asked: Mapping[str, str], name: str, otherwise: int) -> int:
    text = asked.get(name, str(otherwise))
    if not text.isdecimal():
        raise UserError(f"{name} is a whole number.")
    return int(text)


def answering(handler: Handler) -> Handler:
    """Turn a UserError of `handler` into a 400 that says the sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except UserError as error:
            return JSONResponse({"error": str(error)}, 400)
        except HTTPException as error:
            return JSONResponse({"error": error.detail}, error.status_code)

    return answer


async def read_object(request: Request) -> dict[str, Any]:
    """Read the body of a control call. Raises UserError unless it is a JSON object."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise UserError("The body must be a JSON object.")
    return body
