"""What each operator of a condition makes of values: a table of all of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.core.comparing import Situation
from instep.core.conditions import build_conditions, judge
from instep.core.filters import Operator
from instep.core.operators import OPERATORS

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)  # 23:00 in Sydney
LONG = "long  TEXT " * 1_500

# operator, value held, value wanted, whether it is met
CASES = [
    ("eq", " Bad  DOBERAN ", "bad doberan", True),
    ("eq", "straße", "STRASSE", True),
    ("eq", "e\u0301", "é", True),
    ("eq", "Ulm", "Bonn", False),
    ("eq", None, "Ulm", False),
    ("eq", "", "Ulm", False),
    ("eq", 5, "5.0", True),
    ("eq", "007", "7", False),
    ("eq", "007", 7, True),
    ("eq", 0, False, True),
    ("eq", True, "yes", True),
    ("eq", "false", False, True),
    ("eq", True, 1, True),
    ("eq", "maybe", True, False),
    ("eq", ["VIP", "new"], ["New", "vip"], True),
    ("eq", ["vip", "new"], "vip", False),
    ("eq", ["vip"], "VIP", True),
    ("eq", "2026-01-05T10:00:00Z", "2026-01-05T11:00:00+01:00", True),
    ("eq", "2026-01-05", "2026-01-05T00:00:00Z", False),
    ("eq", {"a": 1}, "x", False),
    ("not", "Ulm", "bonn", True),
    ("not", "Ulm", "ULM", False),
    ("not", None, "Ulm", True),
    ("contains", "Bad Doberan", "DOBER", True),
    ("contains", "Ulm", "x", False),
    ("contains", "a b c", ["a", "c"], True),
    ("contains", "a b", ["a", "c"], False),
    ("contains", ["VIP lead", "new"], "vip", False),
    ("contains", ["VIP", "new"], "vip", True),
    ("contains", ["VIP", "new"], ["new", "vip"], True),
    ("contains", ["VIP"], ["new", "vip"], False),
    ("contains", [5, None, 7], 5, True),
    ("contains", 1250, 25, True),
    ("contains", None, "x", False),
    ("contains", {"a": "x"}, "x", False),
    ("not_contains", ["VIP"], "new", True),
    ("not_contains", ["VIP"], "vip", False),
    ("not_contains", None, "vip", True),
    ("starts_with", "+61 412", "+61", True),
    ("starts_with", "0412", "+61", False),
    ("starts_with", ["a"], "a", False),
    ("starts_with", None, "a", False),
    ("ends_with", "ann@Example.com", "@example.COM", True),
    ("ends_with", "ann@example.org", ".com", False),
    ("ends_with", "", "x", False),
    ("in", "ulm", ["Bonn", "ULM"], True),
    ("in", "Berlin", ["Bonn", "Ulm"], False),
    ("in", 5, ["4", "5"], True),
    ("in", None, ["a"], False),
    ("in", LONG, ["x", LONG.lower()], True),
    ("in", LONG, ["x", 5, True], False),
    ("exists", "x", True, True),
    ("exists", 0, True, True),
    ("exists", False, True, True),
    ("exists", " \t", True, False),
    ("exists", [], True, False),
    ("exists", None, False, True),
    ("exists", "x", False, False),
    ("has_any", ["VIP", "x"], ["vip", "new"], True),
    ("has_any", ["x"], ["vip", "new"], False),
    ("has_any", "vip", ["VIP"], True),
    ("has_any", None, ["vip"], False),
    ("has_all", ["VIP", "new", "x"], ["vip", "new"], True),
    ("has_all", ["VIP"], ["vip", "new"], False),
    ("has_all", [], ["vip"], False),
    ("greater", 10, 9, True),
    ("greater", "10", "9", True),
    ("greater", 9, 9, False),
    ("greater", "ten", 9, False),
    ("greater", None, -1, False),
    ("greater", True, 0, False),
    ("less", -1, 0, True),
    ("less", "", 1, False),
    ("less", "2026-01-01", 1, False),
    ("at_least", "1250.50", 1250.5, True),
    ("at_least", 1, 2, False),
    ("at_most", 2, 2, True),
    ("at_most", 3, 2, False),
    ("before", "2026-11-20", "2026-11-21", True),
    ("before", "2026-11-21", "2026-11-21", False),
    ("before", "2026-11-20T23:59:59Z", "2026-11-21", False),  # that day in Sydney
    ("before", "2026-11-20T12:59:59Z", "2026-11-21", True),
    ("before", "2026-11-21T10:00:00", "2026-11-21T00:00:00Z", True),  # 23:00Z the day before
    ("before", None, "2026-11-21", False),
    ("before", "soon", "2026-11-21", False),
    ("before", 5, "2026-11-21", False),
    ("after", "2026-11-22", "2026-11-21T12:59:59Z", True),
    ("after", "2026-11-21", "2026-11-21T01:00:00Z", False),
    ("after", "2026-11-21T13:00:00Z", "2026-11-21", True),
    ("after", "", "2026-11-21", False),
    ("within_last", "2026-11-14T12:00:00Z", "7d", True),
    ("within_last", "2026-11-14T11:59:59Z", "7d", False),
    ("within_last", "2026-11-21T12:00:01Z", "7d", False),
    ("within_last", "2026-11-14", "7d", True),
    ("within_last", "2026-11-13", "7d", False),
    ("within_last", "2026-11-21", "7d", True),
    ("within_last", "2026-11-22", "7d", False),
    ("within_last", "2026-11-21T11:30:00Z", "60min", True),
    ("within_last", None, "7d", False),
    ("within_last", "last week", "7d", False),
    ("within_next", "2026-11-21T12:30:00Z", "1h", True),
    ("within_next", "2026-11-21T11:30:00Z", "1h", False),
    ("within_next", "2026-12-21", "1mo", True),
    ("within_next", "2026-12-22", "1mo", False),
    ("within_next", "", "1mo", False),
]

# operator, value before, value held, value wanted, whether it is met
PAST = [
    ("changed", "a", "b", None, True),
    ("changed", "a", "A", None, True),
    ("changed", "a", "a", None, False),
    ("changed", None, "", None, False),
    ("changed", None, 0, None, True),
    ("changed", 1, 1.0, None, False),
    ("changed", 1, True, None, True),
    ("changed", {"a": 1, "b": 2}, {"b": 2, "a": 1}, None, False),
    ("changed", ["a", "b"], ["b", "a"], None, True),
    ("changed_to", "open", "Won", "won", True),
    ("changed_to", "WON", "won", "won", False),
    ("changed_to", None, "won", "won", True),
    ("changed_to", "open", None, "won", False),
]


def verdict(operator, held, wanted, before=None):
    row = {"field": "v", "operator": operator}
    row |= {} if wanted is None else {"value": wanted}
    conditions = build_conditions({"all": [row]}, "The conditions")
    return judge(conditions, Situation({"v": held}, before, NOW, {"zone": "Australia/Sydney"}))


@pytest.mark.parametrize(("operator", "held", "wanted", "met"), CASES)
def test_an_operator_means_what_it_says(operator, held, wanted, met):
    assert verdict(operator, held, wanted).held is met


@pytest.mark.parametrize(("operator", "before", "held", "wanted", "met"), PAST)
def test_a_change_is_one_from_the_value_before(operator, before, held, wanted, met):
    assert verdict(operator, held, wanted, {"v": before}).held is met
    # of a record that nobody saw before, no change is known
    unknown = verdict(operator, held, wanted)
    assert not unknown.held
    assert "nothing is known of it before" in unknown.sentence


def test_every_operator_has_its_cases_of_both_answers():
    answers = {(each[0], each[-1]) for each in (*CASES, *PAST)}
    assert answers == {(word, met) for word in OPERATORS for met in (True, False)}


def test_a_sync_filters_operators_have_the_same_words_here():
    assert set(Operator) <= set(OPERATORS)
    assert list(OPERATORS)[:3] == ["eq", "not", "contains"]


@pytest.mark.parametrize(
    ("operator", "held", "wanted", "said"),
    [
        ("eq", "Bonn", "Ulm", 'It did not hold: v is "Ulm": no, it is "Bonn".'),
        ("eq", "ulm", "Ulm", 'It held: v is "Ulm" (it is "ulm").'),
        ("greater", "ten", 9, 'v is greater than 9: no, it is "ten", which is no number.'),
        ("greater", 9, "ten", "which cannot be compared: what it is compared with is no number."),
        ("before", "x", "2026-01-01", 'no, it is "x", which is no date and no moment.'),
        ("starts_with", ["a"], "a", 'no, it is "a", which is a list, not a text.'),
        ("within_last", "2020-01-01", "7d", "v is within the last 7d: no, it is"),
        ("exists", None, True, "v is filled: no, it is empty."),
        ("exists", None, False, "It held: v is empty (it is empty)."),
        ("in", "c", ["a", "b"], 'v is one of "a", "b": no, it is "c".'),
    ],
)
def test_a_verdict_says_why(operator, held, wanted, said):
    assert said in verdict(operator, held, wanted).sentence


def test_a_verdict_shows_no_more_of_a_value_than_one_reads():
    assert len(verdict("eq", "x" * 100_000, "y" * 1_000).sentence) < 250


def test_without_a_clock_nothing_is_within_the_last_days():
    conditions = build_conditions(
        {"all": [{"field": "v", "operator": "within_last", "value": "7d"}]}, "The conditions"
    )
    told = judge(conditions, Situation({"v": "2026-11-20"}))
    assert not told.held
    assert "now, which is not known here" in told.sentence
