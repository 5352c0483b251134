"""`instep alerts channel …`: where alerts are told."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from instep.cli.options import AsJson
from instep.cli.output import FAILED, console, print_json, print_lines, print_pairs, print_records
from instep.cli.session import use
from instep.core.errors import UserError
from instep.engine.channel_services import Tried

channels = typer.Typer(help="Where alerts are told.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="CHANNEL", help="The channel's name.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands about channels."""
    app.add_typer(channels, name="channel")


@channels.command("add")
def add(
    name: Name,
    *,
    kind: Annotated[str, typer.Option(help="email, slack, webhook or apprise.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="name=value, repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a channel: every alert is told there from now on, those that are open included."""
    given = dict(map(_split, settings or []))
    made = use(lambda instep: instep.channels.add(name, kind, given)).as_json()
    if as_json:
        print_json(made)
        return
    print_pairs({"channel": made["name"], "leads to": made["leads_to"], **made["made"]})
    if made["made"]:
        print_lines(["The secret is not shown again."])
    print_lines([f"Try it: instep alerts channel test {made['name']}"])


def _split(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        # the text is not repeated: it may be a secret
        raise UserError("A setting is written as name=value.")
    return name.strip(), value


@channels.command("list")
def list_channels(*, as_json: AsJson = False) -> None:
    """List the channels, how their messages stand, and what is wrong with them."""
    found = [each.as_json() for each in use(lambda instep: instep.channels.list())]
    if as_json:
        print_json(found)
    elif not found:
        console.print("There is no channel: alerts are only told by instep alerts.")
    else:
        columns = ("name", "kind", "leads_to", "waiting", "sent", "dead", "problem")
        print_records("Channels", columns, found)


@channels.command("test")
def try_channel(name: Name, *, as_json: AsJson = False) -> None:
    """Send a test message now, and say what the channel answered."""
    tried: Tried = use(lambda instep: instep.channels.test(name))
    if as_json:
        print_json(tried.as_json())
    else:
        print_lines([tried.sentence])
    if not tried.arrived:
        sys.exit(FAILED)


@channels.command("remove")
def remove(name: Name, *, as_json: AsJson = False) -> None:
    """Remove a channel and the messages that wait for it."""
    removed = use(lambda instep: instep.channels.remove(name))
    if as_json:
        print_json({"removed": removed.name})
    else:
        print_lines([f"{removed.name} is told nothing any more."])
