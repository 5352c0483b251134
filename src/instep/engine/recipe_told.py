"""What people are told of a recipe: what it comes to, what it needs, what using it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.core.rules_told import tell
from instep.core.scopes import Needs
from instep.engine.recipe_making import ShownPart
from instep.recipes.pattern import ToldStep
from instep.recipes.recipe import Recipe
from instep.store.syncs import NewSync


@dataclass(frozen=True, slots=True)
class Standing:
    """A connection that a recipe could use: what the recipe needs of it, and what it has."""

    app: str
    connection: str
    needs: Needs


@dataclass(frozen=True, slots=True)
class ShownRecipe:
    """A recipe with what it comes to. `scopes` are by app: scope → what of the recipe needs it."""

    recipe: Recipe
    parts: tuple[ShownPart, ...]
    scopes: Mapping[str, Mapping[str, tuple[str, ...]]]
    standings: tuple[Standing, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        recipe = self.recipe
        return {
            **listed(recipe),
            "about": [*recipe.about],
            "remark": recipe.remark,
            "asks": {name: each.model_dump() for name, each in recipe.asks.items()},
            "syncs": [_part(each) for each in self.parts],
            "steps": [step.as_json() for step in steps(recipe)],
            "sample": dict(recipe.sample),
            "scopes": {
                app: {scope: [*why] for scope, why in needed.items()}
                for app, needed in self.scopes.items()
            },
            "connections": [_standing(each) for each in self.standings],
        }


def steps(recipe: Recipe) -> Sequence[ToldStep]:
    """Return what starts a recipe's flow, and then its steps; nothing where it has none."""
    return [] if recipe.flow is None else [*recipe.flow.told()]


def _part(shown: ShownPart) -> dict[str, Any]:
    part = shown.part.model_dump(mode="json")
    return {**part, "mapping": None if shown.rows is None else [dict(row) for row in shown.rows]}


def _standing(each: Standing) -> dict[str, Any]:
    return {
        "app": each.app,
        "connection": each.connection,
        "needed": {scope: [*why] for scope, why in each.needs.needed.items()},
        "missing": {scope: [*why] for scope, why in each.needs.missing.items()},
        "says": each.needs.sentence,
    }


@dataclass(frozen=True, slots=True)
class MadeSync:
    """One sync that a recipe makes, with its rules in sentences."""

    new: NewSync
    a: str
    b: str
    left_out: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What it keeps equal and by which rules, and which fields were left out."""
        told = tell(self.new.canonical, self.new.mapping, self.new.rules, (self.a, self.b))
        if not self.left_out:
            return told
        names = ", ".join(self.left_out)
        return (*told, f"It leaves out {names}, which one of the two apps does not have.")

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "name": self.new.name,
            "records": self.new.canonical,
            "a": self.a,
            "b": self.b,
            "every_seconds": self.new.every_seconds,
            "mapping": [dict(row) for row in self.new.mapping],
            "left_out": [*self.left_out],
            "words": [*self.words],
        }


@dataclass(frozen=True, slots=True)
class MadeFlow:
    """The flow that a recipe makes: a draft, published only where somebody said so.

    `steps` say what it does. `problems` are what keeps it from being published, `warnings` what a
    person should know before.
    """

    name: str
    document: Mapping[str, Any]
    steps: Sequence[ToldStep]
    problems: Sequence[str]
    warnings: Sequence[str]
    sample: Mapping[str, Any]
    published: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "name": self.name,
            "title": self.document.get("title"),
            "document": dict(self.document),
            "steps": [each.as_json() for each in self.steps],
            "problems": [*self.problems],
            "warnings": [*self.warnings],
            "sample": dict(self.sample),
            "published": self.published,
        }


@dataclass(frozen=True, slots=True)
class Used:
    """What using a recipe made, or would make; `taken` are syncs that were there already."""

    recipe: Recipe
    syncs: tuple[MadeSync, ...]
    taken: tuple[str, ...]
    flow: MadeFlow | None
    lacks: tuple[str, ...]
    dry_run: bool

    @property
    def next(self) -> tuple[str, ...]:
        """The commands that turn it on, parents before their children."""
        verbs = ("preview", "release")
        found = [f"instep sync {verb} {each.new.name}" for each in self.syncs for verb in verbs]
        if self.flow is not None and not self.flow.published:
            found.append(f"instep flow publish {self.flow.name}")
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "recipe": self.recipe.id,
            "dry_run": self.dry_run,
            "syncs": [each.as_json() for each in self.syncs],
            "taken": [*self.taken],
            "flow": None if self.flow is None else self.flow.as_json(),
            "lacks": [*self.lacks],
            "next": [*self.next],
        }


def listed(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as a list shows it to programs."""
    return {
        "id": recipe.id,
        "name": recipe.name,
        "apps": [*recipe.apps],
        "kind": recipe.kind,
        "idea": recipe.idea,
        "what": recipe.what,
        "trigger": recipe.trigger,
        "result": recipe.result,
        "label": recipe.label,
        "parts": [
            {"records": each.records, "direction": each.direction.value, "optional": each.optional}
            for each in recipe.syncs
        ],
    }
