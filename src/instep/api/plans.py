"""Stored plans over REST: their items, and the plan that takes a run back."""

from __future__ import annotations

from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from instep.api.access import OPERATOR, VIEWER
from instep.bootstrap import Instep
from instep.engine.plan_export import PlanExport
from instep.engine.plan_services import Preview
from instep.store.plans import Plan, Wanted

MOST = 1000
"""How many items one page may have."""


NEWEST = 2**63 - 1
"""No row has a greater number."""

Text = Annotated[str | None, Query(max_length=200)]
"""What is looked for in an item's record, fields, values and reasons, whatever its case."""


class PreviewView(BaseModel):
    """A stored plan as it was just made: its id, its counts, and its first items.

    `next` is the `after` of the following page of items; null: these are all.
    """

    plan: str
    counts: dict[str, int]
    items: list[dict[str, Any]]
    next: int | None
    of_run: str | None = None
    write_only: list[str] = []
    """What the sync writes that cannot be read back, in words."""

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """Return the view of a plan just made."""
        return cls(**preview.as_json())


class PlanView(BaseModel):
    """A stored plan: open until somebody approves it, ended once it is carried out."""

    plan: str
    kind: str
    state: str
    of_run: str | None
    counts: dict[str, int]
    person: str | None

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Return the view of a stored plan."""
        return cls(
            plan=plan.id,
            kind=plan.kind,
            state=plan.state,
            of_run=plan.of_run,
            counts=dict(plan.counts),
            person=plan.person,
        )


class ItemList(BaseModel):
    """A page of a plan's items; `next` is the `after` of the following page."""

    items: list[dict[str, Any]]
    next: int | None


def router(instep: Instep) -> APIRouter:
    """Return the routes of plans."""
    routes = APIRouter(prefix="/api", tags=["plans"])

    @routes.get("/plans/{plan}", dependencies=[VIEWER])
    async def show(plan: str) -> PlanView:
        """Show a stored plan."""
        return PlanView.of(await instep.plans.get(plan))

    @routes.get("/plans/{plan}/items", dependencies=[VIEWER])
    async def items(
        plan: str,
        after: Annotated[int, Query(ge=0, le=NEWEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
        what: str | None = None,
        state: str | None = None,
        text: Text = None,
    ) -> ItemList:
        """List a plan's items: of a kind (create, update …), in a state (planned, stale …), with a text."""
        wanted = Wanted(after, limit, what, state, text)
        found, following = await instep.plans.items(plan, wanted)
        return ItemList(items=found, next=following)

    @routes.get(
        "/plans/{plan}/export",
        dependencies=[VIEWER],
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "A line for each field of each item.",
                "content": {"text/csv": {}},
            }
        },
    )
    async def export(plan: str, what: str | None = None, text: Text = None) -> StreamingResponse:
        """Give a plan's items as a CSV file: all, or those of one kind and with a text."""
        made = await PlanExport.open(instep.plans, instep.setup, plan)
        name = f'attachment; filename="{made.file_name}"'
        headers = {"Content-Disposition": name}
        lines = made.lines(Wanted(what=what, text=text))
        return StreamingResponse(lines, media_type="text/csv", headers=headers)

    @routes.post("/runs/{run}/undo", dependencies=[OPERATOR])
    async def undo(run: str, items: Annotated[int, Query(ge=0, le=MOST)] = 50) -> PreviewView:
        """Plan what takes a run back; running the sync with this plan carries it out."""
        return PreviewView.of(await instep.plans.undo(run, items))

    return routes
