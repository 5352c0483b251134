"""The REST API as one application; each router is one noun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from instep import __version__
from instep.api import (
    access,
    alert_channels,
    alerts,
    audit,
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
    live,
    mapping_trials,
    overview,
    people,
    plans,
    posts,
    problems,
    recipes,
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
        described["components"]["securitySchemes"] = _SCHEMES
        described["security"] = [{name: []} for name in _SCHEMES]
        for refused in _refusals(described, live.PATH):
            refused["content"] = {"application/json": refused["content"].pop(live.MEDIA)}
        return described


def _refusals(described: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """Return how a stream is refused: as anything is, before there is a stream."""
    answers = described["paths"][path]["get"]["responses"].items()
    return [each for status, each in answers if status >= "400" and live.MEDIA in each["content"]]


def build(instep: Instep, wake: Callable[[], None]) -> FastAPI:
    """Return the application. `wake` makes the engine look for due work at once."""
    api = Api(title="Instep", version=__version__, description=_ABOUT, responses=problems.ANSWERS)
    api.include_router(hooks.router(instep, wake))  # first: it is called the most
    api.include_router(health.router(instep))
    api.include_router(overview.router(instep))
    api.include_router(live.router(instep))
    api.include_router(session.router(instep))
    api.include_router(users.router(instep))
    api.include_router(tokens.router(instep))
    api.include_router(audit.router(instep))
    api.include_router(connections.router(instep))
    api.include_router(connectors.router(instep))
    api.include_router(posts.router(instep))
    api.include_router(syncs.router(instep, wake))
    api.include_router(sync_setup.router(instep))
    api.include_router(sync_standing.router(instep))
    api.include_router(mapping_trials.router(instep))
    api.include_router(recipes.router(instep))
    api.include_router(suggestions.router(instep))
    api.include_router(plans.router(instep))
    api.include_router(history.router(instep))
    api.include_router(conflicts.router(instep, wake))
    api.include_router(why.router(instep))
    api.include_router(people.router(instep, wake))
    api.include_router(flows.router(instep, wake))
    api.include_router(flow_offer.router(instep))
    api.include_router(flow_tests.router(instep))
    api.include_router(alert_channels.router(instep))
    api.include_router(alerts.router(instep))
    api.include_router(flow_runs.router(instep, wake))
    web_app.add_to(api)  # last: whatever no other route takes below /ui is a page of its own
    access.watch_doors(api, instep)
    problems.answer_problems(api)
    return api
