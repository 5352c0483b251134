"""Why a record stands as it does, over REST."""

from __future__ import annotations

from fastapi import APIRouter

from instep.api.access import VIEWER
from instep.api.conflicts import ToldView
from instep.bootstrap import Instep


def router(instep: Instep) -> APIRouter:
    """Return the route that explains a record."""
    routes = APIRouter(tags=["why"])

    @routes.get("/api/why", dependencies=[VIEWER])
    async def why(record: str, sync: str | None = None) -> list[ToldView]:
        """Say how a record stands: by its id in an app, its e-mail, or its link's id."""
        return [ToldView(**each.as_json()) for each in await instep.reviews.why(record, sync)]

    return routes
