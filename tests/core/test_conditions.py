"""Conditions: rows of field, operator and value, all or any, over whatever values there are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.comparing import Situation
from instep.core.conditions import (
    MOST_ROWS,
    MOST_WANTED,
    build_conditions,
    check_conditions,
    condition_rows,
    judge,
)
from instep.core.errors import UserError
from instep.core.filters import build_filter
from instep.core.groups import DEEPEST
from instep.core.operators import OPERATORS, Wants
from instep.core.records import Field, FieldType
from instep.core.template import Kind, RenderRefused, Shape

WHERE = "The conditions of step 2"
VALUES = {
    "contact": {"city": "Ulm", "tags": ["vip"], "n": None, "phone": "0412 345 678"},
    "trigger": {"city": "ULM", "cities": ["Bonn", "ulm"], "text": "{{contact.city}}"},
}


def built(raw):
    return build_conditions(raw, WHERE)


def row(field, operator, value):
    return {"field": field, "operator": operator, "value": value}


def held(*rows, **settings):
    return judge(built({"all": list(rows)}), Situation(VALUES, settings=settings)).held


def test_a_field_may_go_through_modifiers_and_a_value_may_be_a_template():
    assert held(row("contact.tags | length", "eq", 1))
    assert held(row("contact.phone | phone", "eq", "+61412345678"), country="AU")
    assert held(row("contact.city", "eq", "{{trigger.city}}"))
    assert held(row("contact.city", "in", ["Bonn", "{{trigger.city | lower}}"]))
    assert held(row("contact.city", "in", "{{trigger.cities}}"))
    assert held(row("contact.tags", "has_any", "{{trigger.cities | default:'vip'}}")) is False


def test_what_a_value_holds_is_no_template():
    assert not held(row("contact.city", "eq", "{{trigger.text}}"))
    assert held(row("trigger.text", "eq", "{{trigger.text}}"))


@pytest.mark.parametrize(
    "operator", ["eq", "contains", "starts_with", "ends_with", "greater", "before"]
)
def test_nothing_is_not_equal_to_nothing(operator):
    """Or two people without an e-mail address would be one."""
    for field in ("contact.n", "contact.city"):
        assert not held(row(field, operator, "{{contact.n}}"))
        assert not held(row(field, operator, "{{contact.nowhere}}"))


flags = st.lists(st.booleans(), min_size=1, max_size=4)


@given(flags, flags)
def test_all_is_all_and_any_is_any_and_the_verdict_names_what_decided(outer, inner):
    def rows(wanted):
        return [row("contact.city", "exists", flag) for flag in wanted]

    def told(raw):
        return judge(built(raw), Situation(VALUES))

    for word, decides in (("all", all), ("any", any)):
        verdict = told({word: rows(outer)})
        assert verdict.held is decides(outer)
        # the rows that are as the verdict is are those that decided it
        assert verdict.sentence.count("contact.city is") == outer.count(verdict.held)
    nested = told({"all": [*rows(outer), {"any": rows(inner)}]})
    assert nested.held is (all(outer) and any(inner))


def test_a_verdict_on_groups_is_told_in_brackets():
    raw = {
        "all": [
            row("contact.tags", "contains", "vip"),
            {"any": [row("contact.city", "eq", "Bonn"), row("contact.n", "exists", True)]},
        ]
    }
    assert judge(built(raw), Situation(VALUES)).sentence == (
        'It did not hold: (contact.city is "Bonn": no, it is "Ulm" and '
        "contact.n is filled: no, it is empty)."
    )
    assert built(raw).sentence() == (
        'contact.tags contains "vip" and (contact.city is "Bonn" or contact.n is filled)'
    )


def test_a_row_may_have_words_of_its_own():
    raw = {"all": [row("contact.city", "eq", "b1") | {"words": "the business is Acme"}]}
    assert judge(built(raw), Situation(VALUES)).sentence == (
        'It did not hold: the business is Acme: no, it is "Ulm".'
    )
    assert condition_rows(built(raw)) == raw


def test_a_modifier_that_fails_is_an_error_of_the_record_not_a_no():
    with pytest.raises(RenderRefused, match="has to be a number"):
        held(row("contact.city | number", "greater", 1))


odd = st.text(st.sampled_from("aAbß ẞİıſΣςé\u0301\u00a0\t"), max_size=5)
texts = odd | st.sampled_from(["Ulm", " bad  DOBERAN", "bad"])
filled = texts.filter(str.strip)
tags = st.lists(filled, min_size=1, max_size=3)


@given(
    st.sampled_from(["eq", "not", "contains", "in", "exists"]),
    st.none() | texts,
    st.data(),
)
def test_a_row_means_the_same_in_a_sync_filter(operator, value, data):
    choice = {"exists": st.booleans(), "in": st.lists(filled, min_size=1, max_size=3)}
    asked = data.draw(choice.get(operator, filled))
    agree(Field("v", "v"), operator, value, asked)


@given(
    st.sampled_from(["eq", "not", "contains", "exists"]),
    st.none() | st.lists(filled, max_size=3),
    st.data(),
)
def test_a_row_about_tags_means_the_same_in_a_sync_filter(operator, value, data):
    asked = data.draw(st.booleans() if operator == "exists" else filled | tags)
    agree(Field("v", "v", FieldType.WORDS), operator, value, asked)


def agree(field, operator, value, asked):
    raw = {"all": [row("v", operator, asked)]}
    by_filter = build_filter(raw, [field], "contacts").matches({"v": value}, None)
    assert judge(built(raw), Situation({"v": value})).held is by_filter


wanted = {
    Wants.ONE: st.sampled_from(["Ulm", "{{trigger.city}}", 5, True, ["a", "{{b}}"]]),
    Wants.SEVERAL: st.sampled_from([["a"], ["{{b}}", 1], "{{trigger.cities}}"]),
    Wants.FLAG: st.booleans(),
    Wants.LENGTH: st.sampled_from(["7d", "+90min", "2 mo"]),
}
fields = st.sampled_from(["contact.city", "contact.tags | first", 'contact["a b"]', "now"])


@st.composite
def rows(draw):
    operator = draw(st.sampled_from(list(OPERATORS.values())))
    made = {"field": draw(fields), "operator": operator.word}
    if operator.wants is Wants.NOTHING:
        return made
    return made | {"value": draw(wanted[operator.wants])}


groups = st.recursive(
    st.fixed_dictionaries({"all": st.lists(rows(), min_size=1, max_size=3)}),
    lambda inner: st.fixed_dictionaries({"any": st.lists(rows() | inner, min_size=1, max_size=3)}),
    max_leaves=6,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
contacts = st.fixed_dictionaries(
    {"contact": st.fixed_dictionaries({"city": anything, "tags": st.lists(anything, max_size=3)})}
)


@given(groups)
def test_conditions_survive_being_stored(raw):
    assert condition_rows(built(raw)) == raw
    assert built(condition_rows(built(raw))) == built(raw)


@given(groups, contacts, st.none() | contacts, st.none() | st.datetimes())
def test_any_values_are_judged(raw, values, before, now):
    told = judge(built(raw), Situation(values, before, now, {"zone": "Europe/Berlin"}))
    assert told.sentence.startswith("It held: " if told.held else "It did not hold: ")


@given(
    st.recursive(
        anything | rows(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["all", "any", "field", "value", "x"]), inner)
        ),
    )
)
def test_anything_else_is_read_or_refused(raw):
    try:
        built(raw)
    except UserError as error:
        said = str(error)
    else:
        return
    assert said.startswith(WHERE)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, 'has to be {"all": […]}'),
        ({"all": []}, "all needs a list"),
        ({"all": [{"operator": "eq"}]}, "all[1] has to be"),
        ({"all": [row("a", "eq", "x") | {"val": 1}]}, "all[1] has 'val'; a condition has field"),
        ({"all": [row(5, "eq", "x")]}, "has a field that is no text"),
        (
            {"all": [row("a", "eq", 1), {"any": [row("a..b", "eq", 1)]}]},
            "all[2].any[1] has a field that is wrong at character 3: a name has to follow",
        ),
        ({"all": [row("{{a}}", "eq", "x")]}, "wrong at character 1"),
        ({"all": [row("a | titel", "eq", "x")]}, "did you mean title?"),
        ({"all": [row("a", "eq", "{{b")]}, "has a value that is wrong at character 1: this {{ is"),
        ({"all": [row("a", "equals", "x")]}, "has an operator that there is not; "),
        ({"all": [row("a", "containz", "x")]}, "did you mean contains?"),
        ({"all": [row("a", [], "x")]}, "there are: after, at_least"),
        ({"all": [row("a", "eq", None)]}, "exists and false"),
        ({"all": [row("a", "eq", " ")]}, "exists and false"),
        ({"all": [row("a", "eq", {"b": 1})]}, "no value to compare with"),
        ({"all": [row("a", "in", "x")]}, "needs a list of values, as the operator is in"),
        ({"all": [row("a", "in", [])]}, "a list of 1 to 1000"),
        ({"all": [row("a", "in", [[]])]}, "no value to compare with"),
        ({"all": [row("a", "in", ["x"] * (MOST_WANTED + 1))]}, "a list of 1 to 1000"),
        ({"all": [row("a", "exists", "no")]}, "no value true or false, as exists needs it"),
        ({"all": [row("a", "changed", "x")]}, "has a value, but changed takes none"),
        ({"all": [row("a", "within_last", 7)]}, "one of s, min, h, d, w, mo, y"),
        ({"all": [row("a", "within_last", "-7d")]}, "counts backwards"),
        ({"all": [row("a", "eq", "x") | {"words": 5}]}, "words that are no text"),
        ({"all": [row("a", "eq", "x")] * (MOST_ROWS + 1)}, "has more than 200 rows"),
    ],
)
def test_conditions_that_cannot_be_are_refused_with_their_place(raw, said):
    with pytest.raises(UserError) as caught:
        built(raw)
    assert str(caught.value).startswith(WHERE)
    assert said in str(caught.value)


def test_groups_deeper_than_anybody_can_read_are_refused():
    raw = {"all": [row("a", "eq", "x")]}
    for _ in range(DEEPEST):
        raw = {"all": [raw]}
    with pytest.raises(UserError, match="in more than"):
        built(raw)


def test_conditions_are_checked_against_what_is_known():
    text, tags = Shape(Kind.TEXT), Shape(Kind.LIST, items=Shape(Kind.TEXT))
    contact = Shape(Kind.OBJECT, {"city": text, "tags": tags, "age": Shape(Kind.NUMBER)})
    known = Shape(Kind.OBJECT, {"contact": contact})
    good = {"all": [row("contact.city", "eq", "{{contact.age}}"), row("contact.age", "less", 5)]}
    assert check_conditions(built(good), known, WHERE) == []
    bad = {
        "any": [
            row("contact.cty", "eq", "x"),
            row("contact.tags", "greater", 1),
            row("contact.age", "has_any", ["a", "{{contact.tagz}}"]),
        ]
    }
    said = [str(each) for each in check_conditions(built(bad), known, WHERE)]
    assert len(said) == 4
    assert "any[1] has a field that cannot be: contact has no 'cty'; did you mean city?" in said[0]
    assert "any[2] asks whether contact.tags is greater than something, but it is list" in said[1]
    assert "any[3] asks whether contact.age has any of" in said[2]
    assert "did you mean tags?" in said[3]


def test_judging_hostile_values_takes_no_time_to_speak_of():
    marks = "a" + "\u0301\u0316" * 400_000
    several = [f"word {n}" for n in range(MOST_WANTED)]
    start = time.process_time()
    for operator in ("in", "has_any", "eq", "contains", "starts_with", "greater", "before"):
        wants = OPERATORS[operator].wants
        raw = {"all": [row("v", operator, several if wants is Wants.SEVERAL else "x")]}
        assert not judge(built(raw), Situation({"v": marks})).held
    assert time.process_time() - start < 5
