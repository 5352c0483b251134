"""`instep sync history` and `instep sync runs`: what was done, why, by which run, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from instep.cli.options import AsJson
from instep.cli.output import console, print_json
from instep.cli.session import use
from instep.core.telling import Told
from instep.engine.history_services import RunTold
from instep.store.history import Lines

Name = Annotated[str, typer.Argument(help="The sync's name.")]


def history(
    name: Name,
    *,
    run: Annotated[str | None, typer.Option(help="Only what this run did.")] = None,
    record: Annotated[
        str | None, typer.Option(help="Only this record's and its partner's lines, by its id.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many.")] = 50,
    before: Annotated[
        int | None, typer.Option(help="Go on before the line of this number.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what was done to the records of a sync and why, newest first."""
    wanted = Lines(limit, before, run, record)
    lines: Sequence[Told] = use(lambda instep: instep.history.lines(name, wanted))
    more = lines[-1].id if len(lines) == limit else None
    if as_json:
        print_json({"lines": [each.as_json() for each in lines], "next": more})
        return
    for each in lines:
        when = each.as_json()["at"]
        told = f"{when}  {each.sentence}  ({each.run or 'no run'})"
        console.print(told, highlight=False, markup=False, soft_wrap=True)
    if more is not None:
        console.print(f"More: add --before {more}", style="dim")


def runs(
    name: Name,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many.")] = 20,
    before: Annotated[str | None, typer.Option(help="Go on before this run.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the runs of a sync, newest first: what kind, when, what came of it, for whom."""
    found: Sequence[RunTold] = use(lambda instep: instep.history.runs(name, limit, before))
    rows = [each.as_json() for each in found]
    if as_json:
        print_json({"runs": rows, "next": found[-1].id if len(found) == limit else None})
        return
    for row in rows:
        _print_run(row)


def _print_run(row: dict[str, Any]) -> None:
    # a line each and no table: an id that is broken into two cannot be copied
    asked = f" for {row['person']}" if row["person"] else ""
    counts = ", ".join(f"{word} {number}" for word, number in row["counts"].items())
    line = f"{row['id']}  {row['started_at']}  {row['kind']}{asked}: {row['state']}"
    for each in (line, f"  {counts or 'nothing to do'}", f"  {row['said'] or ''}"):
        if each.strip():
            console.print(each, highlight=False, markup=False, soft_wrap=True)
