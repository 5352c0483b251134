"""Flows over REST: documents, how they stand, starting and stopping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, status
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER, person
from instep.bootstrap import Instep
from instep.core.errors import UserError
from instep.engine.flows import flow_told
from instep.engine.flows.services import Checked

Name = Annotated[str, Path(description="The flow's name, or its id.")]


class TriggerView(BaseModel):
    """How a trigger fares: when it was last looked at without an error, and last started a run."""

    kind: str
    ok_at: str | None
    item_at: str | None
    failures: int
    wrong: str | None


class FlowView(BaseModel):
    """A flow as a list shows it; `why` says why it is paused.

    `runs` are counted by their state, no further than 10,001, which stands for more.
    """

    name: str
    title: str | None
    state: str
    why: str | None
    version: int | None
    has_draft: bool
    recipe: str | None
    trigger: TriggerView | None
    runs: dict[str, int]
    changed_at: str


class FlowDetail(FlowView):
    """A flow in full; `starts` and `steps` say in words what it does, `steps` a line each."""

    starts: str | None
    steps: list[str]


class FlowDocument(BaseModel):
    """A flow's document, whatever may be wrong with it."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, Any]


class ProblemView(BaseModel):
    """One thing that is wrong: where (counted from one), what, and what to do."""

    place: str
    step: str | None
    what: str
    fix: str
    warning: bool
    sentence: str


class CheckedView(BaseModel):
    """Everything that is wrong with a document. `publishable`: there are warnings at most."""

    publishable: bool
    problems: list[ProblemView]


class SavedView(CheckedView):
    """A draft that was stored, with what is wrong with it so far."""

    flow: FlowDetail


class VersionView(BaseModel):
    """One published version."""

    version: int
    person: str | None
    published_at: str


class Start(BaseModel):
    """What a run is started with."""

    model_config = ConfigDict(extra="forbid")

    item: Any = Field(default_factory=dict)


class Started(BaseModel):
    """A run that was started."""

    run: str


class AddressView(BaseModel):
    """A flow's own address, below this server's. `takes`: it is published with such a trigger."""

    flow: str
    path: str
    takes: bool


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of flows."""
    routes = APIRouter(prefix="/api/flows", tags=["flows"])
    _documents(routes, instep)
    _standing(routes, instep, wake)
    _starting(routes, instep, wake)
    return routes


def _documents(routes: APIRouter, instep: Instep) -> None:
    @routes.get("", dependencies=[VIEWER])
    async def list_flows() -> list[FlowView]:
        """List the flows and how they stand."""
        return [FlowView(**flow_told.listed(each)) for each in await instep.flows.list()]

    @routes.post("/check", dependencies=[OPERATOR])
    async def check(wanted: FlowDocument) -> CheckedView:
        """Say everything that is wrong with a document. It is not stored."""
        return _checked(await instep.flows.check(wanted.document))

    @routes.put("/{name}", dependencies=[OPERATOR])
    async def save(name: Name, wanted: FlowDocument) -> SavedView:
        """Store a document as a flow's draft; a new flow if there is none of this name.

        A draft may be unfinished. Its id has to be the flow's name.
        """
        if wanted.document.get("id") != name:
            raise UserError(f"The document's id has to be {name!r}, as in the address.")
        await instep.flows.save(wanted.document)
        told = _checked(await instep.flows.check(wanted.document))
        return SavedView(flow=await _detail(instep, name), **dict(told))

    @routes.get("/{name}/document", dependencies=[VIEWER])
    async def document(name: Name, version: int | None = None) -> FlowDocument:
        """Return what is worked on: the draft, else the newest version; or one version."""
        return FlowDocument(document=await instep.flows.document(name, version))

    @routes.get("/{name}/versions", dependencies=[VIEWER])
    async def versions(name: Name) -> list[VersionView]:
        """List the published versions, newest first."""
        found = await instep.flows.history(name)
        return [VersionView(**flow_told.published(each)) for each in found]


def _standing(routes: APIRouter, instep: Instep, wake: Callable[[], None]) -> None:
    @routes.get("/{name}", dependencies=[VIEWER])
    async def show(name: Name) -> FlowDetail:
        """Show a flow: how it stands, how its trigger fares, what its steps do."""
        return await _detail(instep, name)

    @routes.post("/{name}/publish", dependencies=[OPERATOR])
    async def publish(name: Name) -> FlowDetail:
        """Publish the draft: from now on it is what new runs carry out."""
        await instep.flows.publish(name, person())
        wake()
        return await _detail(instep, name)

    @routes.post("/{name}/pause", dependencies=[OPERATOR])
    async def pause(name: Name) -> FlowDetail:
        """Carry nothing more out; what arrives meanwhile is kept."""
        await instep.flows.pause(name, person())
        return await _detail(instep, name)

    @routes.post("/{name}/resume", dependencies=[OPERATOR])
    async def resume(name: Name) -> FlowDetail:
        """Let a paused flow go on, with what has arrived meanwhile."""
        await instep.flows.resume(name)
        wake()
        return await _detail(instep, name)

    @routes.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[OPERATOR])
    async def delete(name: Name) -> None:
        """Forget a flow with all its versions and runs."""
        await instep.flows.delete(name)


def _starting(routes: APIRouter, instep: Instep, wake: Callable[[], None]) -> None:
    @routes.post("/{name}/start", status_code=status.HTTP_202_ACCEPTED, dependencies=[OPERATOR])
    async def start(name: Name, wanted: Start) -> Started:
        """Start a run by hand, with an item."""
        key = await instep.flows.start(name, wanted.item, person())
        wake()
        return Started(run=key)

    @routes.get("/{name}/address", dependencies=[OPERATOR])
    async def address(name: Name) -> AddressView:
        """Show the flow's own address: whoever has it can start runs."""
        return _address(await instep.addresses.show(name))

    @routes.post("/{name}/address/renew", dependencies=[OPERATOR])
    async def renew_address(name: Name) -> AddressView:
        """Give the flow another address; the one before is good no more."""
        return _address(await instep.addresses.show(name, new=True))


async def _detail(instep: Instep, name: str) -> FlowDetail:
    return FlowDetail(**flow_told.shown(await instep.flows.get(name)))


def _checked(checked: Checked) -> CheckedView:
    problems = [ProblemView(**flow_told.problem(each)) for each in checked.problems]
    return CheckedView(publishable=not checked.errors, problems=problems)


def _address(told: Any) -> AddressView:
    return AddressView(flow=told.flow, path=told.path, takes=told.takes)
