"""How everything stands, over REST: what the first screen shows."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from instep.api.access import VIEWER
from instep.api.alerts import AlertView
from instep.bootstrap import Instep
from instep.core.alerting.rules import Kind


class TroubleView(BaseModel):
    """Something that keeps things from being in step; `advice` is the command to begin with.

    `kind` is that of its alert; `review`: records wait for a person, of which no alert is made.
    """

    kind: Kind | Literal["review"]
    what: str
    name: str
    since: str | None
    sentence: str
    advice: str | None


class DoneView(BaseModel):
    """What was done in the last 24 hours: by hour, the oldest first.

    `latency_ms` is the middle of the times from a change at its app to its write, or from what
    started a run to its end; null: nothing was timed.
    """

    done: int
    per_hour: list[int]
    failed_per_hour: list[int]
    latency_ms: int | None


class SyncStandingView(DoneView):
    """How a sync stands; `running` is since when a run is under way.

    `state` is `beginning` while its first run is; `waiting` counts what is to be read, decided or
    written, `failed` the writes that were given up on, `review` the records that wait for a person.
    """

    id: str
    name: str
    kind: str
    a: str
    b: str
    state: Literal["active", "beginning", "paused", "halted"]
    reason: str | None
    sentence: str | None
    every_seconds: int
    due_at: str
    ok_at: str | None
    running: str | None
    running_kind: str | None
    waiting: int
    failed: int
    review: int


class FlowStandingView(DoneView):
    """How a flow stands; `heard_at` is when its trigger last worked, `ok_at` its newest good run."""

    id: str
    name: str
    title: str | None
    state: str
    sentence: str | None
    by_itself: bool
    failing_since: str | None
    trigger: str | None
    heard_at: str | None
    trigger_problem: str | None
    changed_at: str
    ok_at: str | None
    waiting: int
    failed: int


class QuotaView(BaseModel):
    """What a credential may still do; `daily` and `today` are null where no daily limit is known.

    `at_once` are the calls it may make this moment, `reserve` is kept for people.
    """

    at_once: int
    per_second: float
    daily: int | None
    today: int | None
    reserve: int
    resets_at: str | None
    paused_until: str | None


class ConnectionStandingView(BaseModel):
    """How a connection stands, and what uses it; `quota` is null before its first call."""

    id: str
    name: str
    connector: str
    status: str
    problem: str | None
    verified_at: str | None
    expires_at: str | None
    quota: QuotaView | None
    syncs: list[str]
    flows: list[str]


class OverviewView(BaseModel):
    """How everything stands: in one sentence, what is in trouble (the oldest first), and each part.

    `hours_from` is when the first of the 24 hours began.
    """

    at: str
    hours_from: str
    state: Literal["in_step", "working", "paused", "trouble", "empty"]
    sentence: str
    since: str | None
    advice: str | None
    troubles: list[TroubleView]
    syncs: list[SyncStandingView]
    flows: list[FlowStandingView]
    connections: list[ConnectionStandingView]
    alerts: list[AlertView]


def router(instep: Instep) -> APIRouter:
    """Return the route of the overview."""
    routes = APIRouter(tags=["overview"])

    @routes.get("/api/overview", dependencies=[VIEWER])
    async def overview() -> OverviewView:
        """Say whether everything is in step, and how each sync, flow and connection stands."""
        return OverviewView(**(await instep.screens.overviews.now()).as_json())

    return routes
