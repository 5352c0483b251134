"""The way of every call: found, let in by version, token, scope, limit and location, answered."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from instep.catalogue import Address
from instep.sandbox.gohighlevel.credentials import AGENCY, Token
from instep.sandbox.gohighlevel.identifiers import new_trace_id
from instep.sandbox.gohighlevel.limits import Limits
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Raw
from instep.sandbox.gohighlevel.reading import read
from instep.sandbox.gohighlevel.refusals import (
    Refusal,
    bad_request,
    not_simulated,
    scope_missing,
    too_many_requests,
    unprocessable,
    wrong_class,
    wrong_level,
    wrong_location,
)
from instep.sandbox.gohighlevel.routes import Found, Route, Routes
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.versions import View, view_of
from instep.sandbox.journal import BY_HAND


class Gate:
    """Lets calls in, in the order the real one seems to check them."""

    def __init__(self, services: Services, limits: Limits, routes: Routes) -> None:
        self._services = services
        self._limits = limits
        self._routes = routes

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
            return reply(refusal.status, refusal.body, headers)
        return reply(status, body, headers)

    def _carry_out(
        self, request: Request, raw: bytes, headers: dict[str, str]
    ) -> tuple[int, JsonObject | list[Any] | Raw]:
        view, (route, path) = self._find(request)
        request.scope["path_params"] = path
        token = None
        if not route.open:
            token = self._services.credentials.authenticate(request.headers.get("authorization"))
            # people's pages are no calls of the API
            if not request.scope.get(BY_HAND):
                within, counted = self._limits.take(token)
                headers.update(counted)
                if not within:
                    raise too_many_requests()
            _check_token(route.address, token)
        if route.handler is None:
            raise not_simulated(route.id)
        sent = read(request.headers.get("content-type", ""), raw)
        if sent.items is not None and not route.takes_list:
            raise bad_request("The body must be a JSON object")
        call = Call(
            self._services,
            view,
            f"{request.url.scheme}://{request.url.netloc}",
            path,
            request.query_params,
            sent.body,
            token,
            sent.items,
            sent.files,
        )
        self._check_location(route, call)
        _check_shapes(route, call)
        return route.address.status, route.handler(call)

    def _find(self, request: Request) -> tuple[View, Found]:
        """Return the view asked for and the route. An address that nobody knows is a 404 first."""
        # facts: ghl 2.2
        method, path, query = request.method, request.url.path, request.url.query
        version = request.headers.get("version")
        if version is None and path.rstrip("/") == "/oauth/token":
            return View.V2, self._routes.find(View.V2, method, path)
        self._routes.check_known(method, path)
        view = view_of(version)
        return view, self._routes.find(view, method, path, query)

    def _check_location(self, route: Route, call: Call) -> None:
        """Refuse a location the token does not reach, and a query that names none.

        Where a body must name it, a missing one is found with the body's other faults.
        """
        # facts: ghl 3.5, 6.3
        if route.location is None:
            return
        place, name, needed = route.location
        places: dict[str, Any] = {"query": call.query, "body": call.body, "path": call.path}
        location_id = places[place].get(name)
        if not isinstance(location_id, str) and (place == "body" or not needed):
            return
        known = location_id in self._services.company.locations
        if not known or not call.bearer.reaches(location_id):
            raise wrong_location()


def reply(status: int, body: JsonObject | list[Any] | Raw, headers: dict[str, str]) -> Response:
    """Return a reply; every JSON object carries a trace id."""
    # facts: ghl 6.5
    if isinstance(body, Raw):
        return Response(body.content, status, {**headers, **body.headers}, body.media_type)
    if isinstance(body, dict):
        body = {**body, "traceId": new_trace_id()}
    return JSONResponse(body, status, headers)


def _check_token(address: Address, token: Token) -> None:
    """Refuse a token of the wrong class, or without the operation's scope."""
    # facts: ghl 3.2, 3.5
    if address.token.endswith("_oauth") and token.private:
        raise wrong_class()
    agency = token.grant.level == AGENCY
    if address.token.startswith("agency") and not agency:
        raise wrong_level()
    if address.token.startswith("location") and agency:
        raise wrong_class()
    if not set(address.scopes) <= set(token.grant.scopes):
        raise scope_missing()


def _check_shapes(route: Route, call: Call) -> None:
    problems: list[str] = []
    if route.query is not None:
        problems += route.query.problems(call.query, call.view)
    if route.takes_list:
        if call.items is None:
            # not in the facts; the words of the library that the messages of a 422 are known from
            raise bad_request("Validation failed (parsable array expected)")
        problems += _problems_of_items(route, call.items, call.view)
    elif route.body is not None:
        problems += route.body.problems(call.body, call.view)
    if problems:
        raise unprocessable(problems)


def _problems_of_items(route: Route, items: list[Any], view: View) -> list[str]:
    problems: list[str] = []
    for number, item in enumerate(items):
        if not isinstance(item, dict):
            problems.append(f"{number} must be an object")
        elif route.body is not None:
            problems += route.body.problems(item, view, f"{number}.")
    return problems
