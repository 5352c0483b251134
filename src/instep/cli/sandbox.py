"""`instep sandbox`: the local GoHighLevel and the apps' emulators, on their own ports."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from instep import bootstrap
from instep.cli.ending import ending
from instep.core.errors import UserError
from instep.sandbox import Sandbox, invent, parse_pace
from instep.sandbox.app import SandboxApp
from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.rows import read_people
from instep.settings import load_settings


def sandbox(
    *,
    data: Annotated[Path | None, typer.Option(help="Keep everything in this directory.")] = None,
    contacts: Annotated[int, typer.Option(min=0, help="Invent this many people in each app.")] = 0,
    seed: Annotated[
        int, typer.Option(help="The same seed invents the same people, and the same chaos.")
    ] = 1,
    csv: Annotated[Path | None, typer.Option(help="Load the people of this CSV file.")] = None,
    country: Annotated[str, typer.Option(help="The accounts' country, two letters.")] = "US",
    pace: Annotated[
        str, typer.Option(help="Rate limits: real, fast (ten times), or a factor.")
    ] = "real",
    fault: Annotated[
        list[str] | None, typer.Option(help="Switch a fault on, NAME=…; repeatable.")
    ] = None,
    webhook_url: Annotated[
        str | None, typer.Option(help="Send GoHighLevel's webhooks, of every event, to this URL.")
    ] = None,
    port: Annotated[
        list[str] | None, typer.Option(help="APP=PORT; any free port otherwise.")
    ] = None,
) -> None:
    """Serve the sandbox until Ctrl-C. The first line of output is JSON: what is needed to call it."""
    country = country.strip().upper()
    apps = bootstrap.sandbox_apps(
        data=data,
        pace=_checked_pace(pace),
        country=country,
        seed=seed,
        manifests=load_settings().manifests,
    )
    for app in apps:
        _fill(app, csv, contacts, seed, country)
        for each in fault or []:
            app.faults.switch_on(each)
        if webhook_url is not None and isinstance(app, GoHighLevel):
            app.tell_webhooks_to(webhook_url)
    asyncio.run(_serve(Sandbox(apps, ports=_ports(port or [], apps))))


def _fill(app: SandboxApp, csv: Path | None, contacts: int, seed: int, country: str) -> None:
    if csv is not None:
        rows = read_people(csv, country)
        for line, reason in rows.rejected:
            typer.echo(f"Line {line} was not loaded: {reason}", err=True)
        app.load(rows.people)
    if contacts:
        app.load(invent(contacts, seed=seed, country=country))


def _checked_pace(text: str) -> str:
    try:
        parse_pace(text)
    except ValueError:
        raise UserError(f"--pace takes real, fast or a whole number; not {text!r}.") from None
    return text


def _ports(texts: list[str], apps: list[SandboxApp]) -> dict[str, int]:
    names = {app.name for app in apps}
    ports = {}
    for text in texts:
        name, _, number = text.partition("=")
        if name not in names or not number.isdecimal():
            raise UserError(f"--port takes APP=PORT with one of {', '.join(sorted(names))}.")
        ports[name] = int(number)
    return ports


async def _serve(served: Sandbox) -> None:
    told = ending()
    async with served:
        _say(served.describe())
        await told.wait()


def _say(described: dict[str, Any]) -> None:
    """Print the first line at once: whoever started us reads it to know where we are."""
    typer.echo(json.dumps(described))
