"""`instep recipe list|show|use`: ready-to-use syncs and flows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_pairs, print_table
from instep.cli.rule_input import read_pairs
from instep.cli.session import use as use_instep
from instep.engine.recipe_making import ShownPart
from instep.engine.recipe_services import Using
from instep.engine.recipe_told import MadeFlow, ShownRecipe, Used, listed, steps
from instep.recipes.pattern import OWN, ToldStep
from instep.recipes.reading import every_recipe, of_app
from instep.recipes.recipe import TITLES, Ask, Recipe

app = typer.Typer(help="Recipes: ready-to-use syncs and flows.", no_args_is_help=True)


def _complete_recipe(incomplete: str) -> Iterator[str]:
    return (each for each in every_recipe() if each.startswith(incomplete))


_Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="A recipe's id: see recipe list.", autocompletion=_complete_recipe
    ),
]


@app.command("list")
def list_recipes(
    *,
    for_app: Annotated[
        str | None, typer.Option("--app", help=f"Only this app's: {', '.join(TITLES)}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the recipes, those of the apps first, then the ideas."""
    found = of_app(for_app)
    if as_json:
        print_json([listed(each) for each in found])
        return
    width = max(len(each.id) for each in found)
    for each in found:
        _say(f"{each.id:<{width}}  {each.kind}  {each.what}")


@app.command("show")
def show(recipe_id: _Id, *, as_json: AsJson = False) -> None:
    """Say what a recipe does, what it needs, and what your connections lack for it."""
    told: ShownRecipe = use_instep(lambda instep: instep.recipes.show(recipe_id))
    if as_json:
        print_json(told.as_json())
        return
    _print_head(told.recipe)
    for each in told.parts:
        _print_part(told.recipe, each)
        _say(f"For example: {_sample(each.part.sample)}")
    _print_steps(steps(told.recipe), told.recipe)
    for app_name, needed in told.scopes.items():
        if needed:
            scopes = ", ".join(_scope(recipe_id, *each) for each in needed.items())
            _say(f"It needs these scopes of {TITLES[app_name]}: {scopes}")
    for standing in told.standings:
        _say(
            f"{standing.connection}: {standing.needs.sentence or 'nothing is known to be missing.'}"
        )
    _say(f"Use it: instep recipe use {recipe_id} {_needed(told.recipe)}")


def _needed(recipe: Recipe) -> str:
    """Return what has to be said to use a recipe."""
    ends = [f"--connection {each}=NAME" for each in recipe.apps]
    needed = [
        f"--set {name}=VALUE"
        for name, ask in recipe.asks.items()
        if ask.default is None and not ask.optional
    ]
    return " ".join([*ends, *needed])


def _print_steps(told: Sequence[ToldStep], recipe: Recipe) -> None:
    """Say what a flow does, each step below the one it stands in."""
    if told and recipe.flow is not None and recipe.flow.name is not None:
        _say(f"{recipe.flow.name}: a flow beside the syncs, with --with {recipe.flow.name}")
    for number, step in enumerate(told):
        where = "Instep" if step.app in {None, OWN} else TITLES[str(step.app)]
        called = where if step.operation is None else f"{where} {step.operation}"
        _say(f"{'  ' * step.depth}{number or 'starts'}  {called}: {step.does}")


def _sample(record: Mapping[str, Any]) -> str:
    words = {
        name: ", ".join(value) if isinstance(value, list) else value
        for name, value in record.items()
    }
    return "; ".join(f"{name}: {value}" for name, value in words.items())


def _scope(recipe_id: str, scope: str, why: Sequence[str]) -> str:
    """Return a scope, and the optional sync that alone needs it."""
    always = f"the recipe {recipe_id}" in why
    return scope if always else f"{scope} (for {', '.join(why)})"


def _print_head(recipe: Recipe) -> None:
    pairs = {
        "recipe": recipe.id,
        "what": recipe.what,
        "when": recipe.trigger,
        "then": recipe.result,
        "about": ", ".join(recipe.about),
        "label": recipe.label,
        "note": recipe.remark,
        **{f"asks {name}": _question(each) for name, each in recipe.asks.items()},
    }
    print_pairs({name: value for name, value in pairs.items() if value})


def _question(ask: Ask) -> str:
    if ask.default is not None:
        return f"{ask.question} ({ask.default} if left out)"
    return f"{ask.question} (may be left out)" if ask.optional else ask.question


def _print_part(recipe: Recipe, shown: ShownPart) -> None:
    part = shown.part
    if part.optional:
        extra = f", with --with {part.name}"
    else:
        extra = ", unless there is such a sync already" if part.ground else ""
    title = f"{part.name}: a sync of each {part.records}{extra}"
    if shown.rows is None:
        _say(f"{title}: every field that both apps have")
        return
    a, b = (TITLES[each] for each in recipe.apps)
    columns = (f"A: {a}", f"B: {b}", "direction", "authority", "")
    print_table(title, columns, [_cells(row, part.held()) for row in shown.rows])


def _cells(row: Mapping[str, Any], held: Collection[str]) -> Sequence[Any]:
    where = "where both have it" if row["a"] in held else ""
    return [*(row[name] for name in ("a", "b", "direction", "authority")), where]


@app.command("use")
def use(
    recipe_id: _Id,
    *,
    connection: Annotated[
        list[str] | None,
        typer.Option(help="Which connection is which app's: insightly=NAME; once for each app."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="What the syncs' names begin with, else the other connection's; a flow's name, "
            "else the recipe's."
        ),
    ] = None,
    answers: Annotated[
        list[str] | None,
        typer.Option("--set", help="What the recipe asks, NAME=VALUE; repeatable."),
    ] = None,
    parts: Annotated[
        list[str] | None,
        typer.Option("--with", help="Make this, too, which is optional: tasks; repeatable."),
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Let a flow begin at once; else it is a draft.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything and make nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a recipe's syncs, paused, or its flow, as a draft: all of it or nothing."""
    using = Using(
        read_pairs(connection, "--connection", "insightly=NAME"),
        name,
        read_pairs(answers, "--set", "calendar_id=VALUE"),
        parts or (),
        publish,
    )
    made: Used = use_instep(lambda instep: instep.recipes.use(recipe_id, using, dry_run=dry_run))
    if as_json:
        print_json(made.as_json())
    else:
        _print_used(made)


def _print_used(made: Used) -> None:
    for each in made.syncs:
        state = "would be made" if made.dry_run else "paused"
        _say(f"{each.new.name}: {state}")
        for sentence in each.words:
            _say(f"  {sentence}")
    for taken in made.taken:
        _say(f"{taken}: was there already, and is left as it is")
    if made.flow is not None:
        _print_flow(made.flow, made)
    for sentence in (*made.lacks, *filter(None, [made.recipe.label])):
        _say(sentence)
    if not made.dry_run and made.next:
        _say("Look at each, then let it go, in this order:")
        for command in made.next:
            _say(f"  {command}")


def _print_flow(flow: MadeFlow, made: Used) -> None:
    state = "would be made" if made.dry_run else "published" if flow.published else "a draft"
    _say(f"{flow.name}: {state}")
    _print_steps(flow.steps, made.recipe)
    for problem in flow.problems:
        _say(f"  It cannot be published yet: {problem}")
    for warning in flow.warnings:
        _say(f"  {warning}")


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
