"""The flow of a recipe, made between a person's connections: a draft, published where they say so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from instep.core.errors import InstepError, UserError
from instep.core.flow.problems import nearest
from instep.engine.flows.names.choices import Choice, Choices
from instep.engine.flows.services import FlowServices
from instep.engine.recipe_told import MadeFlow
from instep.recipes.choosing import check_said
from instep.recipes.pattern import Pattern
from instep.recipes.recipe import Ask, Recipe

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Ends:
    """The connections of a recipe's apps by name, and what a person answered."""

    connections: Mapping[str, str]
    said: Mapping[str, str]


class RecipeFlows:
    """Makes the flows of recipes, in one workspace."""

    def __init__(self, flows: FlowServices, choices: Choices) -> None:
        self._flows = flows
        self._choices = choices

    async def plan(self, recipe: Recipe, pattern: Pattern, ends: Ends, name: str) -> MadeFlow:
        """Return the flow as it would be made; nothing is stored.

        Raises UserError for a name that is taken, for what has to be answered and was not, and for
        a choice there is not; and what an app answers that has to be asked for its choices.
        """
        check_said(recipe, ends.said)
        flow_id = slug(name)
        if any(each.flow.name == flow_id for each in await self._flows.list()):
            raise UserError(
                f"There is a flow called {flow_id!r} already; choose another name: --name NAME"
            )
        answers = {**ends.connections, **await self._answers(recipe, pattern, ends)}
        document = pattern.document(flow_id, recipe.name, answers)
        checked = await self._flows.check(document)
        warnings = [each.sentence for each in checked.problems if each.is_warning]
        problems = [each.sentence for each in checked.errors]
        told = [*pattern.told()]
        return MadeFlow(flow_id, document, told, problems, warnings, recipe.sample)

    async def make(self, recipe: Recipe, made: MadeFlow, *, publish: bool) -> MadeFlow:
        """Store a planned flow as a draft, and publish it if that is wanted. Raises UserError."""
        await self._flows.save(made.document, recipe.id)
        if publish:
            await self._flows.publish(made.name)
        return replace(made, published=publish)

    async def _answers(self, recipe: Recipe, pattern: Pattern, ends: Ends) -> dict[str, Any]:
        """Return an answer for each place; choices as ids. What is missing is told together."""
        answers: dict[str, Any] = {}
        missing = []
        needed = _needed(recipe, pattern)
        for name, ask in recipe.asks.items():
            if name not in needed:
                continue
            said = (ends.said.get(name) or "").strip() or ask.default
            if said is None:
                if not ask.optional:
                    missing.append(await self._question(name, ask, ends, answers))
                answers[name] = None
            else:
                answers[name] = await self._answer(name, ask, said, ends, answers)
        if missing:
            raise UserError(" ".join(missing))
        return answers

    async def _answer(
        self, name: str, ask: Ask, said: str, ends: Ends, answers: Mapping[str, Any]
    ) -> Any:
        if ask.kind == "number":
            if not (said.isascii() and said.isdigit()):
                raise UserError(f"{ask.question} {name} has to be a whole number, not {said!r}.")
            return int(said)
        if ask.kind == "field" and re.fullmatch(r"[a-z][a-z0-9_]*", said) is None:
            raise UserError(f"{ask.question} {name} has to be the name of a field, not {said!r}.")
        if ask.choice is None:
            return said
        return _chosen(name, said, await self._choices_of(ask, ends, answers))

    async def _question(self, name: str, ask: Ask, ends: Ends, answers: Mapping[str, Any]) -> str:
        """Return what is to be said, with the choices as far as the app tells them."""
        there = ""
        if ask.choice is not None:
            try:
                names = [each.name for each in await self._choices_of(ask, ends, answers)]
            except InstepError:
                names = []  # who answers is told what the app says
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            there = f" There are: {', '.join(names[:_SHOWN])}{more}." if names else ""
        return f"{ask.question} Say: --set {name}=VALUE.{there}"

    async def _choices_of(
        self, ask: Ask, ends: Ends, answers: Mapping[str, Any]
    ) -> Sequence[Choice]:
        choice = ask.choice
        if choice is None:
            return []
        given = {
            key: answers.get(text.strip("{}")) if text.startswith("{") else text
            for key, text in choice.given.items()
        }
        inputs = {key: value for key, value in given.items() if value is not None}
        connection = ends.connections[choice.app]
        return await self._choices.all(connection, choice.operation, choice.input, inputs)


def _chosen(name: str, said: str, known: Sequence[Choice]) -> str:
    """Return the id of what a person named, by its name or its id. Raises UserError."""
    if any(each.id == said for each in known):
        return said
    plain = said.casefold()
    found = [each.id for each in known if each.name.strip().casefold() == plain]
    if len(found) == 1:
        return found[0]
    if found:
        ids = " or ".join(found)
        raise UserError(f"{said!r} is the name of {len(found)}. Say which: --set {name}={ids}")
    near = nearest(said, {each.name for each in known})
    raise UserError(f"There is no {said!r} to choose for {name}. {near}")


def _needed(recipe: Recipe, pattern: Pattern) -> set[str]:
    """Return the answers that a flow needs, and those that its choices stand on."""
    needed = pattern.asks()
    for name, ask in reversed(recipe.asks.items()):
        if name in needed and ask.choice is not None:
            needed |= {text.strip("{}") for text in ask.choice.given.values()}
    return needed


def slug(name: str) -> str:
    """Return a name as a flow's id may be: small letters, digits and `_`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
