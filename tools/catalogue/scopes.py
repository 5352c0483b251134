"""The scopes of operations: from their security object, else from the official table of scopes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]
Address = tuple[str, str]
Table = Mapping[Address, frozenset[str]]

_PAGE = "docs/oauth/Scopes.md"
_CALL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (\S+)")


def read_table(folder: Path) -> Table:
    """Return the scopes of the official table by method and path (see `plain`)."""
    table: dict[Address, frozenset[str]] = {}
    for scope, method, path in _rows((folder / _PAGE).read_text()):
        address = (method, plain(path))
        table[address] = table.get(address, frozenset()) | {scope}
    return table


def plain(path: str) -> str:
    """Return a path without the names of its parameters, which table and specs write differently.

    The table also forgets slashes at either end.
    """
    return re.sub(r"{\w+}|:\w+", "*", path).strip("/")


def complete(operation: JsonObject, table: Table) -> None:
    """Give scopes to views that declare none: the table's, else those of the other view."""
    views = operation["views"].values()
    for view in views:
        told = table.get((view["method"], plain(view["path"])))
        if view["scopes"] or not told:
            continue
        view["scopes"] = sorted(told)
        if view["token"] == "none":
            view["token"] = "any"
    known = [view for view in views if view["scopes"]]
    for view in views:
        if known and not view["scopes"]:
            view["scopes"] = known[0]["scopes"]
            if view["token"] == "none":
                view["token"] = known[0]["token"]


def differences(
    folder: Path, operations: list[JsonObject]
) -> dict[str, tuple[list[str], list[str]]]:
    """Return where specs and table name different scopes: id → (the specs', the table's)."""
    table = read_table(folder)
    found = {}
    for operation in operations:
        for view in operation["views"].values():
            told = table.get((view["method"], plain(view["path"])))
            if told and set(view["scopes"]) != told:
                found[operation["id"]] = (view["scopes"], sorted(told))
    return found


def _rows(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield scope, method and path; a row without a scope belongs to the one above."""
    scope = ""
    for line in text.splitlines():
        cells = [cell.replace("&nbsp;", "").strip() for cell in line.strip("|").split("|")]
        if len(cells) < 2 or (set(cells[0]) <= {"-", ":"} and cells[0]):  # noqa: PLR2004 - a table's row
            continue
        scope = cells[0] or scope
        call = _CALL.match(cells[1])
        if call is not None:
            yield scope, call[1], call[2]
