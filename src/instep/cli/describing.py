"""`instep connector new|check|verify|probe`: describe an app, prove it, have it looked at."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from instep import connectors
from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import (
    DONE,
    FAILED,
    NEEDS_PERSON,
    WRONG_USE,
    console,
    print_json,
    print_pairs,
    print_table,
)
from instep.cli.session import configure_logging, use
from instep.connectors.custom.document import ManifestRefused, Problem, read, told
from instep.connectors.custom.loading import Template, blank_told, judged, loads
from instep.connectors.custom.verifying import Finding
from instep.connectors.custom.verifying import verify as tried
from instep.core.errors import UserError
from instep.engine.manifest_trials import ManifestTrials, Probing, sign_in
from instep.engine.manifests import BLANK
from instep.sdk.clock import SystemClock
from instep.settings import allows_address, load_settings

_HOLDS = {True: "holds", False: "does not", None: "not shown"}


def add_to(app: typer.Typer) -> None:
    """Add the commands about describing an app."""
    app.command("new")(new)
    app.command("check")(check_manifest)
    app.command("verify")(verify)
    app.command("probe")(probe)


def new(
    name: Annotated[str, typer.Argument(help="What to call the app: small letters, digits, - _.")],
    *,
    output: Annotated[
        Path | None, typer.Option(help="Write it there; where Instep looks if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a blank manifest for an app of your own, for you to fill in."""
    folder = load_settings().manifests
    known = connectors.discover(folder)
    if name in known:
        raise UserError(
            f"There is an app called {name!r} already; its manifest, if it has one, is told by "
            f"instep connector show {name} --manifest."
        )
    blank = connectors.manifests(None)[BLANK].read_text(encoding="utf-8")
    text = blank.replace(f"app: {BLANK}\n", f"app: {name}\n")
    found = loads(text, f"{name}.yaml")
    missing = len(found.blanks) if isinstance(found, Template) else 0
    place = _written_new(_place(name, output, folder), text)
    if as_json:
        print_json({"file": str(place), "missing": missing})
    else:
        print_pairs({"blank": str(place), "to complete": missing})


def _place(name: str, output: Path | None, folder: Path | None) -> Path:
    if output is not None:
        return output
    if folder is None:
        raise UserError("There is no directory for manifests; say where with --output FILE.")
    return folder / f"{name}.yaml"


def _written_new(place: Path, text: str) -> Path:
    """Write a file that is not there yet, whole or not at all, and return its place."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UserError(f"{place} is there already; it is not overwritten.") from None
    except OSError as error:
        raise UserError(f"{place} cannot be written: {error.strerror}.") from None
    return place


def check_manifest(
    file: Annotated[Path, typer.Argument(help="The manifest, YAML or JSON.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say everything that is wrong with a manifest, and what is still to be filled in."""
    problems: list[Problem] = []
    blanks: list[Problem] = []
    document = read(file)
    try:
        found = judged(document)
        if isinstance(found, Template):
            blanks = [blank_told(each) for each in found.blanks]
    except ManifestRefused as error:
        problems = error.problems
    code = WRONG_USE if problems else NEEDS_PERSON if blanks else DONE
    if as_json:
        print_json(
            {
                "file": str(file),
                "problems": [asdict(each) for each in problems],
                "missing": [asdict(each) for each in blanks],
                "exit_code": code,
            }
        )
    else:
        for each in [*problems, *blanks]:
            console.print(told(file.name, each), highlight=False, markup=False, soft_wrap=True)
        if not problems and not blanks:
            console.print(
                f"{file.name} is complete, and every entry leads somewhere.", markup=False
            )
    if code:
        raise typer.Exit(code)


def verify(
    connection: Annotated[str, typer.Argument(help="The connection's name.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Ask the app whether what its connector says of it holds. Only reads."""

    async def work(instep: Instep) -> list[Finding]:
        reached = await instep.clients.named(connection)
        trial = tried(reached.connector, reached.account, reached.client)
        return [finding async for finding in trial]

    findings = use(work)
    if as_json:
        print_json([asdict(each) for each in findings])
    else:
        rows = [(each.resource, each.what, _HOLDS[each.holds], each.said) for each in findings]
        print_table(f"Verified: {connection}", ("records", "what", "", "said"), rows)
    if any(each.holds is False for each in findings):
        raise typer.Exit(FAILED)


def probe(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of lists.")],
    *,
    name: Annotated[str, typer.Option(help="What to call the app.")] = "my-app",
    auth: Annotated[
        str, typer.Option(help="bearer, basic (user:password), or header:NAME.")
    ] = "bearer",
    key: Annotated[
        str | None, typer.Option(help="The key; asked for without showing it if left out.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write the manifest to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read samples of an app's lists and propose a manifest for you to confirm. Only reads."""
    sign_in(auth)  # said wrong, it is said so before a key is asked for
    secret = key if key is not None else typer.prompt("Key", hide_input=True, err=True)
    settings = load_settings()
    configure_logging(settings.log_level)
    trials = ManifestTrials(SystemClock(), partial(allows_address, settings))
    text = asyncio.run(trials.probe(Probing(name, urls, auth, secret))).manifest
    if output is not None:
        _write(output, text)
    if as_json:
        print_json({"file": str(output) if output else None, "manifest": text})
    elif output is None:
        typer.echo(text, nl=False)
    else:
        print_pairs({"proposed": str(output), "next": "compare it with the app's documents"})


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error.strerror}.") from None
