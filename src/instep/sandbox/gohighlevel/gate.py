"""The way of every call: found, let in by version, token, scope, limit and location, answered."""

from __future__ import annotations

import json
import math
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from instep.sandbox.gohighlevel.credentials import AGENCY, Token
from instep.sandbox.gohighlevel.identifiers import new_trace_id
from instep.sandbox.gohighlevel.limits import Limits
from instep.sandbox.gohighlevel.operations import Access, Call, JsonObject, Operation, Operations
from instep.sandbox.gohighlevel.refusals import (
    Refusal,
    bad_request,
    no_route,
    removed_in_v3,
    scope_missing,
    too_many_requests,
    unprocessable,
    wrong_class,
    wrong_level,
    wrong_location,
)
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.versions import View, view_of

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


class Gate:
    """Lets calls in, in the order the real one seems to check them."""

    def __init__(self, services: Services, limits: Limits, operations: Operations) -> None:
        self._services = services
        self._limits = limits
        self._operations = operations

    def answer(self, request: Request, raw: bytes) -> Response:
        """Answer one call."""
        agent = request.headers.get("user-agent", "")
        if self._services.settings.refuse_urllib and agent.startswith("Python-urllib"):
            # facts: ghl 3.5, last row
            return PlainTextResponse("error code: 1010", 403)
        headers: dict[str, str] = {}
        try:
            status, body = self._carry_out(request, raw, headers)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        return reply(status, body, headers)

    def _carry_out(
        self, request: Request, raw: bytes, headers: dict[str, str]
    ) -> tuple[int, JsonObject]:
        operation, path = self._operations.find(request.method, request.url.path)
        request.scope["path_params"] = path
        view = _view(operation, request)
        token = None
        if operation.access is not Access.OPEN:
            token = self._services.credentials.authenticate(request.headers.get("authorization"))
            within, counted = self._limits.take(token)
            headers.update(counted)
            if not within:
                raise too_many_requests()
            _check_token(operation, token)
        body = _read(request, raw)
        call = Call(
            self._services,
            view,
            f"{request.url.scheme}://{request.url.netloc}",
            path,
            request.query_params,
            body,
            token,
        )
        self._check_location(operation, call)
        _check_shapes(operation, call)
        return operation.status, operation.handler(call)

    def _check_location(self, operation: Operation, call: Call) -> None:
        """Refuse a location the token does not reach, and a query that names none.

        Where a body must name it, a missing one is found with the body's other faults.
        """
        # facts: ghl 3.5, 6.3
        if operation.location is None:
            return
        places: dict[str, Any] = {"query": call.query, "body": call.body, "path": call.path}
        location_id = places[operation.location].get("locationId")
        if operation.location == "body" and not isinstance(location_id, str):
            return
        known = location_id in self._services.company.locations
        if not known or not call.bearer.reaches(location_id):
            raise wrong_location()


def reply(status: int, body: JsonObject, headers: dict[str, str]) -> Response:
    """Return a JSON reply; every one carries a trace id."""
    # facts: ghl 6.5
    return JSONResponse({**body, "traceId": new_trace_id()}, status, headers)


def _view(operation: Operation, request: Request) -> View:
    """Return the view asked for. Raises Refusal if the operation does not exist in it."""
    # facts: ghl 2.2
    version = request.headers.get("version")
    if operation.access is Access.OPEN:
        return View.V3 if version == View.V3 else View.V2
    view = view_of(version)
    if view in operation.views:
        return view
    if view is View.V2:
        raise no_route(request.method, request.url.path)
    query = f"?{request.url.query}" if request.url.query else ""
    raise removed_in_v3(f"{request.url.path}{query}")


def _check_token(operation: Operation, token: Token) -> None:
    if operation.access is Access.AGENCY_OAUTH:
        if token.private:
            raise wrong_class()
        if token.grant.level != AGENCY:
            raise wrong_level()
    if operation.scope is not None and operation.scope not in token.grant.scopes:
        raise scope_missing()


def _check_shapes(operation: Operation, call: Call) -> None:
    problems: list[str] = []
    if operation.query is not None:
        problems += operation.query.problems(call.query, call.view)
    if operation.body is not None:
        problems += operation.body.problems(call.body, call.view)
    if problems:
        raise unprocessable(problems)


def _read(request: Request, raw: bytes) -> JsonObject:
    """Return the body as an object; a body of no known type counts as empty."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not raw:
        return {}
    if kind == _FORM:
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    if kind != _JSON:
        return {}
    try:
        body = json.loads(raw, parse_constant=_refuse_constant, parse_float=_finite)
        if b"\\ud" in raw.lower():
            json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise bad_request("Unexpected token in JSON") from None
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object")
    return body


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
