"""Syncs over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from instep.bootstrap import Instep
from instep.engine.sync_services import Wanted
from instep.store.syncs import Sync


class NewSync(BaseModel):
    """A sync as it is asked for; without a mapping, every field both apps have."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    a: str
    b: str
    mapping: list[dict[str, Any]] | None = None
    every_seconds: int = 300


class SyncView(BaseModel):
    """A sync as it is shown."""

    id: str
    name: str
    records: str
    state: str
    reason: str | None
    why: str | None
    every_seconds: int
    mapping: list[dict[str, Any]]

    @classmethod
    def of(cls, sync: Sync) -> Self:
        """Return the view of a stored sync."""
        return cls(
            id=sync.id,
            name=sync.name,
            records=sync.canonical,
            state=sync.state,
            reason=sync.reason,
            why=sync.sentence,
            every_seconds=sync.every_seconds,
            mapping=list(sync.mapping),
        )


class PreviewView(BaseModel):
    """What a run would do."""

    counts: dict[str, int]
    items: list[dict[str, Any]]


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of syncs."""
    routes = APIRouter(prefix="/api/syncs", tags=["syncs"])

    @routes.get("")
    async def list_syncs() -> list[SyncView]:
        """List the syncs."""
        return [SyncView.of(each) for each in await instep.syncs.list()]

    @routes.post("", status_code=status.HTTP_201_CREATED)
    async def create(new: NewSync) -> SyncView:
        """Set up a sync; nothing is written to the apps yet."""
        wanted = Wanted(
            new.name, new.a, new.b, mapping=new.mapping, every_seconds=new.every_seconds
        )
        return SyncView.of(await instep.syncs.create(wanted))

    @routes.post("/{name}/preview")
    async def preview(name: str, items: int = 50) -> PreviewView:
        """Read both apps and say what a run would do."""
        seen = await instep.syncs.preview(name, items)
        return PreviewView(counts=dict(seen.counts), items=[dict(item) for item in seen.items])

    @routes.post("/{name}/run", status_code=status.HTTP_202_ACCEPTED)
    async def run(name: str) -> SyncView:
        """Make a sync due now."""
        sync = await instep.syncs.request_run(name)
        wake()
        return SyncView.of(sync)

    @routes.post("/{name}/pause")
    async def pause(name: str) -> SyncView:
        """Stop a sync until it is released."""
        return SyncView.of(await instep.syncs.pause(name))

    @routes.post("/{name}/release")
    async def release(name: str) -> SyncView:
        """Let a paused or halted sync go on."""
        sync = await instep.syncs.release(name)
        wake()
        return SyncView.of(sync)

    return routes
