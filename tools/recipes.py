"""Write the page of the recipes to docs/reference/recipes.md: python -m tools.recipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from instep.connectors import gohighlevel, insightly
from instep.core.scopes import needs
from instep.engine.recipe_making import ShownPart, shown
from instep.engine.recipe_scopes import uses_of, uses_of_flow
from instep.engine.recipe_told import steps
from instep.recipes.pattern import OWN, Pattern
from instep.recipes.reading import every_recipe
from instep.recipes.recipe import OWN_CONNECTOR, TITLES, Ask, Part, Recipe

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "recipes.md"

_CONNECTORS = {"gohighlevel": gohighlevel.connector, "insightly": insightly.connector}

_HEAD = """# Recipes

<!-- Written from the recipes by `python -m tools.recipes`. Change them, not this page. -->

A recipe is a pre-filled sync, several that belong together, or a flow. You pick the connections, look at the
mapping, preview, and turn it on: [how to use a recipe](../how-to/use-a-recipe.md). Commands:
[`recipe list`](cli.md#instep-recipe-list), [`show`](cli.md#instep-recipe-show) and
[`use`](cli.md#instep-recipe-use).

Side A is GoHighLevel. `to_a` is on its way into GoHighLevel, `to_b` out of it, and authority says who wins what
both sides changed. An optional sync comes with `--with`; one that others stand on is made only where there is
none of its kind between the two connections yet. A flow is made as a draft, or published at once with `--publish`;
what it asks is answered by names, as people know them.
"""


def page() -> str:
    """Return the page as it is written: the same text for the same recipes."""
    recipes = list(every_recipe().values())
    parts = [_HEAD, *_index(recipes)]
    for recipe in recipes:
        parts += ["", *_section(recipe)]
    return "\n".join(parts).rstrip() + "\n"


def _index(recipes: Sequence[Recipe]) -> Iterator[str]:
    yield "| recipe | apps | kind | |"
    yield "| --- | --- | --- | --- |"
    for each in recipes:
        words = "idea" if each.idea else ""
        yield f"| [{each.id}](#{each.id}) | {_apps(each)} | {each.kind} | {words} |"


def _apps(recipe: Recipe) -> str:
    return ", ".join(TITLES[each] for each in recipe.apps)


def _section(recipe: Recipe) -> Iterator[str]:
    yield f"## {recipe.id}"
    yield ""
    yield f"**{recipe.name}** ({_apps(recipe)}). {recipe.what}"
    yield ""
    yield f"- When: {recipe.trigger}"
    yield f"- Then: {recipe.result}"
    if recipe.about:
        yield f"- About: {', '.join(recipe.about)}"
    for word, text in (
        ("Label", recipe.label),
        ("Note", recipe.remark),
    ):
        if text:
            yield f"- {word}: {text}"
    for name, ask in recipe.asks.items():
        yield f"- It asks `{name}`: {ask.question}{_usual(ask)}"
    told = [shown(recipe, part, _CONNECTORS) for part in recipe.syncs]
    yield from _scopes(recipe, told)
    for each in told:
        yield ""
        yield from _part(recipe, each)
    if recipe.flow is not None:
        yield ""
        yield from _steps(recipe, recipe.flow)


def _usual(ask: Ask) -> str:
    if ask.default is not None:
        return f" (`{ask.default}` if left out)"
    return " (may be left out)" if ask.optional else ""


def _scopes(recipe: Recipe, told: Sequence[ShownPart]) -> Iterator[str]:
    for app in recipe.apps:
        if app not in OWN_CONNECTOR:
            continue
        of_flow = uses_of_flow(recipe, recipe.flow, app, _CONNECTORS)
        needed = needs([*uses_of(recipe, told, app), *of_flow]).needed
        always = f"the recipe {recipe.id}"
        words = [
            f"`{scope}`" if always in why else f"`{scope}` ({_options(recipe, why)})"
            for scope, why in needed.items()
        ]
        if words:
            yield f"- Scopes of {TITLES[app]}: {', '.join(words)}"


def _options(recipe: Recipe, why: Sequence[str]) -> str:
    return "; ".join(each.removeprefix(f"the recipe {recipe.id} ") for each in why)


def _part(recipe: Recipe, told: ShownPart) -> Iterator[str]:
    part = told.part
    yield f"`{part.name}`, of each {part.records}{_remarks(part)}:"
    yield ""
    if told.rows is None:
        yield "every field that both apps have."
        return
    a, b = (TITLES[each] for each in recipe.apps)
    yield f"| A: {a} | B: {b} | direction | authority | |"
    yield "| --- | --- | --- | --- | --- |"
    for row in told.rows:
        yield f"| {row['a']} | {row['b']} | {row['direction']} | {row['authority']} | {_more(part, row)} |"


def _remarks(part: Part) -> str:
    words = []
    if part.optional:
        words.append(f"optional: `--with {part.name}`")
    if part.ground:
        words.append("others stand on it")
    words += [f"deletes on side {side.upper()}: {policy}" for side, policy in part.deletes.items()]
    words += [f"default {place}: {text}" for place, text in part.defaults.items()]
    return f" ({', '.join(words)})" if words else ""


def _more(part: Part, row: Mapping[str, Any]) -> str:
    return "where both have it" if row["a"] in part.held() else ""


def _steps(recipe: Recipe, flow: Pattern) -> Iterator[str]:
    if flow.name is not None:
        yield f"`{flow.name}`, a flow beside the syncs (optional: `--with {flow.name}`):"
        yield ""
    yield "| step | app | operation | what it does |"
    yield "| --- | --- | --- | --- |"
    for number, step in enumerate(steps(recipe)):
        app = "Instep" if step.app in {None, OWN} else TITLES[str(step.app)]
        operation = f"`{step.operation}`" if step.operation else step.kind.replace("_", "-")
        depth = "· " * step.depth
        yield f"| {depth}{number or 'starts'} | {app} | {operation} | {step.does} |"


if __name__ == "__main__":
    PAGE.write_text(page())
