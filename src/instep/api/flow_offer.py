"""What there is for flows to use, over REST: all that an editor needs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER
from instep.bootstrap import Instep
from instep.engine.flows.offer_told import How

Words = Annotated[str, Query(max_length=200, description="What it should be about; all words.")]
Limit = Annotated[int, Query(ge=1, le=1000)]


class OfferingView(BaseModel):
    """A connection, and how many operations, polls and events it has for flows."""

    name: str
    app: str | None
    operations: int
    polls: int
    events: int


class FoundView(BaseModel):
    """An operation or a trigger. `how` is its effect (read, write, destructive), or poll or event."""

    name: str
    title: str
    how: str


class InputView(BaseModel):
    """One thing an operation takes. `by_name`: its choices can be asked for, and given by name."""

    name: str
    required: bool
    allowed: list[str]
    by_name: bool
    shape: dict[str, Any]


class OperationView(BaseModel):
    """All that is known of an operation; `output` is the shape of what later steps read."""

    name: str
    title: str
    effect: str
    scopes: list[str]
    inputs: list[InputView]
    output: dict[str, Any]


class TriggerOffered(BaseModel):
    """All that is known of a trigger; `item` is the shape of what the steps read as `trigger`."""

    name: str
    title: str
    how: str
    scopes: list[str]
    inputs: list[InputView]
    item: dict[str, Any]


class ChoiceView(BaseModel):
    """One thing an input may be: what is stored, and what people call it."""

    id: str
    name: str


class ChoicesWanted(BaseModel):
    """Of which input: the others of the step narrow it, `text` is some of the name."""

    model_config = ConfigDict(extra="forbid")

    operation: str
    input: str
    inputs: dict[str, Any] = Field(default_factory=dict)
    text: str = Field(default="", max_length=200)


def router(instep: Instep) -> APIRouter:
    """Return the routes of what is offered."""
    routes = APIRouter(prefix="/api/flow-offer", tags=["flows"])

    @routes.get("", dependencies=[VIEWER])
    async def connections() -> list[OfferingView]:
        """List the connections that flows can use."""
        return [OfferingView(**each) for each in await instep.offer.connections()]

    @routes.get("/{connection}/operations", dependencies=[VIEWER])
    async def operations(connection: str, words: Words = "", limit: Limit = 100) -> list[FoundView]:
        """List what a step may call, the best for these words first."""
        found = await instep.offer.operations(connection, words.split())
        return [FoundView(**each.as_json()) for each in found[:limit]]

    @routes.get("/{connection}/operations/{operation}", dependencies=[VIEWER])
    async def operation(connection: str, operation: str) -> OperationView:
        """Show an operation with its inputs and what it gives."""
        return OperationView(**await instep.offer.operation(connection, operation))

    @routes.get("/{connection}/triggers", dependencies=[VIEWER])
    async def triggers(connection: str, words: Words = "", limit: Limit = 100) -> list[FoundView]:
        """List what may start a flow, the best for these words first."""
        found = await instep.offer.triggers(connection, words.split())
        return [FoundView(**each.as_json()) for each in found[:limit]]

    @routes.get("/{connection}/triggers/{how}/{trigger}", dependencies=[VIEWER])
    async def trigger(connection: str, how: How, trigger: str) -> TriggerOffered:
        """Show a trigger with its inputs and its items."""
        return TriggerOffered(**await instep.offer.trigger(connection, how, trigger))

    @routes.post("/{connection}/choices", dependencies=[OPERATOR])
    async def choices(connection: str, wanted: ChoicesWanted) -> list[ChoiceView]:
        """List what an input may be, by name; empty where it is free. The app is asked."""
        found = await instep.offer.choices(
            connection, wanted.operation, wanted.input, wanted.inputs, wanted.text
        )
        return [ChoiceView(id=each.id, name=each.name) for each in found]

    return routes
