"""Runs of all syncs over REST: looked for, one in full, and what taking it back would do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from instep.api.access import VIEWER
from instep.api.history import RunView
from instep.api.plans import MOST
from instep.api.syncs import BrakesView
from instep.bootstrap import Instep
from instep.engine.sync_runs import Meant, RunShown, UndoLook
from instep.engine.work import to_ms

State = Literal["running", "done", "failed", "halted"]


class SyncRunView(RunView):
    """A run and the name of its sync."""

    sync: str


class SyncRunList(BaseModel):
    """A page of runs, newest first; `next` is the `before` of the following page."""

    runs: list[SyncRunView]
    next: str | None


class SyncRunDetail(SyncRunView):
    """One run in full. `brakes` are what its sync allows now; `undone_by` the runs that took it back.

    `undoes` is the run that this one takes back.
    """

    brakes: BrakesView
    undoes: str | None
    undone_by: list[str]

    @classmethod
    def of(cls, shown: RunShown) -> Self:
        """Return the view of a run."""
        return cls(
            **shown.told.as_json(),
            brakes=BrakesView.of(shown.brakes),
            undoes=shown.undoes,
            undone_by=[*shown.undone_by],
        )


class UndoLookView(BaseModel):
    """What taking a run back would do, as its records were last read; nothing is stored.

    `counts` (null on later pages) are of the first `looked_at` records; `is_whole`: of all. Items
    in the state `refused` are left as they are, and so are the fields under `refused`, each with
    its reason. `next` is the `after` of the following page.
    """

    counts: dict[str, int] | None
    looked_at: int
    is_whole: bool
    items: list[dict[str, Any]]
    next: str | None

    @classmethod
    def of(cls, look: UndoLook) -> Self:
        """Return the view of a look."""
        return cls(
            counts=None if look.counts is None else dict(look.counts),
            looked_at=look.looked_at,
            is_whole=look.is_whole,
            items=[dict(each) for each in look.items],
            next=look.next,
        )


class RunsAsked(BaseModel):
    """Which runs are listed, and which page of them. What is left out chooses all."""

    sync: str | None = None
    states: list[State] = Field(default_factory=list, max_length=4)
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None
    limit: int = Field(default=50, ge=1, le=1000)

    def meant(self) -> Meant:
        """Return which runs are meant, as the services take it."""
        return Meant(self.sync, tuple(self.states), _ms(self.since), _ms(self.until))


def router(instep: Instep) -> APIRouter:
    """Return the routes of the runs of all syncs."""
    routes = APIRouter(prefix="/api/runs", tags=["history"])

    @routes.get("", dependencies=[VIEWER])
    async def list_runs(asked: Annotated[RunsAsked, Query()]) -> SyncRunList:
        """List the runs of all syncs, or of one; `since` and `until` are when they began."""
        found = await instep.sync_runs.list(asked.meant(), asked.limit, asked.before)
        following = found[-1].run.id if len(found) == asked.limit else None
        return SyncRunList(runs=[SyncRunView(**each.as_json()) for each in found], next=following)

    @routes.get("/{run}", dependencies=[VIEWER])
    async def show(run: str) -> SyncRunDetail:
        """Show one run, however old it is."""
        return SyncRunDetail.of(await instep.sync_runs.show(run))

    @routes.get("/{run}/undo", dependencies=[VIEWER])
    async def look_at_undo(
        run: str,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> UndoLookView:
        """Say what taking a run back would put back and what it would leave, and why.

        Nothing is stored, and no record is read from an app: `POST` makes the plan that can be
        carried out, of the records as they are then.
        """
        return UndoLookView.of(await instep.sync_runs.look_at_undo(run, limit, after))

    return routes


def _ms(when: datetime | None) -> int | None:
    if when is None:
        return None
    return to_ms(when if when.tzinfo is not None else when.replace(tzinfo=UTC))
