"""The REST API as one application; each router is one noun."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from instep import __version__
from instep.api import conflicts, connections, health, history, hooks, plans, sync_setup, syncs, why
from instep.bootstrap import Instep
from instep.core.errors import ConnectionBroken, InstepError, NeedsPerson, RetryLater, UserError


def build(instep: Instep, wake: Callable[[], None]) -> FastAPI:
    """Return the application. `wake` makes the engine look for due work at once."""
    api = FastAPI(title="Instep", version=__version__)
    api.include_router(hooks.router(instep, wake))  # first: it is called the most
    api.include_router(health.router(instep))
    api.include_router(connections.router(instep))
    api.include_router(syncs.router(instep, wake))
    api.include_router(sync_setup.router(instep))
    api.include_router(plans.router(instep))
    api.include_router(history.router(instep))
    api.include_router(conflicts.router(instep, wake))
    api.include_router(why.router(instep))
    api.add_exception_handler(InstepError, _answer)
    return api


_STATUS: tuple[tuple[type[InstepError], int], ...] = (
    (NeedsPerson, 409),
    (UserError, 400),
    (ConnectionBroken, 409),
    (RetryLater, 503),
)


async def _answer(_request: Request, error: Exception) -> JSONResponse:
    """Answer an error with its sentence; its kind says what a program may do about it."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    return JSONResponse({"error": str(error), "kind": type(error).__name__}, status)
