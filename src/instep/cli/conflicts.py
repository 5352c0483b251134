"""`instep conflicts`: what waits for a person, and the person's word on it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from instep.cli.options import AsJson
from instep.cli.output import FAILED, console, print_json, print_table
from instep.cli.person import who
from instep.cli.session import use as use_instep
from instep.core.errors import NeedsPerson, UserError
from instep.core.settlements import settlement
from instep.core.why import Stand, show
from instep.engine.review_services import Group, ReviewList, Told
from instep.settings import load_settings

app = typer.Typer(help="What waits for a person: conflicts and uncertain matches.")

OfSync = Annotated[str | None, typer.Option("--sync", help="Only this sync's.")]


@app.callback(invoke_without_command=True)
def list_conflicts(
    context: typer.Context,
    *,
    sync: OfSync = None,
    limit: Annotated[int, typer.Option(min=1, help="Show so many.")] = 100,
    after: Annotated[
        str | None, typer.Option(help="Go on where a page ended; it says where.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what waits for a person, with both values or the records it may be."""
    if context.invoked_subcommand is not None:
        return
    waiting: ReviewList = use_instep(lambda instep: instep.reviews.list(sync, limit, after))
    if as_json:
        print_json(waiting.as_json())
        return
    if not waiting.total:
        console.print("Nothing waits for a person.")
        return
    print_table(
        f"What waits for a person ({len(waiting.items)} of {waiting.total})",
        ("id", "sync", "record", "stands", "question"),
        [_row(each) for each in waiting.items],
    )
    if waiting.next is not None:
        more = f"More: --after {waiting.next}"
        console.print(more, highlight=False, markup=False, soft_wrap=True)


def _row(told: Told) -> tuple[Any, ...]:
    item = told.as_json()
    return (item["id"], item["sync"], item["record"], item["stands"], _question(item))


def _question(item: dict[str, Any]) -> str:
    if item["fields"]:
        return "\n".join(
            f"{each['field']}: {show(each['a'])} in {_where(item, 'a')}, "
            f"{show(each['b'])} in {_where(item, 'b')}"
            for each in item["fields"]
        )
    candidates = [
        f"{each['id']} {each['record'] or ''}{' (linked)' if each['linked'] else ''}"
        for each in item["candidates"]
    ]
    return "\n".join([item["why"][0], *candidates])


def _where(item: dict[str, Any], side: str) -> str:
    end = item[side]
    return f"{end['connection']} ({end['changed_at'] or 'no time told'})" if end else side


@app.command("resolve")
def resolve(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids from the list, record ids or e-mails.")
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Settle all that waits, as --sync, --stands, --field say.")
    ] = False,
    stands: Annotated[
        Stand | None, typer.Option(help="With --all: only those that stand so.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="With --all: only say how many there are.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --all: do not ask first.")] = False,
    use: Annotated[
        str | None, typer.Option(help="Which values are right: a, b, newest or value=…")
    ] = None,
    match: Annotated[
        str | None, typer.Option(help="The id of the other side's record that it is.")
    ] = None,
    separate: Annotated[
        bool, typer.Option("--separate", help="It is nobody else: create it on the other side.")
    ] = False,
    field: Annotated[str | None, typer.Option(help="Settle this field only.")] = None,
    sync: OfSync = None,
    by: Annotated[str | None, typer.Option(help="Who decides; your user name if left out.")] = None,
    because: Annotated[str | None, typer.Option(help="Why, for the history.")] = None,
    as_json: AsJson = False,
) -> None:
    """Settle records, each wholly or not at all. The next run carries it out."""
    said = settlement(
        by or who(load_settings()),
        use=use,
        match=match,
        separate=separate,
        field=field,
        because=because,
    )
    if everything or stands is not None or preview:
        group = Group(stands, field)
        ids = _all_of(group, sync, named=bool(ids) or match is not None, said_all=everything)
        if preview:
            _say_number(len(ids), as_json=as_json)
            return
        _ask(len(ids), yes=yes)
    elif not ids:
        raise UserError("Say which: ids from instep conflicts, or --all.")
    outcomes = use_instep(lambda instep: instep.reviews.settle(ids, said, sync))
    if as_json:
        print_json([each.as_json() for each in outcomes])
    else:
        for each in outcomes:
            what = each.problem or f"{each.record}: settled; the next run carries it out."
            console.print(f"{each.id}  {what}", highlight=False, markup=False, soft_wrap=True)
    if any(each.problem is not None for each in outcomes):
        raise typer.Exit(FAILED)


def _all_of(group: Group, sync: str | None, *, named: bool, said_all: bool) -> list[str]:
    """Return the ids of all that are meant. Raises UserError where ids are typed as well."""
    if named or not said_all:
        raise UserError(
            "--stands and --preview go with --all, and --all with neither ids nor --match."
        )
    return [*use_instep(lambda instep: instep.reviews.chosen(group, sync))]


def _say_number(number: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"meant": number})
    else:
        console.print(f"{number} would be settled. Nothing was.", highlight=False)


def _ask(number: int, *, yes: bool) -> None:
    if yes or not number:
        return
    what = f"This settles {number} records."
    if not sys.stdin.isatty():
        raise NeedsPerson(f"{what} Add --yes if that is right.")
    if not typer.confirm(f"{what} Go on?", err=True):
        raise NeedsPerson("Nothing was settled.")
