"""`instep flow operations|triggers|choices`: what there is for flows to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_pairs, print_table
from instep.cli.rule_input import read_pairs
from instep.cli.session import use
from instep.engine.flows.offer_told import Found

Connection = Annotated[str, typer.Argument(help="The connection's name.")]
Words = Annotated[
    list[str] | None, typer.Argument(metavar="[WORDS]...", help="What it should be about.")
]
Show = Annotated[
    str | None, typer.Option("--show", metavar="NAME", help="Show this one with its inputs.")
]

_SHOWN = 100


def add_to(app: typer.Typer) -> None:
    """Add the commands about what there is."""
    app.command("operations")(operations)
    app.command("triggers")(triggers)
    app.command("choices")(choices)


def operations(
    connection: Connection, words: Words = None, *, show: Show = None, as_json: AsJson = False
) -> None:
    """List what a step may call over a connection, the best for your words first."""
    if show is not None:
        told = use(lambda instep: instep.offer.operation(connection, show))
        _print_one(told, "output", as_json=as_json)
        return
    _print(use(lambda instep: instep.offer.operations(connection, words or ())), as_json=as_json)


def triggers(
    connection: Connection, words: Words = None, *, show: Show = None, as_json: AsJson = False
) -> None:
    """List what may start a flow at a connection, the best for your words first."""

    async def work(instep: Any) -> Any:
        if show is None:
            return await instep.offer.triggers(connection, words or ())
        known = await instep.offer.triggers(connection)
        how = next((each.how for each in known if each.name == show), "poll")
        return await instep.offer.trigger(connection, how, show)

    found = use(work)
    if show is not None:
        _print_one(found, "item", as_json=as_json)
    else:
        _print(found, as_json=as_json)


def _print(found: Sequence[Found], *, as_json: bool) -> None:
    if as_json:
        print_json([each.as_json() for each in found])
        return
    width = max((len(each.name) for each in found[:_SHOWN]), default=0)
    for each in found[:_SHOWN]:
        line = f"{each.name:<{width}}  {each.how:<11}  {each.title}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if len(found) > _SHOWN:
        console.print(f"And {len(found) - _SHOWN:,} more: add words.", highlight=False)
    if not found:
        console.print("Nothing fits. Try fewer words.")


def _print_one(told: Mapping[str, Any], gives: str, *, as_json: bool) -> None:
    if as_json:
        print_json(dict(told))
        return
    how = told.get("effect") or told.get("how")
    scopes = ", ".join(told["scopes"]) or None
    pairs = {"name": told["name"], "what": told["title"], "how": how, "scopes": scopes}
    print_pairs({name: value for name, value in pairs.items() if value})
    taken = [
        (each["name"], "yes" if each["required"] else "", _kind(each["shape"]), _allowed(each))
        for each in told["inputs"]
    ]
    if taken:
        print_table("It takes", ("name", "required", "type", "may be"), taken)
    given = [(name, _kind(each)) for name, each in told[gives].get("fields", {}).items()]
    if given:
        print_table("It gives", ("name", "type"), given)


def _kind(shape: Mapping[str, Any]) -> str:
    inner = shape.get("items")
    return f"{shape['kind']} of {_kind(inner)}" if inner else shape["kind"]


def _allowed(taken: Mapping[str, Any]) -> str:
    if taken["by_name"]:
        return "given by name: see flow choices"
    return ", ".join(taken["allowed"])


def choices(
    connection: Connection,
    operation: Annotated[str, typer.Argument(help="The operation.")],
    name: Annotated[str, typer.Argument(metavar="INPUT", help="The input.")],
    text: Annotated[str, typer.Argument(help="Some of the name.")] = "",
    *,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--given", metavar="NAME=VALUE", help="Another input that narrows it; repeatable."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what an input may be, by name, as its app has it now."""
    others = read_pairs(given, "--given", "pipelineId=VALUE")
    found = use(lambda i: i.offer.choices(connection, operation, name, others, text))
    if as_json:
        print_json([{"id": each.id, "name": each.name} for each in found])
    elif found:
        print_table(name, ("name", "id"), [(each.name, each.id) for each in found])
    else:
        console.print("Nothing fits, or it is free: whatever you write is taken.")
