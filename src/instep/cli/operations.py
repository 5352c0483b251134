"""`instep op`: find an operation of GoHighLevel, look at it, call it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from instep import connectors
from instep.bootstrap import Instep
from instep.catalogue import Operation, all_operations, get, products
from instep.catalogue.descriptions import describe, remarks, takes, usual_view
from instep.catalogue.operation import Effect, ViewName
from instep.catalogue.paging import with_size
from instep.catalogue.search import Wanted, find
from instep.cli.operation_input import read_arguments
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_pairs, print_table
from instep.cli.session import configure_logging, use
from instep.core.errors import NeedsPerson, UserError
from instep.engine.operation_services import (
    APP,
    Line,
    Prepared,
    call_all,
    call_once,
    described,
    prepare,
    with_connection,
    with_token,
)

app = typer.Typer(help="GoHighLevel's operations: find one, look at it, call it.")


def _complete_operation(incomplete: str) -> Iterator[str]:
    return (each.id for each in all_operations() if each.id.startswith(incomplete))


def _complete_product(incomplete: str) -> Iterator[str]:
    return (each for each in products() if each.startswith(incomplete))


_Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="An operation's id, such as contacts.create.",
        autocompletion=_complete_operation,
    ),
]


@app.command("list")
def list_operations(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORDS]...", help="What it should be about.")
    ] = None,
    *,
    product: Annotated[
        str | None, typer.Option(help="Only this product's.", autocompletion=_complete_product)
    ] = None,
    kind: Annotated[
        Literal["trigger", "action"] | None, typer.Option(help="Only listed ones of this kind.")
    ] = None,
    effect: Annotated[Effect | None, typer.Option(help="Only what does this much.")] = None,
    listed: Annotated[
        bool, typer.Option("--listed", help="Only the 124 listed triggers and actions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List operations, all of them or those that fit your words, the best first."""
    if product is not None and product not in products():
        raise UserError(f"There is no product {product!r}. There are {', '.join(products())}.")
    found = find(Wanted(words or (), product, kind, effect, listed))
    if as_json:
        print_json([_row(each) for each in found])
        return
    width = max((len(each.id) for each in found), default=0)
    for each in found:
        line = f"{each.id:<{width}}  {each.effect:<11}  {each.title}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if not found:
        console.print("No operation fits. Try fewer words.")


def _row(operation: Operation) -> dict[str, Any]:
    """Return what a list shows of an operation. `name` is null unless it is a listed one."""
    listed = operation.listed
    return {
        "id": operation.id,
        "official": operation.official,
        "title": operation.title,
        "name": listed.name if listed else None,
        "category": listed.category if listed else None,
        "kind": listed.kind if listed else None,
        "product": operation.product,
        "effect": operation.effect,
        "addresses": {view: f"{each.method} {each.path}" for view, each in operation.views.items()},
    }


@app.command("show")
def show(operation_id: _Id, *, as_json: AsJson = False) -> None:
    """Show what an operation takes and answers, and how to call it."""
    operation = get(operation_id)
    told = describe(operation)
    if as_json:
        print_json(told)
        return
    print_pairs({"id": operation.id, "what": operation.title, "effect": operation.effect})
    print_pairs({view: _address(each) for view, each in told["views"].items()})
    print_pairs(remarks(operation))
    taken = [
        (each.name, each.place, "yes" if each.required else "", each.type)
        for each in takes(operation, usual_view(operation))
    ]
    print_table("It takes", ("name", "in", "required", "type"), taken)
    answered = [(each["name"], each["type"]) for each in told["answers"]]
    if answered:
        print_table("It answers", ("name", "type"), answered)
    console.print(told["example"], highlight=False, markup=False, soft_wrap=True)


def _address(told: dict[str, Any]) -> str:
    scopes = ", ".join(told["scopes"]) or "no scope"
    old = ", deprecated" if told["deprecated"] else ""
    version = told["version"] or "any"
    return (
        f"{told['method']} {told['path']} ({told['token']} token, {scopes}, version {version}{old})"
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person wants called, and how."""

    operation: Operation
    view: ViewName
    given: dict[str, Any]
    pages: bool
    most: int | None
    dry_run: bool
    output: Path | None
    as_json: bool


@app.command("call")
def call(
    operation_id: _Id,
    pairs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME=VALUE]...", help="Arguments; @FILE is a file to upload."),
    ] = None,
    *,
    connection: Annotated[
        str | None, typer.Option(help="The connection to use; gohighlevel if left out.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Call this address with a token, without a connection.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="GHL_TOKEN", help="With --url; better set as GHL_TOKEN."),
    ] = None,
    location: Annotated[
        str, typer.Option(envvar="GHL_LOCATION", help="With --url: the location's id.")
    ] = "",
    source: Annotated[
        str | None,
        typer.Option(
            "--input", metavar="FILE", help="A JSON file of arguments; - is standard input."
        ),
    ] = None,
    pages: Annotated[
        bool, typer.Option("--all-pages", help="Follow a list to its end; answer its records.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many records of a list.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the request and send nothing.")
    ] = False,
    version: Annotated[ViewName, typer.Option(help="The view of the API to speak.")] = "v2",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before something is deleted.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write the answer to this file, such as a recording.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Call an operation, with JSON in and out."""
    operation = get(operation_id)
    _check_view(operation, version)
    given = read_arguments(operation, version, pairs or [], source)
    wish = _Wish(
        operation, version, given, pages or limit is not None, limit, dry_run, output, as_json
    )
    if operation.effect == "destructive" and not dry_run and not yes:
        _ask(operation)
    if url is not None:
        answer = asyncio.run(_with_token(wish, url, token, location))
    else:
        answer = use(lambda instep: _with_connection(instep, connection, wish))
    _say(answer, wish)


def _check_view(operation: Operation, version: ViewName) -> None:
    """Refuse what v3 no longer has, and name what took its place."""
    if version == "v3" and [*operation.views] == ["v2"]:
        instead = operation.replaced_by
        hint = f"call {instead}" if instead else "nothing took its place"
        raise UserError(f"{operation.id} was removed in v3: {hint}, or use --version v2.")


def _ask(operation: Operation) -> None:
    if not sys.stdin.isatty():
        raise NeedsPerson(f"{operation.id} takes something away. Add --yes if that is meant.")
    if not typer.confirm(f"{operation.title} takes something away. Go on?", err=True):
        raise NeedsPerson("Nothing was sent.")


async def _with_connection(instep: Instep, name: str | None, wish: _Wish) -> Any:
    line = await with_connection(instep.clients, name)
    if wish.operation.effect != "read" and not wish.dry_run:
        named = {"connection": name or APP, "arguments": sorted(wish.given)}
        await instep.people.audit.note("operation", wish.operation.id, named)
    return await _carry_out(line, wish)


async def _with_token(wish: _Wish, url: str, token: str | None, location: str) -> Any:
    configure_logging("info")
    if not token:
        token = typer.prompt("Token", hide_input=True, err=True)
    async with with_token(connectors.discover(), url, token, location) as line:
        return await _carry_out(line, wish)


async def _carry_out(line: Line, wish: _Wish) -> Any:
    if wish.pages and not wish.dry_run:
        records = call_all(line, wish.operation, wish.view, wish.given, wish.most)
        return [each async for each in records]
    given = with_size(wish.operation, wish.given, wish.most) if wish.pages else wish.given
    prepared: Prepared = prepare(wish.operation, wish.view, given, line.defaults)
    return described(line, prepared.request) if wish.dry_run else await call_once(line, prepared)


def _say(answer: Any, wish: _Wish) -> None:
    """Print what came back: JSON, text, or sound into a file."""
    if wish.output is not None:
        wish.output.write_bytes(answer if isinstance(answer, bytes) else _text(answer).encode())
        answer = {"written": str(wish.output)}
    if isinstance(answer, bytes):
        raise UserError(f"{wish.operation.id} answers sound. Add --output FILE.")
    if wish.as_json:
        print_json(answer)
    else:
        typer.echo(_text(answer))


def _text(answer: Any) -> str:
    return answer if isinstance(answer, str) else json.dumps(answer, indent=2, ensure_ascii=False)
