"""Webhooks that go out to a connection's own address, over REST: how they stand, and once more."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER
from instep.api.plans import NEWEST
from instep.bootstrap import Instep
from instep.engine.posting_services import Wanted


class PostState(StrEnum):
    """How a webhook stands: it waits for its next try, was taken, or was given up on."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class TryView(BaseModel):
    """One attempt: when, the status of the answer (null: none came), how long it took."""

    at: str
    status: int | None
    milliseconds: int
    why: str | None


class PostView(BaseModel):
    """One webhook that goes out; `id` is its webhook-id, and `tries` are the last attempts."""

    id: str
    event: str
    kind: str
    record: str
    state: PostState
    attempts: int
    next_try: str | None
    status: int | None
    why: str | None
    created_at: str
    tries: list[TryView]


class PostingsStandingView(BaseModel):
    """How many webhooks of a connection stand how, and why posting is stopped (null: it is not)."""

    waiting: int
    sent: int
    dead: int
    stopped: str | None


class PostList(BaseModel):
    """A page of webhooks, newest first; `next` is the `before` of the following page."""

    standing: PostingsStandingView
    posts: list[PostView]
    next: int | None


class Again(BaseModel):
    """Which webhooks are to be sent again: some by their ids, or all that were given up on.

    With neither, posting that was stopped goes on, and nothing else is done.
    """

    model_config = ConfigDict(extra="forbid")

    ids: list[str] = Field(default_factory=list, max_length=1000)
    all_dead: bool = False


class ReplayedView(BaseModel):
    """How many webhooks go out again, how many stay dead, whether posting was stopped before.

    Of all dead ones, those stay that a later one of the same record has overtaken.
    """

    replayed: int
    left: int
    was_stopped: bool


def router(instep: Instep) -> APIRouter:
    """Return the routes of webhooks that go out."""
    routes = APIRouter(prefix="/api/connections", tags=["posts"])

    @routes.get("/{name}/posts", dependencies=[VIEWER])
    async def posts(
        name: str,
        state: PostState | None = None,
        before: Annotated[int | None, Query(ge=1, le=NEWEST)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    ) -> PostList:
        """List the webhooks that go out to a connection, without what they tell."""
        wanted = Wanted(None if state is None else state.value, limit, before)
        found = await instep.postings.report(name, wanted)
        return PostList(
            standing=PostingsStandingView(**found.standing.as_json()),
            posts=[PostView(**each.as_json()) for each in found.posts],
            next=found.next,
        )

    @routes.post("/{name}/posts/replay", dependencies=[OPERATOR])
    async def replay(name: str, again: Again) -> ReplayedView:
        """Send webhooks again, each under its own id, and let posting that was stopped go on."""
        done = await instep.postings.replay(name, again.ids, all_dead=again.all_dead)
        if instep.engine.outlets is not None:
            instep.engine.outlets.wake()
        return ReplayedView(**done.as_json())

    return routes
