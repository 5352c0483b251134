"""A filter typed in one line each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.core.filter_lines import read_lines
from instep.core.filters import Operator, build_filter, filter_rows
from instep.core.records import Field, FieldType
from instep.core.rules_told import filter_words

NAMES = ("city", "tags", "opted_out", "custom.Year in school", "custom.not")
FIELDS = (
    *(Field(name, name) for name in NAMES if name not in {"tags", "opted_out"}),
    Field("tags", "tags", FieldType.WORDS),
    Field("opted_out", "opted_out", FieldType.BOOLEAN),
)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("tags contains vip", ("tags", "contains", "vip")),
        ("city eq Bad Doberan", ("city", "eq", "Bad Doberan")),
        ("city EQ not in use", ("city", "eq", "not in use")),
        ("city in Ulm, Bad  Doberan,", ("city", "in", ["Ulm", "Bad  Doberan"])),
        ("city exists", ("city", "exists", True)),
        ("city exists no", ("city", "exists", False)),
        ("city not Ulm", ("city", "not", "Ulm")),
        ("custom.Year in school in 3,4", ("custom.Year in school", "in", ["3", "4"])),
        ("custom.not eq in", ("custom.not", "eq", "in")),
        ("business eq Acme & Sons", ("business", "eq", "Acme & Sons")),
        ("emial eq a@b.c", ("emial", "eq", "a@b.c")),
    ],
)
def test_a_line_is_field_operator_value(line, row):
    read = read_lines([line], NAMES)["all"]
    assert read == [dict(zip(("field", "operator", "value"), row, strict=True))]


def test_several_lines_all_have_to_hold():
    told = filter_rows(
        build_filter(read_lines(["tags contains VIP", "city eq Ulm"], NAMES), FIELDS, "apps")
    )
    assert filter_words(told) == "tags contains vip and city is ulm"


@pytest.mark.parametrize("line", ["", "city", "contains vip", "city is Ulm", "cityeqUlm"])
def test_a_line_without_an_operator_is_refused_with_an_example(line):
    with pytest.raises(UserError, match="tags contains vip"):
        read_lines([line], NAMES)


@given(
    st.sampled_from(("city", "custom.Year in school")),
    st.text(st.characters(codec="ascii", categories=("L", "Nd")), min_size=1),
)
def test_whatever_is_typed_comes_out_as_it_was_meant(name, value):
    (row,) = read_lines([f"  {name}   contains   {value} "], NAMES)["all"]
    assert row == {"field": name, "operator": "contains", "value": value}


@pytest.mark.parametrize("operator", Operator)
def test_a_stored_filter_is_told_as_it_tells_itself(operator):
    value = {"in": ["Ulm", "Bonn"], "exists": False}.get(operator, "Ulm")
    group = build_filter(
        {
            "any": [
                {"field": "city", "operator": operator, "value": value},
                {"all": [{"field": "tags", "operator": "contains", "value": ["a", "b"]}]},
            ]
        },
        FIELDS,
        "apps",
    )
    assert filter_words(filter_rows(group)) == group.sentence()
