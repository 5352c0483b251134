"""The history of a sync and its runs, over REST, newest first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from instep.api.access import VIEWER
from instep.api.plans import NEWEST
from instep.bootstrap import Instep
from instep.store.history import Lines


class ChangeView(BaseModel):
    """One field that was changed."""

    field: str
    before: Any
    after: Any
    why: str | None


class LineView(BaseModel):
    """One line of history; `said` tells it in words."""

    id: int
    at: str
    what: str
    record: str
    side: str | None
    connection: str
    record_id: str | None
    link: str | None
    run: str | None
    person: str | None
    changes: list[ChangeView]
    why: str | None
    said: str


class LineList(BaseModel):
    """A page of history; `next` is the `before` of the following page."""

    lines: list[LineView]
    next: int | None


class SyncLineView(LineView):
    """A line of history, and the sync it is of."""

    sync: str


class SyncLineList(BaseModel):
    """A page of the history of every sync; `next` is the `before` of the following page."""

    lines: list[SyncLineView]
    next: int | None


class RunView(BaseModel):
    """One run: what kind, when, what came of it, and who asked for it."""

    id: str
    kind: str
    state: str
    started_at: str
    finished_at: str | None
    person: str | None
    plan: str | None
    counts: dict[str, int]
    said: str | None


class RunList(BaseModel):
    """A page of runs; `next` is the `before` of the following page."""

    runs: list[RunView]
    next: str | None


def router(instep: Instep) -> APIRouter:
    """Return the routes of history and runs."""
    routes = APIRouter(prefix="/api", tags=["history"])

    @routes.get("/history", dependencies=[VIEWER])
    async def latest_history(
        before: Annotated[int | None, Query(ge=1, le=NEWEST)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    ) -> SyncLineList:
        """Tell what was done and why, by any sync."""
        lines = await instep.history.latest(limit, before)
        told = [SyncLineView(**each.as_json(), sync=sync) for sync, each in lines]
        return SyncLineList(lines=told, next=lines[-1][1].id if len(lines) == limit else None)

    @routes.get("/syncs/{name}/history", dependencies=[VIEWER])
    async def history(
        name: str,
        before: Annotated[int | None, Query(ge=1, le=NEWEST)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        run: str | None = None,
        record: str | None = None,
    ) -> LineList:
        """Tell what was done and why: by one run, or to one record and its partner."""
        lines = await instep.history.lines(name, Lines(limit, before, run, record))
        following = lines[-1].id if len(lines) == limit else None
        return LineList(lines=[LineView(**each.as_json()) for each in lines], next=following)

    @routes.get("/syncs/{name}/runs", dependencies=[VIEWER])
    async def runs(
        name: str,
        before: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    ) -> RunList:
        """List the runs of a sync."""
        found = await instep.history.runs(name, limit, before)
        following = found[-1].id if len(found) == limit else None
        return RunList(runs=[RunView(**each.as_json()) for each in found], next=following)

    return routes
