"""Reads the recipes' files, once; says which file and which place is wrong if one is."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml  # type: ignore[import-untyped]  # PyYAML brings no types
from pydantic import ValidationError

from instep.core.errors import UserError
from instep.recipes.recipe import TITLES, Recipe


@cache
def every_recipe() -> Mapping[str, Recipe]:
    """Return every recipe by its id: those of the apps first, then the ideas.

    Raises UserError for a file that is wrong.
    """
    folder = files(__package__).joinpath("data")
    found = [
        read(each.name, each.read_text(encoding="utf-8"))
        for each in folder.iterdir()
        if each.name.endswith(".yaml")
    ]
    return {each.id: each for each in sorted(found, key=_order)}


def _order(recipe: Recipe) -> tuple[bool, list[int], str]:
    apps = list(TITLES)
    return recipe.idea, [] if recipe.idea else [apps.index(each) for each in recipe.apps], recipe.id


def read(file: str, text: str) -> Recipe:
    """Read the text of one file. Raises UserError that names the file and each wrong place."""
    try:
        data: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or "it cannot be read"
        raise UserError(f"The recipe {file}{where} is no YAML: {why}.") from None
    try:
        recipe = Recipe.model_validate(data)
    except ValidationError as error:
        lines = [_told(each) for each in error.errors(include_url=False)]
        raise UserError(f"The recipe {file} is wrong at {'; '.join(lines)}.") from None
    if file != f"{recipe.id}.yaml":
        raise UserError(f"The recipe {file} has the id {recipe.id!r}; the two have to be the same.")
    return recipe


def _told(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"])) or "its top"
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}"


def get(recipe_id: str) -> Recipe:
    """Return one recipe. Raises UserError that names the nearest ones."""
    known = every_recipe()
    if recipe_id not in known:
        near = difflib.get_close_matches(recipe_id, known, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "instep recipe list shows all."
        raise UserError(f"There is no recipe {recipe_id!r}. {hint}")
    return known[recipe_id]


def of_app(app: str | None) -> list[Recipe]:
    """Return the recipes for an app; all of them for None. Raises UserError for an unknown app."""
    if app is not None and app not in TITLES:
        raise UserError(f"No recipe is for {app!r}. They are for {', '.join(TITLES)}.")
    return [each for each in every_recipe().values() if app is None or app in each.apps]
