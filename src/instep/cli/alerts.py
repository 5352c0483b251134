"""`instep alerts`: what is in trouble, and a person's word on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines
from instep.cli.person import who
from instep.cli.session import use
from instep.engine.alert_services import AlertPage, AlertTold
from instep.settings import load_settings

app = typer.Typer(help="What is in trouble, who is told of it, and by which rules.")

Id = Annotated[str, typer.Argument(metavar="ALERT", help="The alert's id, from the list.")]


@app.callback(invoke_without_command=True)
def list_alerts(
    context: typer.Context,
    *,
    past: Annotated[bool, typer.Option("--past", help="Those that are over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many.")] = 50,
    before: Annotated[
        str | None, typer.Option(help="Those before this one: `next` of the page before.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the alerts that are open, newest first."""
    if context.invoked_subcommand is not None:
        return
    found: AlertPage = use(lambda instep: instep.alerts.list(past=past, limit=limit, before=before))
    if as_json:
        print_json(found.as_json())
        return
    if not found.alerts:
        console.print("There are no past alerts." if past else "Nothing is in trouble.")
        return
    title = "Past alerts" if past else f"Open alerts ({len(found.alerts)} of {found.open})"
    print_lines([title, *(line for each in found.alerts for line in _lines(each.as_json()))])
    if found.next is not None:
        print_lines([f"More: --before {found.next}"])


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """Tell an alert in lines: its id, and the command to begin with, stay in one piece."""
    subject = f"{told['subject']['what']} {told['subject']['name']}"
    ended = f", until {told['over_at']}" if told["over_at"] is not None else ""
    yield ""
    yield f"{told['id']}  {told['kind']}: {subject}, since {told['since']}{ended}"
    yield f"  {told['sentence']}"
    if told["over_at"] is not None:
        return
    yield f"  What to do: {told['advice']}"
    if (left_alone := _left_alone(told)) is not None:
        yield f"  Left alone: {left_alone}"


def _left_alone(told: dict[str, Any]) -> str | None:
    if told["acknowledged_by"] is not None:
        return f"known to {told['acknowledged_by']}"
    until = told["snoozed_until"]
    return None if until is None else f"until {until}"


@app.command("snooze")
def snooze(
    alert: Id,
    *,
    until: Annotated[
        str, typer.Option("--until", help="For how long, such as 2h or 3d, or until when.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say nothing of an alert for a while; that it is over is told."""
    _print(use(lambda instep: instep.alerts.snooze(alert, until)), as_json=as_json)


@app.command("acknowledge")
def acknowledge(
    alert: Id,
    *,
    by: Annotated[
        str | None, typer.Option(help="Who knows of it; your user name if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say that you know of an alert: no more reminders, only that it is over."""
    person = by or who(load_settings())

    async def work(instep: Instep) -> AlertTold:
        return await instep.alerts.acknowledge(alert, person)

    _print(use(work), as_json=as_json)


def _print(told: AlertTold, *, as_json: bool) -> None:
    said = told.as_json()
    if as_json:
        print_json(said)
    else:
        print_lines([f"{said['id']} is left alone: {_left_alone(said)}."])
