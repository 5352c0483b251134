"""The REST API as one application; each router is one noun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from instep import __version__
from instep.api import (
    access,
    alert_channels,
    alerts,
    audit,
    authorisations,
    conflicts,
    connections,
    connectors,
    flow_offer,
    flow_runs,
    flow_tests,
    flows,
    health,
    history,
    hooks,
    keys,
    live,
    mapping_trials,
    overview,
    people,
    plans,
    posts,
    problems,
    recipes,
    retention,
    runs,
    session,
    suggestions,
    sync_setup,
    sync_standing,
    syncs,
    tokens,
    users,
    web_app,
    why,
)
from instep.bootstrap import Instep

_ABOUT = (
    "Keeps GoHighLevel in step with other apps. Every error is `{error, kind}`: one sentence that "
    "says what was wrong and what to do, and the kind of error. Lists that may be long come in "
    "pages: `next` of one page is `after` of the following one (`before`, where the newest come first)."
)

_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token, or from this machine what is in the file local-token of the "
        "data directory.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "instep_session_8750",
        "description": f"Set by signing in; its name ends in the port. Changes send {access.CSRF_HEADER}, "
        "too: what GET /api/session gives as csrf.",
    },
}


class Api(FastAPI):
    """The application, which also describes the bare routes that FastAPI does not know."""

    def openapi(self) -> dict[str, Any]:
        """Return the description of every route, those of webhooks included."""
        described = super().openapi()
        for path, route in hooks.DESCRIBED.items():
            described["paths"].setdefault(path, route)
        described["components"]["schemas"] |= problems.DESCRIBED
        described["components"]["securitySchemes"] = _SCHEMES
        described["security"] = [{name: []} for name in _SCHEMES]
        return described


def build(instep: Instep, wake: Callable[[], None]) -> FastAPI:
    """Return the application. `wake` makes the engine look for due work at once."""
    api = Api(
        title="Instep", version=__version__, description=_ABOUT, routes=[*_routes(instep, wake)]
    )
    web_app.add_to(api)  # last: whatever no other route takes below /ui is a page of its own
    access.watch_doors(api, instep)
    problems.answer_problems(api)
    return api


def _routes(instep: Instep, wake: Callable[[], None]) -> Iterator[BaseRoute]:
    """Yield every route as one of the application's own.

    FastAPI makes each route of an included router a second time as the first request comes, which
    would wait for it.
    """
    for router in _routers(instep, wake):
        for route in router.routes:
            if isinstance(route, APIRoute):
                route.responses = problems.ANSWERS | route.responses
            yield route


def _routers(instep: Instep, wake: Callable[[], None]) -> Iterator[APIRouter]:
    yield hooks.router(instep, wake)  # first: it is called the most
    yield health.router(instep)
    yield overview.router(instep)
    yield live.router(instep)
    yield session.router(instep)
    yield users.router(instep)
    yield tokens.router(instep)
    yield audit.router(instep)
    yield keys.router(instep)
    yield retention.router(instep)
    yield authorisations.router(instep, wake)
    yield connections.router(instep, wake)
    yield connectors.router(instep)
    if find_spec("instep.connectors.custom"):  # these routes come and go with what they are about
        from instep.api import manifests  # noqa: PLC0415 - as above

        yield manifests.router(instep)
    yield posts.router(instep)
    yield syncs.router(instep, wake)
    yield sync_setup.router(instep)
    yield sync_standing.router(instep)
    yield mapping_trials.router(instep)
    yield recipes.router(instep)
    yield suggestions.router(instep)
    yield plans.router(instep)
    yield history.router(instep)
    yield runs.router(instep)
    yield conflicts.router(instep, wake)
    yield why.router(instep)
    yield people.router(instep, wake)
    yield flows.router(instep, wake)
    yield flow_offer.router(instep)
    yield flow_tests.router(instep)
    yield alert_channels.router(instep)
    yield alerts.router(instep)
    yield flow_runs.router(instep, wake)
