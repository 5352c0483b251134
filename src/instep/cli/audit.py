"""`instep audit …`: what people changed, and whether the log still holds."""

from __future__ import annotations

import csv
import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import FAILED, console, print_json, print_lines, print_table
from instep.cli.session import use
from instep.core.errors import UserError
from instep.core.times import NoTime, instant, read_time
from instep.engine.access.audit import Verified
from instep.engine.access.audit_rows import COLUMNS, row_of
from instep.engine.work import to_ms
from instep.store.audit.entries import Wanted

app = typer.Typer(help="What people changed.", no_args_is_help=True)

Actor = Annotated[str | None, typer.Option(help="Only of this person or token.")]
Noun = Annotated[str | None, typer.Option(help="Only of this kind: sync, connection, user …")]
Object = Annotated[str | None, typer.Option(help="Only of what has this name or id.")]
Since = Annotated[str | None, typer.Option(help="Only from then on: 2026-01-31 or with a time.")]
Until = Annotated[str | None, typer.Option(help="Only before then.")]


@app.command("list")
def list_entries(
    *,
    actor: Actor = None,
    noun: Noun = None,
    object_: Annotated[
        str | None, typer.Option("--object", help="Only of what has this name or id.")
    ] = None,
    since: Since = None,
    until: Until = None,
    text: Annotated[str | None, typer.Option(help="Only with this text anywhere in them.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    before: Annotated[int | None, typer.Option(help="Those before this number.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what people changed, newest first."""
    wanted = Wanted(actor, noun, object_, None, _moment(since), _moment(until), text)
    found = [each.as_json() for each in use(lambda on: on.people.audit.page(wanted, limit, before))]
    if as_json:
        print_json(found)
    elif not found:
        console.print("Nobody has changed anything of this kind.")
    else:
        columns = ("number", "at", "actor", "origin", "act", "noun", "object")
        rows = [(*(each[column] for column in columns), _changed(each)) for each in found]
        print_table("Audit log", (*columns, "changed"), rows, whole=1)


@app.command("export")
def export(
    *,
    actor: Actor = None,
    noun: Noun = None,
    since: Since = None,
    until: Until = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, which is usual.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object in each line.")] = False,
) -> None:
    """Write all entries to standard output, newest first."""
    if as_csv and as_json:
        raise UserError("Choose one of --csv and --json.")
    wanted = Wanted(actor, noun, None, None, _moment(since), _moment(until))

    async def work(instep: Instep) -> None:
        table = csv.writer(sys.stdout)
        if not as_json:
            table.writerow(COLUMNS)
        async for each in instep.people.audit.all(wanted):
            if as_json:
                sys.stdout.write(json.dumps(each.as_json(), ensure_ascii=False) + "\n")
            else:
                table.writerow(row_of(each))

    use(work)


@app.command("verify")
def verify(*, as_json: AsJson = False) -> None:
    """Check every hash of the log; exit code 1 if it was changed."""
    found: Verified = use(lambda instep: instep.people.audit.verify())
    if as_json:
        print_json(found.as_json())
    elif found.broken is None:
        print_lines([f"The {found.entries} entries hold. The last hash is:", found.digest])
    else:
        print_lines([found.broken.sentence, "The log is not as it was written from there on."])
    if found.broken is not None:
        sys.exit(FAILED)


def _changed(entry: dict[str, Any]) -> str:
    """Return the names of what changed, of each object."""
    return "; ".join(filter(None, map(_of_one, entry["changes"])))


def _of_one(change: dict[str, Any]) -> str:
    if "rows" in change:
        return f"{change['noun']}: {change['rows']} rows"
    if "more" in change:
        return f"and {change['more']} more"
    before, after = change["before"], change["after"]
    if before is None:
        return f"{change['noun']} made"
    return f"{change['noun']} taken away" if after is None else ", ".join(after)


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        found = read_time(text)
    except NoTime:
        raise UserError(f"{text!r} is no date: write 2026-01-31 or 2026-01-31T08:00:00Z.") from None
    if not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day, tzinfo=UTC)
    return to_ms(instant(found, None))
