"""A plan's item as rows of a table."""

from __future__ import annotations

from instep.core.plan_rows import COLUMNS, rows_of_item

ENDS = {"a": "gohighlevel", "b": "insightly"}


def told(item):
    return [
        {name: cell for name, cell in zip(COLUMNS, row, strict=True) if cell is not None}
        for row in rows_of_item(item, ENDS)
    ]


def test_each_field_that_changes_is_a_row():
    change = {"side": "b", "before": None, "why": "new"}
    item = {
        "what": "create",
        "record": "Ann",
        "changes": [
            {**change, "field": "tags", "after": ["a", "b"]},
            {**change, "field": "dnd", "after": True},
        ],
    }
    assert told(item) == [
        {
            "what": "create",
            "record": "Ann",
            "app": "insightly",
            "why": "new",
            "field": "tags",
            "after": "a, b",
        },
        {
            "what": "create",
            "record": "Ann",
            "app": "insightly",
            "why": "new",
            "field": "dnd",
            "after": "true",
        },
    ]


def test_a_conflict_shows_both_sides_and_an_item_without_fields_is_one_row():
    conflict = {"what": "review", "conflicts": [{"field": "city", "a": "Bonn", "b": "Ulm"}]}
    assert [(row["app"], row["before"]) for row in told(conflict)] == [
        ("gohighlevel", "Bonn"),
        ("insightly", "Ulm"),
    ]
    link = {"what": "link", "record": "Ann", "matched_by": "email", "state": "planned"}
    assert told(link) == [
        {"what": "link", "record": "Ann", "field": "email", "state": "planned"},
    ]
