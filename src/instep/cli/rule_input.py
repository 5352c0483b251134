"""Read what people type about a sync's rules: files, and NAME=VALUE."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from instep.core.errors import UserError
from instep.core.pairs import SideName
from instep.engine.rule_making import Asked

NO_FILTER = "none"
"""What takes a side's filter away."""


def read_mapping(path: Path | None) -> list[dict[str, Any]] | None:
    """Return the rows of a mapping file. Raises UserError."""
    if path is None:
        return None
    rows = _read_json(path, "mapping")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UserError(f'The mapping file {path} has to be a list such as [{{"a": "email"}}].')
    return rows


def read_filters(
    a: Sequence[str] | None, b: Sequence[str] | None, path: Path | None
) -> dict[SideName, Asked]:
    """Return the filters that were typed, by side. Raises UserError."""
    filters: dict[SideName, Asked] = {}
    if path is not None:
        filters |= _read_filter_file(path)
    lines: dict[SideName, Sequence[str] | None] = {"a": a, "b": b}
    for side, said in lines.items():
        if not said:
            continue
        if side in filters:
            raise UserError(f"The filter of side {side} is given twice: in {path} and in a line.")
        filters[side] = None if [each.lower() for each in said] == [NO_FILTER] else said
    return filters


def _read_filter_file(path: Path) -> dict[SideName, Asked]:
    told = _read_json(path, "filter")
    if not isinstance(told, dict) or not told or told.keys() - {"a", "b"}:
        raise UserError(
            f"The filter file {path} has to name a side or both, such as "
            '{"a": {"all": [{"field": "tags", "operator": "contains", "value": "vip"}]}}.'
        )
    for side, group in told.items():
        if not isinstance(group, dict | None):
            raise UserError(f"The filter file {path} has no group for side {side}, nor null.")
    return told


def _read_json(path: Path, what: str) -> Any:
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise UserError(f"The {what} file {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise UserError(f"The {what} file {path} is no JSON: {error}.") from None


def read_pairs(typed: Sequence[str] | None, option: str, example: str) -> dict[str, str]:
    """Return NAME=VALUE as pairs. Raises UserError that shows `example`."""
    pairs: dict[str, str] = {}
    for each in typed or ():
        name, equals, value = each.partition("=")
        if not name.strip() or not equals:
            raise UserError(f"{option} takes NAME=VALUE, such as {example}; not {each!r}.")
        pairs[name.strip()] = value.strip()
    return pairs
