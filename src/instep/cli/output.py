"""How commands speak: a table for people, one JSON value for programs, plain words for errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from instep.core.errors import ConnectionBroken, InstepError, NeedsPerson, SyncHalted, UserError

DONE, FAILED, WRONG_USE, NEEDS_PERSON = 0, 1, 2, 3
"""Exit codes, the same for every command."""

console = Console(emoji=False)  # an id such as syn_1:a:42 is no picture
_errors = Console(stderr=True)


def print_json(value: Any) -> None:
    """Print one JSON value on one line of standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, whole: int = 0
) -> None:
    """Print a table, or that there is nothing. The first `whole` columns are never cut: ids."""
    table = Table(*columns, title=title, title_justify="left")
    for number, column in enumerate(table.columns[:whole]):
        longest = max((len(str(row[number])) for row in rows), default=0)
        column.no_wrap, column.min_width = True, longest
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)


def print_records(title: str, columns: Sequence[str], told: Iterable[Mapping[str, Any]]) -> None:
    """Print a table of these columns of what programs read."""
    heads = [each.replace("_", " ") for each in columns]
    print_table(title, heads, [[each[column] for column in columns] for each in told])


def print_pairs(pairs: Mapping[str, Any]) -> None:
    """Print what belongs together, a line each."""
    width = max(map(len, pairs), default=0)
    for name, value in pairs.items():
        console.print(f"{name:<{width}}  {value}", highlight=False, markup=False)


def print_lines(lines: Iterable[str]) -> None:
    """Print sentences, a line each."""
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def report(error: InstepError, *, as_json: bool) -> int:
    """Say what went wrong in one sentence and return the exit code."""
    code = exit_code(error)
    if as_json:
        print_json({"error": str(error), "kind": type(error).__name__, "exit_code": code})
    else:
        _errors.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
    return code


def exit_code(error: InstepError) -> int:
    """Return the exit code of an error: 2 wrong use, 3 needs a person, 1 anything else."""
    if isinstance(error, (NeedsPerson, SyncHalted, ConnectionBroken)):
        return NEEDS_PERSON
    return WRONG_USE if isinstance(error, UserError) else FAILED
