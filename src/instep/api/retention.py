"""Retention over REST: for how many days what is over is kept."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import ADMIN, VIEWER
from instep.bootstrap import Instep
from instep.core.retention import LEAST_DAYS, MOST_DAYS, What


class RetainedView(BaseModel):
    """What is kept for how many days; `usual` is what the environment says, `is_set` if a person did."""

    what: What
    days: int
    usual: int
    is_set: bool


class RetainedChange(BaseModel):
    """For how many days to keep it; null is as the environment says."""

    model_config = ConfigDict(extra="forbid")

    days: int | None = Field(ge=LEAST_DAYS, le=MOST_DAYS)


def router(instep: Instep) -> APIRouter:
    """Return the routes of retention."""
    routes = APIRouter(prefix="/api/retention", tags=["retention"])

    @routes.get("", dependencies=[VIEWER])
    async def list_retention() -> list[RetainedView]:
        """Say what is kept for some days only. The history of syncs and the audit log stay."""
        return [RetainedView(**each.as_json()) for each in await instep.retention.list()]

    @routes.put("/{what}", dependencies=[ADMIN])
    async def set_days(what: What, change: RetainedChange) -> RetainedView:
        """Keep something for so many days; what is older goes with the next sweep, for good."""
        return RetainedView(**(await instep.retention.set(what, change.days)).as_json())

    return routes
