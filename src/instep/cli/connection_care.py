"""`instep connection`: call a connection something else, or forget it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from instep.cli import run_choice
from instep.cli.options import AsJson
from instep.cli.output import print_json, print_lines
from instep.cli.session import use

app = typer.Typer(help="One connection: rename it, remove it.")

Name = Annotated[str, typer.Argument(help="The connection's name.")]


@app.command("rename")
def rename(
    name: Name,
    new: Annotated[str, typer.Argument(help="What to call it from now on.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give a connection another name; the syncs and flows that use it go on."""
    renamed = use(lambda instep: instep.connections.rename(name, new))
    if as_json:
        print_json({"id": renamed.id, "name": renamed.name})
    else:
        print_lines([f"It is called {renamed.name} now. What uses it goes on."])


@app.command("remove")
def remove(
    name: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget a connection and its credential; refused while a sync or a flow uses it.

    Nothing is changed or deleted at the app itself.
    """
    found = use(lambda instep: instep.connections.removable(name))
    if not yes:
        what = (
            f"This removes the connection {found.name} ({found.connector} {found.account_id}) with "
            "its credential and the webhooks that wait to go out to it. It cannot be brought back."
        )
        can_ask = sys.stdin.isatty() and not as_json
        run_choice.ask(f"{what} Remove it?", "Add --yes if that is right.", can_ask=can_ask)
    use(lambda instep: instep.connections.remove(found.id))
    if as_json:
        print_json({"removed": found.name})
    else:
        print_lines([f"The connection {found.name} is removed, and its credential with it."])
