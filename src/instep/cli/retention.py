"""`instep retention …`: for how many days what is over is kept."""

from __future__ import annotations

from typing import Annotated

import typer

from instep.cli.options import AsJson
from instep.cli.output import print_json, print_lines, print_table
from instep.cli.session import use
from instep.core.errors import UserError
from instep.core.retention import read_what
from instep.engine.retention import Retained

app = typer.Typer(help="For how many days what is over is kept.", no_args_is_help=True)


@app.command("list")
def list_retention(*, as_json: AsJson = False) -> None:
    """List what is kept for some days only."""
    found = [each.as_json() for each in use(lambda instep: instep.retention.list())]
    if as_json:
        print_json(found)
    else:
        columns = ("what", "days", "usual")
        print_table("Retention", columns, [[each[name] for name in columns] for each in found])


@app.command("set")
def set_days(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="runs or sent.")],
    days: Annotated[int | None, typer.Argument(metavar="[DAYS]", help="1 to 3,650.")] = None,
    *,
    usual: Annotated[bool, typer.Option("--usual", help="As the environment says.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep something for so many days; what is older goes with the next sweep, for good."""
    wanted = read_what(what)
    if (days is None) is not usual:
        raise UserError("Say either for how many days, or --usual.")
    told: Retained = use(lambda instep: instep.retention.set(wanted, days))
    if as_json:
        print_json(told.as_json())
    else:
        print_lines([f"{told.what} are kept for {told.days} days from now on."])
