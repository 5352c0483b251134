"""`instep sync create|set|show|remove`: what a sync is about and by which rules."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_table
from instep.cli.rule_input import NO_FILTER, read_filters, read_mapping, read_pairs
from instep.cli.session import use
from instep.cli.syncs import Name, as_json_of
from instep.core.errors import NeedsPerson
from instep.core.pairs import SideName
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted
from instep.engine.sync_setup import Shown

_MappingFile = Annotated[Path | None, typer.Option("--mapping", help="A JSON file of field pairs.")]
_Direction = Annotated[
    str | None, typer.Option(help="Which way every field travels: both, to_a or to_b.")
]
_Authority = Annotated[
    str | None, typer.Option(help="Who wins what both sides changed: a, b, newest or ask.")
]
_Fields = Annotated[
    list[str] | None,
    typer.Option("--field", help="One field's direction or authority: email=to_b,newest."),
]
_FilterA = Annotated[
    list[str] | None,
    typer.Option(help=f"Whom it takes of side A: FIELD OPERATOR VALUE, or {NO_FILTER}."),
]
_FilterB = Annotated[list[str] | None, typer.Option(help="The same of side B.")]
_FilterFile = Annotated[
    Path | None, typer.Option("--filter", help='A JSON file of both: {"a": {"any": […]}}.')
]
_Leaving = Annotated[
    str | None,
    typer.Option(help="What becomes of linked records outside the filter: stop, keep or tag."),
]
_DeletesA = Annotated[
    str | None,
    typer.Option(help="What becomes of A's record gone from B: ignore, tag, archive or delete."),
]
_DeletesB = Annotated[str | None, typer.Option(help="The same of B's record gone from A.")]
_Defaults = Annotated[
    list[str] | None,
    typer.Option("--default", help="What a new record gets where it is empty: b.due_at=+1d."),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the group of syncs."""
    app.command("create")(create)
    app.command("set")(change)
    app.command("show")(show)
    app.command("remove")(remove)


def create(
    name: Name,
    *,
    a: Annotated[str, typer.Option(help="The first connection; it has authority by default.")],
    b: Annotated[str, typer.Option(help="The second connection.")],
    records: Annotated[str, typer.Option(help="The kind of record, such as task.")] = "contact",
    mapping: _MappingFile = None,
    direction: _Direction = None,
    authority: _Authority = None,
    field: _Fields = None,
    filter_a: _FilterA = None,
    filter_b: _FilterB = None,
    filter_file: _FilterFile = None,
    leaving: _Leaving = None,
    deletes_a: _DeletesA = None,
    deletes_b: _DeletesB = None,
    default: _Defaults = None,
    every: Annotated[int, typer.Option(help="Minutes between polls, 1 to 15.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Set up a sync of two connections. Nothing is written to them yet."""
    said = Said(
        read_mapping(mapping),
        direction,
        authority,
        read_pairs(field, "--field", "email=to_b"),
        read_filters(filter_a, filter_b, filter_file),
        leaving,
        _deletes(deletes_a, deletes_b),
        read_pairs(default, "--default", "b.due_at=+1d"),
    )
    wanted = Wanted(name, a, b, records, every_seconds=every * 60, said=said)

    async def work(instep: Instep) -> Shown:
        made = await instep.syncs.create(wanted)
        return await instep.setup.show(made.id)

    _print(use(work), as_json=as_json)


def change(
    name: Name,
    *,
    mapping: _MappingFile = None,
    direction: _Direction = None,
    authority: _Authority = None,
    field: _Fields = None,
    filter_a: _FilterA = None,
    filter_b: _FilterB = None,
    filter_file: _FilterFile = None,
    leaving: _Leaving = None,
    deletes_a: _DeletesA = None,
    deletes_b: _DeletesB = None,
    default: _Defaults = None,
    every: Annotated[int | None, typer.Option(help="Minutes between polls, 1 to 15.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change what a sync is about; what is left out stays. The next run goes by the new rules."""
    said = Said(
        read_mapping(mapping),
        direction,
        authority,
        read_pairs(field, "--field", "email=to_b"),
        read_filters(filter_a, filter_b, filter_file),
        leaving,
        _deletes(deletes_a, deletes_b),
        read_pairs(default, "--default", "b.due_at=+1d"),
    )
    seconds = None if every is None else every * 60
    _print(use(lambda instep: instep.setup.change(name, said, seconds)), as_json=as_json)


def _deletes(a: str | None, b: str | None) -> dict[SideName, str]:
    given: dict[SideName, str | None] = {"a": a, "b": b}
    return {side: policy for side, policy in given.items() if policy is not None}


def show(name: Name, *, as_json: AsJson = False) -> None:
    """Say what a sync is about, in words."""
    _print(use(lambda instep: instep.setup.show(name)), as_json=as_json)


def remove(
    name: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a sync with its links and its history. Both apps keep everything."""
    shown = use(lambda instep: instep.setup.show(name))
    if not yes:
        _ask_to_remove(shown)
    use(lambda instep: instep.setup.remove(name))
    if as_json:
        print_json({"removed": shown.sync.name})
    else:
        console.print(f"{shown.sync.name} is removed.", highlight=False, markup=False)


def _ask_to_remove(shown: Shown) -> None:
    why = (
        f"The sync {shown.sync.name} forgets which record of {shown.a} is which of {shown.b}, and "
        "its history."
    )
    if not sys.stdin.isatty():
        raise NeedsPerson(f"{why} Add --yes if you mean it.")
    if not typer.confirm(f"{why}\nRemove it?", err=True):
        raise NeedsPerson("Nothing was removed.")


def _print(shown: Shown, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(shown))
        return
    console.print(f"{shown.sync.name}: {shown.sync.state}", highlight=False, markup=False)
    for sentence in shown.sentences:
        console.print(f"  {sentence}", highlight=False, markup=False, soft_wrap=True)
    if shown.sync.recipe is not None:
        console.print(f"  The recipe {shown.sync.recipe} made it.", highlight=False, markup=False)
    minutes = shown.sync.every_seconds / 60
    console.print(f"  It polls every {minutes:g} minutes.", highlight=False, markup=False)
    print_table(
        "Fields",
        (f"A: {shown.a}", f"B: {shown.b}", "direction", "authority", "more"),
        [_cells(row) for row in shown.sync.mapping],
    )


def _cells(row: Mapping[str, Any]) -> Sequence[Any]:
    plain = ("a", "b", "direction", "authority")
    more = ", ".join(f"{key}: {row[key]}" for key in row if key not in plain and row[key])
    return (*(row[key] for key in plain), more)


def _as_json(shown: Shown) -> dict[str, Any]:
    rules = shown.sync.rules
    return {
        **as_json_of(shown.sync),
        "a": shown.a,
        "b": shown.b,
        "filters": {"a": rules.a.filter, "b": rules.b.filter},
        "leaving": rules.leaving.value,
        "deletes": {"a": rules.a.deletes.value, "b": rules.b.deletes.value},
        "defaults": {"a": dict(rules.a.defaults), "b": dict(rules.b.defaults)},
        "words": list(shown.sentences),
    }
