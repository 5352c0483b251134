"""Syncs over REST; setting them up: `api.sync_setup`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict

from instep.api.access import OPERATOR, VIEWER, person
from instep.api.plans import MOST, PreviewView
from instep.bootstrap import Instep
from instep.core.brakes import Brakes
from instep.store.syncs import Sync


class SyncView(BaseModel):
    """A sync as it is shown; its two connections by their ids."""

    id: str
    name: str
    records: str
    a_connection: str
    b_connection: str
    state: str
    reason: str | None
    why: str | None
    every_seconds: int
    recipe: str | None
    mapping: list[dict[str, Any]]

    @classmethod
    def of(cls, sync: Sync) -> Self:
        """Return the view of a stored sync."""
        return cls(
            id=sync.id,
            name=sync.name,
            records=sync.canonical,
            a_connection=sync.a_connection,
            b_connection=sync.b_connection,
            state=sync.state,
            reason=sync.reason,
            why=sync.sentence,
            every_seconds=sync.every_seconds,
            recipe=sync.recipe,
            mapping=list(sync.mapping),
        )


_USUAL = Brakes()


class BrakesView(BaseModel):
    """How much one run may change before it stops; as `instep.core.brakes.Brakes`."""

    model_config = ConfigDict(extra="forbid")

    min_changes: int
    max_share: float
    per_record_per_hour: int
    min_deletes: int = _USUAL.min_deletes
    max_delete_share: float = _USUAL.max_delete_share

    @classmethod
    def of(cls, brakes: Brakes) -> Self:
        """Return the view of a sync's brakes."""
        return cls(**asdict(brakes))


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of syncs."""
    routes = APIRouter(prefix="/api/syncs", tags=["syncs"])

    @routes.get("", dependencies=[VIEWER])
    async def list_syncs() -> list[SyncView]:
        """List the syncs."""
        return [SyncView.of(each) for each in await instep.syncs.list()]

    @routes.post("/{name}/preview", dependencies=[OPERATOR])
    async def preview(name: str, items: Annotated[int, Query(ge=0, le=MOST)] = 50) -> PreviewView:
        """Read both apps and store what a run would do; nothing is written to them."""
        return PreviewView.of(await instep.plans.preview(name, items))

    @routes.post("/{name}/run", status_code=status.HTTP_202_ACCEPTED, dependencies=[OPERATOR])
    async def run(name: str, plan: str | None = None) -> SyncView:
        """Make a sync due now; with a plan, carry out exactly that one and decide nothing else."""
        if plan is None:
            sync = await instep.syncs.request_run(name, person())
        else:
            sync = await instep.plans.approve(plan, person(), name)
        wake()
        return SyncView.of(sync)

    @routes.post("/{name}/pause", dependencies=[OPERATOR])
    async def pause(name: str) -> SyncView:
        """Stop a sync until it is released."""
        return SyncView.of(await instep.syncs.pause(name))

    @routes.post("/{name}/release", dependencies=[OPERATOR])
    async def release(name: str) -> SyncView:
        """Let a paused or halted sync go on."""
        sync = await instep.syncs.release(name, person())
        wake()
        return SyncView.of(sync)

    @routes.post("/{name}/reread", dependencies=[OPERATOR])
    async def reread(name: str) -> SyncView:
        """Let the next run read both sides completely, not only what changed."""
        await instep.syncs.read_everything_again(name)
        return SyncView.of(await instep.syncs.get(name))

    @routes.get("/{name}/brakes", dependencies=[VIEWER])
    async def show_brakes(name: str) -> BrakesView:
        """Show how much one run may change before it stops."""
        return BrakesView.of((await instep.syncs.get(name)).brakes)

    @routes.put("/{name}/brakes", dependencies=[OPERATOR])
    async def set_brakes(name: str, wanted: BrakesView) -> BrakesView:
        """Change how much one run may change before it stops."""
        await instep.syncs.set_brakes(name, Brakes(**wanted.model_dump()))
        return wanted

    return routes
