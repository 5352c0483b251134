"""What was written to an app, field by field."""

from __future__ import annotations

import json
from dataclasses import replace

from instep.core.person.timeline import Happening, Sight
from instep.core.person.writes import (
    FieldWrites,
    Refusal,
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


def test_what_was_written_refused_and_waits_is_told_together():
    waits = {"phone": Waits(Underway("app", "ready"), "x", None)}
    wrote = line(1, 100, {"city": None}, {"city": "Perth"})
    refused = line(2, 200, {"city": "Perth", "phone": "1"}, {}, "Mia")
    refused = replace(refused, what="rejected", why="It is too long.")
    told = joined([wrote, refused], waits)
    assert told == {
        "city": FieldWrites(
            Wrote(100, None, "reason 1", None), None, Refusal(200, "It is too long.", "Mia")
        ),
        "phone": FieldWrites(None, waits["phone"]),  # what waits tells its refusal itself
    }
    again = line(3, 300, {"city": "Perth"}, {"city": "Hobart"})
    assert joined([wrote, refused, again], waits)["city"].refused is None


def test_a_sight_of_kinds_and_apps_holds_what_is_of_both():
    note = Happening("note:1", "note", ("one", "other"), "Called", 1)
    assert Sight().holds(note)
    assert Sight(frozenset({"note"}), frozenset({"other"})).holds(note)
    assert not Sight(frozenset({"task"})).holds(note)
    assert not Sight(connections=frozenset({"third"})).holds(note)
