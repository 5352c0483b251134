"""Which records a sync is about, told by business, by tag, by any field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.core.filters import Operator, build_filter, excluded, filter_rows
from instep.core.groups import DEEPEST
from instep.core.records import Field, FieldType

FIELDS = (
    Field("city", "c"),
    Field("phone", "p", FieldType.PHONE),
    Field("business_id", "b", link="business"),
    Field("tags", "t", FieldType.WORDS),
    Field("opted_out", "o", FieldType.CONSENT),
    Field("due_at", "d", FieldType.MOMENT),
    Field("value", "v", FieldType.NUMBER),
)
ANN = {
    "city": " Bad  Doberan ",
    "phone": "0412 345 678",
    "business_id": "b1",
    "tags": ["VIP", "New lead"],
    "opted_out": False,
    "due_at": "2026-03-04T10:00:00-05:00",
    "value": 1250.5,
}


def built(raw):
    return build_filter(raw, FIELDS, "Insightly contacts", "AU")


def row(field, operator, value):
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("field", "operator", "value", "matched"),
    [
        ("city", "eq", "bad doberan", True),
        ("city", "eq", "Ulm", False),
        ("city", "not", "Ulm", True),
        ("city", "not", "BAD DOBERAN", False),
        ("city", "contains", "dober", True),
        ("city", "contains", "ulm", False),
        ("city", "in", ["Ulm", "bad doberan"], True),
        ("city", "in", ["Ulm"], False),
        ("city", "exists", True, True),
        ("city", "exists", False, False),
        ("business_id", "eq", "b1", True),
        ("business_id", "in", ["b2", "b3"], False),
        ("tags", "contains", "vip", True),
        ("tags", "contains", ["vip", "New  Lead"], True),
        ("tags", "contains", ["vip", "buyer"], False),
        ("tags", "contains", "vi", False),
        ("tags", "eq", ["new lead", "vip"], True),
        ("tags", "eq", "vip", False),
        ("tags", "not", "vip", True),
        ("tags", "exists", True, True),
        ("phone", "eq", "+61 412 345 678", True),
        ("opted_out", "eq", False, True),
        ("opted_out", "eq", "yes", False),
        ("due_at", "eq", "2026-03-04T15:00:00Z", True),
        ("value", "eq", "1250.50", True),
        ("value", "in", [1, 1250.5], True),
    ],
)
def test_a_condition_compares_as_the_field_is_compared_without_case(
    field, operator, value, matched
):
    group = built({"all": [row(field, operator, value)]})
    assert group.matches(ANN, "AU") is matched


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_field_is_not_anything_and_does_not_exist(empty):
    nobody = {"city": empty}
    assert built({"all": [row("city", "not", "Ulm")]}).matches(nobody, None)
    assert built({"all": [row("city", "exists", False)]}).matches(nobody, None)
    for operator, value in (("eq", "Ulm"), ("contains", "u"), ("in", ["Ulm"])):
        assert not built({"all": [row("city", operator, value)]}).matches(nobody, None)


def test_what_was_not_read_meets_no_condition_and_says_so():
    """A record is left alone rather than synced by a guess."""
    for operator, value in (("not", "Ulm"), ("exists", False), ("eq", "Ulm")):
        group = built({"all": [row("city", operator, value)]})
        assert not group.matches({}, None)
        assert "city was not read" in excluded(group, {}, None, linked=True)


flags = st.lists(st.booleans(), min_size=1, max_size=4)


@given(flags, flags)
def test_all_is_all_and_any_is_any(outer, inner):
    def rows(wanted):
        return [row("city", "exists", flag) for flag in wanted]

    values = {"city": "Ulm"}
    assert built({"all": rows(outer)}).matches(values, None) is all(outer)
    assert built({"any": rows(outer)}).matches(values, None) is any(outer)
    nested = built({"all": [*rows(outer), {"any": rows(inner)}]})
    assert nested.matches(values, None) is (all(outer) and any(inner))


def test_a_record_outside_is_left_alone_with_a_reason_and_keeps_its_link():
    group = built({"any": [row("tags", "contains", "vip"), row("city", "in", ["Ulm", "Bonn"])]})
    outside = {"tags": None, "city": "Berlin"}
    assert excluded(group, ANN, "AU", linked=False) is None
    said = excluded(group, outside, None, linked=False)
    assert said == "it is outside the filter: tags contains vip or city is ulm or bonn"
    assert excluded(group, outside, None, linked=True) == (
        f"{said}. Its link is kept, and nothing is deleted"
    )


def test_a_nested_filter_is_told_in_brackets():
    inner = {"any": [row("opted_out", "eq", False), row("city", "exists", False)]}
    group = built({"all": [row("city", "not", "Ulm"), inner]})
    assert group.sentence() == "city is not ulm and (opted_out is no or city is empty)"
    assert group.fields == {"city", "opted_out"}


samples = {
    "city": st.sampled_from(["Ulm", " bad  DOBERAN", "ß"]),
    "tags": st.sampled_from(["vip", "a, b", ["x", "Y"]]),
    "value": st.sampled_from([1, 1250.5, "7.0"]),
    "opted_out": st.booleans(),
}


@st.composite
def rows(draw):
    field = draw(st.sampled_from(sorted(samples)))
    parts = field in {"city", "tags"}
    operator = draw(st.sampled_from([each for each in Operator if parts or each != "contains"]))
    if operator == "exists":
        return row(field, operator.value, draw(st.booleans()))
    value = st.lists(samples[field], min_size=1) if operator == "in" else samples[field]
    return row(field, operator.value, draw(value))


groups = st.recursive(
    st.fixed_dictionaries({"all": st.lists(rows(), min_size=1, max_size=3)}),
    lambda inner: st.fixed_dictionaries({"any": st.lists(rows() | inner, min_size=1, max_size=3)}),
    max_leaves=6,
)


@given(groups)
def test_a_filter_survives_being_stored(raw):
    group = built(raw)
    assert built(filter_rows(group)) == group


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "has to be"),
        ({}, "has to be"),
        ({"all": [], "any": []}, "has to be"),
        ({"none": []}, "has to be"),
        ({"all": []}, "all needs a list"),
        ({"all": "city"}, "all needs a list"),
        ({"all": ["city"]}, "all[1] has to be a condition"),
        ({"all": [{"operator": "eq"}]}, "all[1] has to be"),
        (
            {"all": [row("city", "eq", "x"), {"any": [row("cty", "eq", "x")]}]},
            "all[2].any[1] names",
        ),
        ({"all": [row("cty", "eq", "x")]}, "did you mean city?"),
        ({"all": [row("zzz", "eq", "x")]}, "there are: business_id, city"),
        ({"all": [row(["city"], "eq", "x")]}, "do not have"),
        ({"all": [row("city", "like", "x")]}, "eq, not, contains, in, exists"),
        ({"all": [row("city", [], "x")]}, "eq, not, contains, in, exists"),
        ({"all": [row("city", "eq", None)]}, "exists and false"),
        ({"all": [row("city", "eq", " ")]}, "exists and false"),
        ({"all": [row("city", "eq", ["x"])]}, "exists and false"),
        ({"all": [row("tags", "contains", [5])]}, "exists and false"),
        ({"all": [row("city", "in", "x")]}, "list of values"),
        ({"all": [row("city", "in", [])]}, "list of values"),
        ({"all": [row("city", "exists", "no")]}, "true or false"),
        ({"all": [row("value", "contains", "1")]}, "has no parts"),
        ({"all": [row("city", "eq", "x") | {"val": 1}]}, "'val'"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_with_its_place(raw, said):
    with pytest.raises(UserError) as caught:
        built(raw)
    assert str(caught.value).startswith("The filter of Insightly contacts")
    assert said in str(caught.value)


def test_groups_deeper_than_anybody_can_read_are_refused():
    raw = {"all": [row("city", "eq", "x")]}
    for _ in range(DEEPEST - 1):
        raw = {"all": [raw]}
    assert built(raw)
    with pytest.raises(UserError, match="in more than"):
        built({"all": [raw]})


def test_a_condition_without_an_operator_asks_for_equality_and_exists_needs_no_value():
    assert built({"all": [{"field": "city", "value": "Ulm"}]}).matches({"city": "ULM"}, None)
    assert built({"all": [{"field": "city", "operator": "exists"}]}).matches({"city": "x"}, None)
