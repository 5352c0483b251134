"""A mapping tried on sample values is what a sync would do with them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from instep.core.mapping import rows_of
from instep.core.mapping_trials import Fate, Side, try_rows
from instep.core.records import Field, FieldType
from tests.core.strategies import mappings, texts

NAMES = ("GoHighLevel contacts", "Insightly contacts")


def tried(row, field=None, **samples):
    own = field or Field("city", "c")
    sides = [Side([own], name, "US") for name in NAMES]
    [trial] = try_rows([{"a": own.name, **row}], [samples], *sides)
    return trial


def arrived(trial):
    return [(each.start, each.value, each.there, each.fate) for each in trial.arrivals]


@given(mappings(), texts)
def test_every_mapping_that_can_be_stored_can_be_tried(mapping, text):
    rows = rows_of(mapping)
    sides = (
        Side([each.a for each in mapping.pairs], NAMES[0], "US"),
        Side([each.b for each in mapping.pairs], NAMES[1], "US"),
    )
    trials = try_rows(rows, [{"a": [text], "b": [text]} for _ in rows], *sides)
    assert [each.problem for each in trials] == [None] * len(rows)


def test_a_value_is_shown_as_it_would_be_written():
    row = {"to_b": [{"prefix": "AU-"}]}
    assert arrived(tried(row, a=[" 12 "], b=["AU-7"])) == [
        ("a", " 12 ", "AU-12", Fate.ARRIVES),
        ("b", "AU-7", "7", Fate.ARRIVES),
    ]
    phone = Field("phone", "p", FieldType.PHONE)
    [arrival] = tried({"direction": "to_b"}, phone, a=["(212) 555-0100"], b=["unread"]).arrivals
    assert arrival.there == "+12125550100"


def test_an_unknown_word_does_what_the_value_map_says():
    words = {"value_map": [["open", "Open"]]}
    fates = {
        policy: arrived(tried({**words, "unknown": policy}, a=["lost"]))
        for policy in ("pass", "drop", "refuse")
    }
    assert fates == {
        "pass": [("a", "lost", "lost", Fate.ARRIVES)],
        "drop": [("a", "lost", None, Fate.LEFT)],
        "refuse": [("a", "lost", None, Fate.WAITS)],
    }


@given(st.permutations([{"a": "city"}, {"a": "ctiy"}, {"a": "city"}]))
def test_what_is_wrong_with_one_row_leaves_the_others_be(rows):
    side = Side([Field("city", "c")], NAMES[0], None)
    problems = [each.problem for each in try_rows(rows, [{}, {}, {}], side, side)]
    assert problems.count(None) == 1  # a field goes with one partner, and one is none
    assert sum("Did you mean city?" in each for each in problems if each) == 1
    assert sum("a second time" in each for each in problems if each) == 1
