"""What was written to an app, field by field."""

from __future__ import annotations

import json

from instep.core.person.timeline import Happening, Sight
from instep.core.person.writes import (
    FieldWrites,
    Underway,
    Waits,
    Wrote,
    joined,
    newest_writes,
)
from instep.core.telling import Told


def line(number, at, before, after, person=None):
    why = json.dumps(dict.fromkeys(after, f"reason {number}"))
    said = (json.dumps(before), json.dumps(after), why)
    return Told(number, at, "updated", "a", "app", "Anna", "r1", "l1", None, person, *said)


def test_the_newest_write_of_each_field_counts_in_whatever_order_lines_come():
    lines = [
        line(1, 100, {"city": None, "phone": "1"}, {"city": "Perth", "phone": "2"}),
        line(3, 200, {"city": "Hobart"}, {"city": "Darwin"}, "Mia"),
        line(2, 200, {"city": "Perth"}, {"city": "Hobart"}),
    ]
    for told in (lines, lines[::-1]):
        assert newest_writes(told) == {
            "city": Wrote(200, "Hobart", "reason 3", "Mia"),
            "phone": Wrote(100, "1", "reason 1", None),
        }


def test_what_was_written_and_what_waits_are_told_together():
    wrote = {"city": Wrote(1, None, None, None)}
    waits = {name: Waits(Underway("app", "ready"), "x", None) for name in ("city", "phone")}
    assert joined(wrote, waits) == {
        "city": FieldWrites(wrote["city"], waits["city"]),
        "phone": FieldWrites(None, waits["phone"]),
    }


def test_a_sight_of_kinds_and_apps_holds_what_is_of_both():
    note = Happening("note:1", "note", ("one", "other"), "Called", 1)
    assert Sight().holds(note)
    assert Sight(frozenset({"note"}), frozenset({"other"})).holds(note)
    assert not Sight(frozenset({"task"})).holds(note)
    assert not Sight(connections=frozenset({"third"})).holds(note)
