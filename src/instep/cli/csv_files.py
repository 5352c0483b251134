"""`instep csv import|export`: a file into an app, an app into a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.csv_export import Export, write_out
from instep.cli.csv_import import Asked, Imported, carry_in
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_pairs, print_table
from instep.cli.rule_input import read_pairs
from instep.cli.session import use
from instep.core.errors import UserError

app = typer.Typer(help="CSV files: bring one in, write one out.", no_args_is_help=True)

_SHOWN = 20


@app.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(help="The CSV file.")],
    *,
    to: Annotated[str, typer.Option(help="The connection its rows go to.")],
    records: Annotated[
        str, typer.Option(help="What its rows are: contact or business.")
    ] = "contact",
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help='A column and its field: "Policy=custom.Policy number".'),
    ] = None,
    key: Annotated[str, typer.Option(help="The column that names a row, if it has one.")] = "id",
    tag: Annotated[str | None, typer.Option(help="A tag for every record of the file.")] = None,
    empty: Annotated[
        str, typer.Option(help="What a cell that was emptied since does: keeps or clears.")
    ] = "keeps",
    update_only: Annotated[
        bool, typer.Option("--update-only", help="Create nobody; change who is there.")
    ] = False,
    create_only: Annotated[
        bool, typer.Option("--create-only", help="Change nobody; create who is not there.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the rows that were not taken to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the rows of a file into an app, once: match, show, create and update.

    It is a one-way sync of that file, which rests afterwards: sync undo takes it back.
    """
    if update_only and create_only:
        raise UserError("--update-only and --create-only leave nothing to do; choose one.")
    if empty not in {"keeps", "clears"}:
        raise UserError(f"--empty takes keeps or clears, not {empty!r}.")
    asked = Asked(
        file=file,
        to=to,
        records=records,
        pairs=read_pairs(map_, "--map", '"Policy=custom.Policy number"'),
        key=key,
        tag=tag,
        clears=empty == "clears",
        only="update" if update_only else "create" if create_only else None,
        dry_run=dry_run,
        report=report,
        quiet=as_json,
    )
    done: Imported = use(lambda instep: carry_in(instep, asked))
    if as_json:
        print_json(done.as_json())
    else:
        _show(done)


def _show(done: Imported) -> None:
    for finding in (*done.refused, *done.warnings)[:_SHOWN]:
        console.print(finding.told(), style="yellow", markup=False, highlight=False)
    rows = [
        (each["line"], each["record"], each["result"], _changes(each), each["reason"])
        for each in done.rows[:_SHOWN]
    ]
    title = "What the import would do" if done.dry_run else "What the import did"
    print_table(title, ("line", "record", "result", "changes", "why"), rows)
    if len(done.rows) > _SHOWN:
        console.print(f"… and {len(done.rows) - _SHOWN} more.", markup=False, highlight=False)
    print_pairs({"connection": done.connection, "sync": done.sync, **done.counts})
    if done.unused:
        console.print(
            f"Columns not used: {', '.join(done.unused)}. Name a field for one with --map.",
            markup=False,
            highlight=False,
        )
    if done.dry_run and done.plan is not None:
        console.print(
            "Nothing was written. The same command without --dry-run does it.", markup=False
        )


def _changes(row: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{each['field']}: {each['before']!r} → {each['after']!r}" for each in row["changes"][:5]
    )


@app.command("export")
def write(
    connection: Annotated[str, typer.Argument(help="The connection to read.")],
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    records: Annotated[str, typer.Option(help="The kind of record, such as task.")] = "contact",
    filter_: Annotated[
        list[str] | None,
        typer.Option("--filter", help="Whom to take: FIELD OPERATOR VALUE; repeatable."),
    ] = None,
    fields: Annotated[
        str | None, typer.Option(help="Which fields, between commas; all if left out.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the records of an app to a CSV file, custom fields by their names."""
    wanted = Export(connection, file, records, filter_ or (), _names(fields), force=force)

    async def work(instep: Instep) -> dict[str, Any]:
        return await write_out(instep, wanted)

    told = use(work)
    if as_json:
        print_json(told)
    else:
        print_pairs(told)


def _names(fields: str | None) -> Sequence[str] | None:
    if fields is None:
        return None
    names = [each.strip() for each in fields.split(",") if each.strip()]
    if not names:
        raise UserError("--fields takes names between commas, such as email,first_name.")
    return names
