"""Runs of flows over REST: what they did, a person's word on them, and done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER, person
from instep.api.plans import NEWEST
from instep.bootstrap import Instep
from instep.engine.flows.runs.run_services import Meant
from instep.engine.work import to_ms

RunState = Literal["ready", "waiting", "held", "done", "stopped", "dead", "unknown", "cancelled"]
Origin = Literal["event", "poll", "schedule", "manual", "bridge", "replay"]


class FlowRunView(BaseModel):
    """One run of a flow: where it stands and why (`said`), and what started it.

    `waits_for` names the connection that has to be renewed first.
    """

    id: str
    flow: str
    version: int
    origin: str
    state: RunState
    step: str | None
    said: str | None
    waits_for: str | None
    record: str | None
    person: str | None
    replay: str | None
    replayed: int
    copy_of: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None


class FlowRunList(BaseModel):
    """A page of runs, newest first; it may be short. `next` is the `before` of the following one."""

    runs: list[FlowRunView]
    next: int | None


class AttemptView(BaseModel):
    """One try of a step: what it took and gave; no `error` means that it worked, or goes on."""

    number: int
    began_at: str | None
    ended_at: str | None
    error: str | None
    input: Any
    output: Any


class StepView(BaseModel):
    """One step of a run: what it took and gave, masked and cut (`cut` says what is missing)."""

    place: str
    number: int
    kind: str
    title: str | None
    state: str
    input: Any
    output: Any
    cut: str | None
    attempts: list[AttemptView]
    error: str | None
    begun_at: str | None
    ended_at: str | None


class FlowRunDetail(FlowRunView):
    """One run with the item that started it, masked and cut, and its steps in order."""

    item: Any
    cut: str | None
    steps: list[StepView]


class RunsChosen(BaseModel):
    """Which runs: some by their ids, or all that these choose. What is left out chooses all."""

    ids: list[str] = Field(default_factory=list, max_length=1000)
    flow: str | None = None
    states: list[RunState] = Field(default_factory=list, max_length=8)
    origin: Origin | None = None
    since: datetime | None = None
    until: datetime | None = None
    record: str | None = None
    text: str | None = Field(default=None, min_length=1, max_length=200)
    replay: str | None = None

    def meant(self) -> Meant:
        """Return it as the services take it."""
        return Meant(
            flow=self.flow,
            states=tuple(self.states),
            origin=self.origin,
            since=_ms(self.since),
            until=_ms(self.until),
            record=self.record,
            text=self.text,
            replay=self.replay,
            keys=tuple(self.ids),
        )


class RunsAsked(RunsChosen):
    """Which runs are listed, and which page of them."""

    before: int | None = Field(default=None, ge=1, le=NEWEST)
    limit: int = Field(default=50, ge=1, le=1000)


class RunsMeant(RunsChosen):
    """Which runs are changed: some by their ids, or all that these choose."""

    model_config = ConfigDict(extra="forbid")


class ReplayWanted(RunsMeant):
    """Which runs are done again, from where, on which version; those that failed if no states."""

    start: Literal["failed", "start"] = "failed"
    version: Literal["original", "newest"] = "original"

    @property
    def how(self) -> dict[str, bool]:
        """Return how they are done."""
        return {"from_start": self.start == "start", "newest": self.version == "newest"}


class RefusedView(BaseModel):
    """How many runs cannot be done again for one reason."""

    runs: int
    why: str


class ReplayPreview(BaseModel):
    """How many runs a replay would take, and what it could not.

    `actions` are those that the runs have before them, by connection: in all ways of a branch, and
    once for all items of a for-each.
    """

    runs: int
    refused: list[RefusedView]
    actions: dict[str, int]


class ReplayView(BaseModel):
    """How far a replay is: `runs` counts its runs by state, `why` tells the first refusal."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    state: Literal["making", "going", "done", "cancelled"]
    start: Literal["failed", "start"] = Field(validation_alias="from")
    version: Literal["original", "newest"]
    taken: int
    refused: int
    why: str | None
    runs: dict[str, int]
    person: str | None
    made_at: str


class Answer(BaseModel):
    """A person's word on the step in doubt."""

    model_config = ConfigDict(extra="forbid")

    happened: bool


class NumberView(BaseModel):
    """How many runs it was."""

    runs: int


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of runs of flows and their replays."""
    routes = APIRouter(prefix="/api/flow-runs", tags=["runs"])
    _look(routes, instep)
    _replay(routes, instep, wake)
    _change(routes, instep, wake)
    return routes


def _look(routes: APIRouter, instep: Instep) -> None:
    @routes.get("", dependencies=[VIEWER])
    async def list_runs(asked: Annotated[RunsAsked, Query()]) -> FlowRunList:
        """List runs. One page looks through 500 runs for a text or an origin."""
        found = await instep.runs.list(asked.meant(), asked.limit, asked.before)
        return FlowRunList(**found.as_json())

    @routes.get("/counts", dependencies=[VIEWER])
    async def counts(flow: str | None = None) -> dict[str, int]:
        """Count the runs by state."""
        return dict(await instep.runs.counts(flow))


def _replay(routes: APIRouter, instep: Instep, wake: Callable[[], None]) -> None:
    @routes.get("/replays", dependencies=[VIEWER])
    async def list_replays(
        limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    ) -> list[ReplayView]:
        """List the latest replays."""
        return [ReplayView(**each.as_json()) for each in await instep.replays.list(limit)]

    @routes.post("/replays/preview", dependencies=[OPERATOR])
    async def preview(wanted: ReplayWanted) -> ReplayPreview:
        """Say what a replay would do; nothing is changed."""
        found = await instep.replays.preview(wanted.meant(), **wanted.how)
        return ReplayPreview(**found.as_json())

    @routes.post("/replays", dependencies=[OPERATOR])
    async def start(wanted: ReplayWanted) -> ReplayView:
        """Do runs again: from the step that failed, or from the start, each as a run of its own."""
        begun = await instep.replays.start(wanted.meant(), person=person(), **wanted.how)
        wake()
        return ReplayView(**begun.as_json())

    @routes.get("/replays/{replay}", dependencies=[VIEWER])
    async def progress(replay: str) -> ReplayView:
        """Say how far a replay is."""
        return ReplayView(**(await instep.replays.progress(replay)).as_json())

    @routes.post("/replays/{replay}/cancel", dependencies=[OPERATOR])
    async def cancel(replay: str) -> NumberView:
        """Give back the runs of a replay that have not begun again."""
        return NumberView(runs=await instep.replays.cancel(replay))


def _change(routes: APIRouter, instep: Instep, wake: Callable[[], None]) -> None:
    @routes.post("/cancel", dependencies=[OPERATOR])
    async def cancel(wanted: RunsMeant) -> NumberView:
        """End the open runs that are meant: a step that has begun is finished, none begins after."""
        return NumberView(runs=await instep.runs.cancel(wanted.meant(), person()))

    @routes.post("/release", dependencies=[OPERATOR])
    async def release(wanted: RunsMeant) -> NumberView:
        """Let runs go on that wait for a connection to be renewed."""
        released = await instep.runs.release(wanted.meant())
        wake()
        return NumberView(runs=released)

    @routes.get("/{run}", dependencies=[VIEWER])
    async def show(run: str) -> FlowRunDetail:
        """Show one run with its steps."""
        return FlowRunDetail(**(await instep.runs.show(run)).as_json())

    @routes.post("/{run}/answer", dependencies=[OPERATOR])
    async def answer(run: str, said: Answer) -> FlowRunView:
        """Say whether the step in doubt was carried out; the run then goes on."""
        told = await instep.runs.answer(run, person(), happened=said.happened)
        wake()
        return FlowRunView(**told.as_json())


def _ms(when: datetime | None) -> int | None:
    if when is None:
        return None
    return to_ms(when if when.tzinfo is not None else when.replace(tzinfo=UTC))
