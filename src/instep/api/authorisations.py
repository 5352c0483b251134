"""Authorising on an app's own page over REST: off to the page, and back with its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, status
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from instep.api.access import ADMIN, ANYBODY, VIEWER, caller_of
from instep.api.connections import ConnectionView
from instep.bootstrap import Instep
from instep.core.scopes import Reason
from instep.engine.authorising import Leaving, Way
from instep.engine.typed import Typed

CALLBACK: Final = "/oauth/callback"
"""Where apps send people back; the marketplace app has to list it."""

_LONGEST = 4096
_ANSWER = ("code", "state", "error", "error_description")


class NewAuthorisation(BaseModel):
    """A connection that is granted on the app's own page. Settings hold secrets: write-only.

    `scopes` are asked for as well as those its syncs need; `recipe` adds what it needs.
    """

    model_config = ConfigDict(extra="forbid")

    connector: str
    name: str = Field(min_length=1, max_length=100)
    auth: str | None = None
    country: str | None = None
    settings: dict[str, SecretStr] = {}
    scopes: list[str] = Field(default=[], max_length=200)
    recipe: str | None = None


class NewGrant(BaseModel):
    """What a connection is granted anew; a client that is left out is the one it has."""

    model_config = ConfigDict(extra="forbid")

    client_id: SecretStr | None = None
    client_secret: SecretStr | None = None
    scopes: list[str] = Field(default=[], max_length=200)


class GrantAnswer(BaseModel):
    """What the app's page sent the browser back with; not every app brings the `state` back."""

    model_config = ConfigDict(extra="forbid")

    state: str = Field(default="", max_length=_LONGEST)  # facts: ghl 3.1 (it is not told of)
    code: SecretStr = Field(max_length=_LONGEST)


class LeavingView(BaseModel):
    """Where the browser goes now; `redirect_uri` is where the app sends it back."""

    url: str
    redirect_uri: str
    scopes: list[str]


class ScopeReasonView(BaseModel):
    """A scope: what it allows, what needs it, and whether it is asked for unless told otherwise."""

    scope: str
    allows: list[str]
    needed_by: list[str]
    asked: bool

    @classmethod
    def of(cls, each: Reason) -> ScopeReasonView:
        """Return the view of a scope."""
        return cls(
            scope=each.scope,
            allows=[*each.allows],
            needed_by=[*each.needed_by],
            asked=each.asked,
        )


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of authorising."""
    routes = APIRouter(tags=["connections"])
    _add_begin(routes, instep)
    _add_finish(routes, instep, wake)
    return routes


def _add_begin(routes: APIRouter, instep: Instep) -> None:
    @routes.get("/api/connectors/{connector}/scopes", dependencies=[VIEWER])
    async def show_scopes(
        connector: str, auth: str, connection: str = "", recipe: str | None = None
    ) -> list[ScopeReasonView]:
        """Say which scopes an app may be asked for, each with its reason."""
        planned = instep.recipes.planned(recipe, connector) if recipe is not None else ()
        found = await instep.scopes.offered(connector, auth, connection, planned)
        return [ScopeReasonView.of(each) for each in found]

    @routes.post("/api/authorisations", dependencies=[ADMIN])
    async def begin_authorisation(new: NewAuthorisation, request: Request) -> LeavingView:
        """Begin to connect an app on its own page: nothing is kept of it unless that says yes."""
        typed = Typed(new.connector, new.name, new.auth, new.country, _opened(new.settings))
        planned = instep.recipes.planned(new.recipe, new.connector) if new.recipe else ()
        way = Way(_back(request), _asked_by(request), new.scopes, planned)
        return _leaving(await instep.authorising.begin(typed, way))

    @routes.post("/api/connections/{name}/authorise", dependencies=[ADMIN])
    async def authorise_again(name: str, wanted: NewGrant, request: Request) -> LeavingView:
        """Begin to grant a connection anew: it keeps its name, its links and its history."""
        known = await instep.connections.get(name)
        client = {"client_id": wanted.client_id, "client_secret": wanted.client_secret}
        given = {each: value for each, value in client.items() if value is not None}
        typed = Typed(known.connector, known.name, settings=_opened(given))
        way = Way(_back(request), _asked_by(request), wanted.scopes)
        return _leaving(await instep.authorising.begin_again(typed, way))


def _add_finish(routes: APIRouter, instep: Instep, wake: Callable[[], None]) -> None:
    @routes.post("/api/authorisations/answer", dependencies=[ADMIN])
    async def answer_authorisation(said: GrantAnswer, request: Request) -> ConnectionView:
        """Take the app's answer: once, of the browser it was begun in, within ten minutes."""
        code = said.code.get_secret_value()
        made = await instep.authorising.finish(said.state, code, _asked_by(request))
        wake()  # what goes on again with it does so at once
        return ConnectionView.of(made)

    @routes.get(
        CALLBACK,
        dependencies=[ANYBODY],
        status_code=status.HTTP_303_SEE_OTHER,
        response_class=RedirectResponse,
    )
    async def come_back(request: Request) -> RedirectResponse:
        """Lead a browser that comes from an app's page to the page of ours that finishes it.

        The answer stands behind the # there, where no log sees it.
        """
        told = {name: request.query_params.get(name, "")[:_LONGEST] for name in _ANSWER}
        query = urlencode({name: value for name, value in told.items() if value})
        return RedirectResponse(f"/ui/connections/authorised#{query}", status.HTTP_303_SEE_OTHER)


def _asked_by(request: Request) -> str:
    """Return whose answer is taken: that of this session, or of this program."""
    caller = caller_of(request)
    return caller.session_id or f"{caller.actor.kind}:{caller.actor.id or caller.actor.name}"


def _back(request: Request) -> str:
    """Return where the app sends people back: to the address at which the browser sees Instep.

    What a browser says of itself was proven to be this host's (`refuse_foreign`); it also knows of a
    proxy's https.
    """
    return f"{request.headers.get('origin') or str(request.base_url).rstrip('/')}{CALLBACK}"


def _opened(settings: dict[str, SecretStr]) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in settings.items()}


def _leaving(told: Leaving) -> LeavingView:
    return LeavingView(url=told.url, redirect_uri=told.redirect_uri, scopes=[*told.scopes])
