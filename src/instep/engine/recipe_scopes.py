"""Which scopes a recipe needs of an app: its syncs, and its flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from instep.core.scopes import Use
from instep.engine.flows.actions.offered_operations import OfferedOperations
from instep.engine.flows.actions.operations import APP
from instep.engine.flows.triggers.resource_polls import watched_resources
from instep.engine.recipe_making import ShownPart
from instep.recipes.pattern import Pattern, ToldStep
from instep.recipes.recipe import Part, Recipe
from instep.sdk.connector import Connector

_CATALOGUE = OfferedOperations(frozenset())


def uses_of(recipe: Recipe, parts: Sequence[ShownPart], app: str) -> list[Use]:
    """Return what the syncs of a recipe need of an app, part by part."""
    return [Use(_need(recipe, each.part), each.scopes[app]) for each in parts if app in each.scopes]


def uses_of_flow(
    recipe: Recipe, pattern: Pattern | None, app: str, connectors: Mapping[str, Connector]
) -> list[Use]:
    """Return what a recipe's flow needs of an app that has scopes of its own."""
    if pattern is None or app not in connectors or app not in recipe.apps:
        return []
    scopes = dict.fromkeys(
        scope
        for step in pattern.told()
        if step.app == app and step.operation is not None
        for scope in _scopes(step, connectors[app])
    )
    with_it = f" with {pattern.name}" if pattern.name else ""
    return [Use(f"the recipe {recipe.id}{with_it}", tuple(scopes))]


def _scopes(step: ToldStep, connector: Connector) -> Iterator[str]:
    operation = str(step.operation)
    if step.kind == "event":
        yield from connector.events[operation].scopes
    elif operation in (watched := watched_resources(connector.resources)):
        yield from watched[operation].read_scopes
    elif connector.name == APP:
        yield from _CATALOGUE[operation].scopes


def _need(recipe: Recipe, part: Part) -> str:
    with_it = f" with {part.name}" if part.optional else ""
    return f"the recipe {recipe.id}{with_it}"
