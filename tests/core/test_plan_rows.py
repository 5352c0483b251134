"""A plan's item as rows of a table."""

from __future__ import annotations

from instep.core.plan_rows import COLUMNS, looked_for, rows_of_item, words_of_item

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


def test_an_item_is_found_by_its_record_fields_values_and_reasons_once_each():
    change = {"side": "b", "field": "first_name", "before": None, "after": "ANN", "why": "new"}
    words = {
        "side": "b",
        "field": "custom.VIP level",
        "before": ["A", "b"],
        "after": "c",
        "why": "new",
    }
    conflict = {"field": "city", "a": "Köln", "b": "Straße"}
    item = {
        "what": "update",
        "record": "Ann\0 \n Smith",
        "a": "id-1",
        "changes": [change, words],
        "conflicts": [conflict],
        "refused": [{"field": "due_at", "why": "Changed since"}],
    }
    told = words_of_item(item).split("\n")
    assert told == [
        "ann smith",
        "first name",
        "ann",
        "new",
        "vip level",
        "a, b",
        "c",
        "city",
        "köln",
        "conflict",
        "strasse",
        "due at",
        "changed since",
    ]
    assert looked_for("  Straße\t9 ") == "strasse 9"
