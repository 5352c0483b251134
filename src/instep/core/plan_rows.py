"""A plan's items as rows of a table: one for each field that would change. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COLUMNS = ("what", "record", "app", "field", "before", "after", "why", "state", "sentence")

Row = Sequence[str | None]


def rows_of_item(item: Mapping[str, Any], ends: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows of an item as a preview tells it; `ends` are the names of the two apps."""
    changes = item.get("changes") or ()
    conflicts = item.get("conflicts") or ()
    for each in changes:
        told = ends.get(each["side"]), each["field"], _told(each["before"]), _told(each["after"])
        yield _row(item, *told, each.get("why"))
    for each in conflicts:
        for side in ("a", "b"):
            yield _row(item, ends[side], each["field"], _told(each[side]), None, "conflict")
    if not changes and not conflicts:
        yield _row(item, None, item.get("matched_by"), None, None, item.get("why"))


def words_of_item(item: Mapping[str, Any]) -> str:
    """Return what an item is found by, in the form it is looked for: record, fields, values, why."""
    rows = [*rows_of_item(item, {"a": "", "b": ""})]
    cells = [cell for row in rows for cell in (row[1], _spoken(row[3]), *row[4:7], row[8])]
    for each in item.get("refused") or ():
        cells += _spoken(each["field"]), each["why"]
    return "\n".join(dict.fromkeys(looked_for(cell) for cell in cells if cell))


def looked_for(text: str) -> str:
    """Return a text as it is looked for: without regard to case and to how many blanks there are."""
    return " ".join(text.replace("\0", "").split()).casefold()


def _spoken(field: str | None) -> str | None:
    return field and field.removeprefix("custom.").replace("_", " ")


def _row(
    item: Mapping[str, Any],
    app: str | None,
    field: str | None,
    *rest: str | None,
) -> Row:
    ending = item.get("state"), item.get("sentence")
    return (item["what"], item.get("record"), app, field, *rest, *ending)


def _told(value: Any) -> str | None:
    """Return a value as a cell; words stand one after another."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
