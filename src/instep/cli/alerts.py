"""`instep alerts`: what is in trouble, and a person's word on it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines, print_table
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
    ends = "until" if past else "left alone"
    columns = ("id", "kind", "of", "since", ends, "what is the matter", "what to do")
    title = "Past alerts" if past else f"Open alerts ({len(found.alerts)} of {found.open})"
    print_table(title, columns, [_row(each.as_json(), past=past) for each in found.alerts])
    if found.next is not None:
        print_lines([f"More: --before {found.next}"])


def _row(told: dict[str, Any], *, past: bool) -> tuple[Any, ...]:
    subject = f"{told['subject']['what']} {told['subject']['name']}"
    ends = told["over_at"] if past else _left_alone(told)
    about = (told["sentence"], told["advice"])
    return (told["id"], told["kind"], subject, told["since"], ends, *about)


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
        print_lines([f"{said['id']}: {_left_alone(said)}."])
