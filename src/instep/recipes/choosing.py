"""What a person chooses about a recipe: what of it is made, and what it asks them. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence

from instep.core.errors import UserError
from instep.recipes.pattern import Pattern
from instep.recipes.recipe import Part, Recipe


def chosen(recipe: Recipe, asked: Collection[str], said: Mapping[str, str]) -> list[Part]:
    """Return the syncs to make, in order, with the person's answers in place.

    `asked` are optional ones by name, `said` the answers. Raises UserError for a name that there
    is not, and for what has to be answered and was not.
    """
    for name in asked:
        if name not in recipe.options:
            raise UserError(
                f"The recipe {recipe.id} has no {name!r} to add{_among(name, recipe.options)}"
            )
    parts = [part for part in recipe.syncs if not part.optional or part.name in asked]
    answers = _answers(recipe, parts, said)
    return [part.answered(answers) for part in parts]


def chosen_flow(recipe: Recipe, asked: Collection[str]) -> Pattern | None:
    """Return the flow to make: the recipe's own, or the one beside its syncs if it was asked for."""
    flow = recipe.flow
    return flow if flow is not None and (flow.name is None or flow.name in asked) else None


def check_said(recipe: Recipe, said: Mapping[str, str]) -> None:
    """Check that a person answers nothing which the recipe does not ask. Raises UserError."""
    for name in said:
        if name not in recipe.asks:
            raise UserError(
                f"The recipe {recipe.id} does not ask {name!r}{_among(name, recipe.asks)}"
            )


def _answers(recipe: Recipe, parts: Sequence[Part], said: Mapping[str, str]) -> dict[str, str]:
    check_said(recipe, said)
    needed = {name for part in parts for name in part.asks()}
    answers = {}
    for name, ask in recipe.asks.items():
        answer = said.get(name) or ask.default
        if name in needed and answer is None:
            raise UserError(f"{ask.question} Say: --set {name}=VALUE")
        answers[name] = answer or ""
    return answers


def _among(name: str, known: Iterable[str]) -> str:
    names = list(known)
    if not names:
        return ": it has nothing of the kind."
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there is {', '.join(names)}."
