"""What has changed, told as it changes (server-sent events): a screen then asks for what it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from instep.api.access import VIEWER, caller_of
from instep.bootstrap import Instep
from instep.core.marks import LONGEST
from instep.engine.live import Listener

PATH = "/api/live"
MEDIA = "text/event-stream"
RETRY_MS = 2_000
"""How long a browser waits before it comes back."""


class NewsView(BaseModel):
    """The nouns that changed, such as sync, run, record, review, flow_run, connection and alert."""

    changed: list[str]


def router(instep: Instep) -> APIRouter:
    """Return the route of the live updates."""
    routes = APIRouter(tags=["live"])

    async def joined(request: Request) -> AsyncIterator[Listener]:
        listener = instep.screens.live.join(_whose(request))  # refused before anything is answered
        try:
            yield listener
        finally:
            await listener.leave()

    dependency = Depends(joined)  # not within an annotation, which knows no names of a function

    @routes.get(PATH, response_class=EventSourceResponse, dependencies=[VIEWER])
    async def live(
        last_event_id: Annotated[str | None, Header()] = None,
        last: Annotated[str | None, Query(max_length=LONGEST)] = None,
        listener: Listener = dependency,
    ) -> AsyncIterator[ServerSentEvent]:
        """Tell which nouns changed, as `news` events of `{changed: [...]}`, a few per second at most.

        With `Last-Event-ID`, or `last` where a program cannot set a header, the first event tells
        what changed since; without, of nothing. A comment comes every 15 seconds in which nothing
        changed. After five minutes it ends, and who listens on comes back.
        """
        async for each in listener.news(last_event_id or last):
            news = NewsView(changed=[*each.changed])
            yield ServerSentEvent(data=news, event="news", id=each.id, retry=RETRY_MS)

    return routes


def _whose(request: Request) -> str:
    """Return what stands for a session or a token."""
    caller = caller_of(request)
    return caller.session_id or f"{caller.actor.kind} {caller.actor.id} {caller.actor.name}"
