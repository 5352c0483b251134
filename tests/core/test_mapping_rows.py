"""Directions and authorities of a whole mapping, and of one pair."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from instep.core.mapping import Direction, FieldMapping, Pair
from instep.core.mapping_rows import meaning_changed, reaches, reworded, towards, with_choices
from instep.core.records import Field
from instep.core.rules import Deletes, Leaving, Rules, SideRules
from instep.core.rules_told import tell

ROWS = [
    {"a": "email", "b": "email", "direction": "both", "authority": "a", "clears": False},
    {"a": "city", "b": "town", "direction": "both", "authority": "a", "clears": False},
]


def read_only(name):
    return Field(name, name, readonly=True)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (Direction.BOTH, {"x": "both", "ra": "to_b", "rb": "to_a"}),
        (Direction.TO_B, {"x": "to_b", "ra": "to_b"}),
        (Direction.TO_A, {"x": "to_a", "rb": "to_a"}),
    ],
)
def test_a_direction_takes_along_what_can_go_it(direction, expected):
    mapping = FieldMapping(
        (
            Pair(Field("x", "x"), Field("x", "x")),
            Pair(read_only("ra"), Field("ra", "ra")),
            Pair(Field("rb", "rb"), read_only("rb")),
        )
    )
    assert {p.key: p.direction for p in towards(mapping, direction).pairs} == expected


def test_rows_that_say_something_keep_it():
    rows = with_choices([{"a": "x"}, {"a": "y", "direction": "to_a"}], "to_b", "newest")
    assert [row["direction"] for row in rows] == ["to_b", "to_a"]
    assert {row["authority"] for row in rows} == {"newest"}
    assert with_choices([{"a": "x"}], None, None) == [{"a": "x"}]


def test_all_pairs_and_then_single_ones_are_changed():
    changed = reworded(ROWS, "to_b", None, {"city": "Both, newest"})
    assert [(row["direction"], row["authority"]) for row in changed] == [
        ("to_b", "a"),
        ("both", "newest"),
    ]
    assert ROWS[0]["direction"] == "both"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"emial": "to_b"}, "did you mean email"), ({"email": "up"}, "no direction")],
)
def test_an_unknown_field_or_word_is_refused(fields, sentence):
    with pytest.raises(UserError, match=sentence):
        reworded(ROWS, None, None, fields)


def test_only_pairs_that_compare_something_else_begin_anew():
    assert meaning_changed(ROWS, reworded(ROWS, "to_b", "ask", {})) == set()
    assert meaning_changed(ROWS, [ROWS[0], {**ROWS[1], "b": "city"}]) == {"city"}
    assert meaning_changed(ROWS, [ROWS[0], {**ROWS[1], "to_b": ["upper"]}]) == {"city"}
    assert meaning_changed(ROWS, ROWS[:1]) == meaning_changed(ROWS[:1], ROWS) == {"city"}


def test_a_sync_says_in_sentences_what_it_does():
    row = {"field": "tags", "operator": "contains", "value": ["vip"]}
    rules = Rules(
        SideRules({"all": [row]}),
        SideRules(deletes=Deletes.DELETE, defaults={"due_at": "+1d"}),
        Leaving.TAG,
    )
    said = tell("contact", reworded(ROWS, "to_b", None, {}), rules, ("ghl", "ins"))
    assert said == (
        "It carries each contact from ghl to ins; ghl is never written.",
        "Of ghl it takes only records whose tags contains vip.",
        "A linked record that leaves the filter stays as it is; its partner gets the tag 'left the filter'.",
        "A record of ins whose partner is gone from ghl is deleted.",
        "A record created in ins gets due_at '+1d' if it is empty.",
    )
    assert not reaches(reworded(ROWS, "to_b", None, {}), "a")
