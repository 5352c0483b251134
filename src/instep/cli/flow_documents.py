"""`instep flow check|save|publish|document|address`: a flow's document on its way to running."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.flow_input import read_document
from instep.cli.flows import Name
from instep.cli.options import AsJson
from instep.cli.output import WRONG_USE, print_json, print_lines
from instep.cli.person import who
from instep.cli.session import use
from instep.core.flow.problems import Problem
from instep.engine.flows import flow_told
from instep.engine.flows.services import Checked
from instep.engine.flows.triggers.addresses import Address
from instep.settings import load_settings
from instep.store.flows.versions import StoredFlow

File = Annotated[
    str, typer.Argument(metavar="FILE", help="A file of JSON or YAML; - is standard input.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands about documents."""
    app.command("check")(check)
    app.command("save")(save)
    app.command("publish")(publish)
    app.command("document")(document)
    app.command("address")(address)


def check(file: File, *, as_json: AsJson = False) -> None:
    """Say everything that is wrong with a flow in a file. Nothing is stored."""
    wanted = read_document(file)
    checked: Checked = use(lambda instep: instep.flows.check(wanted))
    if as_json:
        problems = [flow_told.problem(each) for each in checked.problems]
        print_json({"publishable": not checked.errors, "problems": problems})
    else:
        print_lines(_sentences(checked.problems) or ["Nothing is wrong with it."])
    if checked.errors:
        raise typer.Exit(WRONG_USE)


def _sentences(problems: Sequence[Problem]) -> list[str]:
    return [f"{'mind: ' if each.is_warning else ''}{each.sentence}" for each in problems]


def save(file: File, *, as_json: AsJson = False) -> None:
    """Store a flow from a file as a draft; it may be unfinished."""
    wanted = read_document(file)

    async def work(instep: Instep) -> tuple[StoredFlow, Checked]:
        return await instep.flows.save(wanted), await instep.flows.check(wanted)

    stored, checked = use(work)
    if as_json:
        problems = [flow_told.problem(each) for each in checked.problems]
        told = {"flow": stored.name, "publishable": not checked.errors, "problems": problems}
        print_json(told)
        return
    print_lines([f"{stored.name}: saved as a draft.", *_sentences(checked.problems)])
    if not checked.errors:
        print_lines([f"Test it: instep flow test {stored.name}"])


def publish(
    name: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A flow's name, or a file to save before.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Publish a flow's draft: from now on it is what new runs carry out."""
    wanted = read_document(name) if is_file(name) else None

    async def work(instep: Instep) -> StoredFlow:
        own = name if wanted is None else (await instep.flows.save(wanted)).name
        return await instep.flows.publish(own, who(instep.settings))

    stored: StoredFlow = use(work)
    if as_json:
        print_json({"flow": stored.name, "version": stored.version, "state": stored.state})
    else:
        print_lines([f"{stored.name}: version {stored.version} is published, {stored.state}."])


def is_file(name: str) -> bool:
    """Whether an argument names a file, and no flow."""
    # a flow's name has neither a point nor a slash
    return name == "-" or any(each in name for each in "./\\")


def document(
    name: Name,
    *,
    version: Annotated[int | None, typer.Option(help="This published version.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print a flow's document: the draft, else the newest version."""
    found: Any = use(lambda instep: instep.flows.document(name, version))
    if as_json:
        print_json(found)
    else:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def address(
    name: Name,
    *,
    new: Annotated[
        bool, typer.Option("--new", help="Make another one; the one before is good no more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the flow's own address: whoever has it can start runs by posting there."""
    settings = load_settings()
    told: Address = use(lambda instep: instep.addresses.show(name, new=new))
    url = f"http://{settings.host}:{settings.port}{told.path}"
    if as_json:
        print_json({"flow": told.flow, "path": told.path, "url": url, "takes": told.takes})
        return
    print_lines([url])
    if not told.takes:
        print_lines(["It takes nothing until a version with the trigger bridge is published."])
