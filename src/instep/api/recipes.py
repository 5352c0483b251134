"""Recipes over REST."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER
from instep.bootstrap import Instep
from instep.engine.recipe_services import Using
from instep.engine.recipe_told import listed


class RecipePartView(BaseModel):
    """What one sync of a recipe keeps equal: of which kind, and which way between the two apps."""

    records: str
    direction: str
    optional: bool


class RecipeView(BaseModel):
    """A recipe as a list shows it. `parts` are its syncs, between the first app and the second."""

    id: str
    name: str
    apps: list[str]
    kind: str
    idea: bool
    what: str
    trigger: str
    result: str
    label: str | None
    parts: list[RecipePartView]


class StandingView(BaseModel):
    """A connection that could be used: the scopes it needs and those it lacks, each with why."""

    app: str
    connection: str
    needed: dict[str, list[str]]
    missing: dict[str, list[str]]
    says: str | None


class RecipeDetail(RecipeView):
    """Everything about a recipe. `scopes` are by app: scope → what of the recipe needs it."""

    about: list[str]
    remark: str | None
    asks: dict[str, dict[str, Any]]
    syncs: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    sample: dict[str, Any]
    scopes: dict[str, dict[str, list[str]]]
    connections: list[StandingView]


class RecipeUse(BaseModel):
    """How a recipe is to be used: connections by app, what is optional, answers by name.

    `publish` lets a flow begin at once; without it a flow is made as a draft.
    """

    model_config = ConfigDict(extra="forbid")

    connections: dict[str, str]
    name: str | None = Field(default=None, min_length=1, max_length=60)
    parts: list[str] = Field(default_factory=list)
    answers: dict[str, str] = Field(default_factory=dict)
    publish: bool = False
    dry_run: bool = False


class PlannedSync(BaseModel):
    """One sync that a recipe makes; `words` says its rules in sentences."""

    name: str
    records: str
    a: str
    b: str
    every_seconds: int
    mapping: list[dict[str, Any]]
    left_out: list[str]
    words: list[str]


class PlannedFlow(BaseModel):
    """The flow that a recipe makes: its document, what it does, and a sample item to try it with.

    `problems` keep it from being published; `warnings` do not.
    """

    name: str
    title: str | None
    document: dict[str, Any]
    steps: list[dict[str, Any]]
    problems: list[str]
    warnings: list[str]
    sample: dict[str, Any]
    published: bool


class UsedView(BaseModel):
    """What using a recipe made, or would make. `taken` are syncs that were there already.

    `lacks` says which scopes the connections lack; `next` are the commands that turn it on.
    """

    recipe: str
    dry_run: bool
    syncs: list[PlannedSync]
    taken: list[str]
    flow: PlannedFlow | None
    lacks: list[str]
    next: list[str]


def router(instep: Instep) -> APIRouter:
    """Return the routes of recipes."""
    routes = APIRouter(prefix="/api/recipes", tags=["recipes"])

    @routes.get("", dependencies=[VIEWER])
    async def list_recipes(app: str | None = None) -> list[RecipeView]:
        """List the recipes, of one app if it is named."""
        return [RecipeView(**listed(each)) for each in instep.recipes.of_app(app)]

    @routes.get("/{recipe_id}", dependencies=[VIEWER])
    async def show(recipe_id: str) -> RecipeDetail:
        """Say what a recipe does, what it needs, and what the connections lack for it."""
        return RecipeDetail(**(await instep.recipes.show(recipe_id)).as_json())

    @routes.post("/{recipe_id}/use", status_code=status.HTTP_201_CREATED, dependencies=[OPERATOR])
    async def use(recipe_id: str, wanted: RecipeUse, response: Response) -> UsedView:
        """Make a recipe's syncs, paused, and its flow, as a draft: all of it or nothing.

        A dry run makes nothing, and answers 200.
        """
        using = Using(wanted.connections, wanted.name, wanted.answers, wanted.parts, wanted.publish)
        used = await instep.recipes.use(recipe_id, using, dry_run=wanted.dry_run)
        if wanted.dry_run:
            response.status_code = status.HTTP_200_OK
        return UsedView(**used.as_json())

    return routes
