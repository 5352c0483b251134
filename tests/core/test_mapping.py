"""Which field goes with which, and how far each may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.mapping import (
    Authority,
    Direction,
    FieldMapping,
    Pair,
    build,
    default_mapping,
    rows_of,
)
from instep.core.records import Field, FieldType
from tests.core.strategies import mappings, texts

NAMES = ("GoHighLevel contacts", "Insightly contacts")
SIDES = ("a", "b")
SAMPLES = {FieldType.BOOLEAN: True, FieldType.CONSENT: True, FieldType.WORDS: ("x",)}


def pair(a="city", b="town", **options):
    return Pair(Field(a, f"{a}Path"), Field(b, f"{b}Path"), **options)


# Stored form


@given(mappings())
def test_a_mapping_survives_being_stored(mapping):
    a = [each.a for each in mapping.pairs]
    b = [each.b for each in mapping.pairs]
    assert build(rows_of(mapping), a, b, NAMES) == mapping


def test_a_row_needs_no_more_than_one_name():
    city = Field("city", "c")
    assert build([{"a": "city"}], [city], [city], NAMES) == FieldMapping((Pair(city, city),))


def test_unless_told_otherwise_a_pair_travels_both_ways_and_a_wins_and_nothing_clears():
    (row,) = rows_of(FieldMapping((pair(),)))
    assert row == {
        "a": "city",
        "b": "town",
        "direction": "both",
        "authority": "a",
        "clears": False,
    }


# How far a pair reaches


@pytest.mark.parametrize(
    ("direction", "reached"),
    [(Direction.BOTH, {"a", "b"}), (Direction.TO_A, {"a"}), (Direction.TO_B, {"b"})],
)
def test_a_direction_says_which_side_is_written(direction, reached):
    mapped = pair(direction=direction)
    assert {side for side in SIDES if mapped.reaches(side)} == reached
    assert {side for side in SIDES if mapped.reaches(side, creating=True)} == reached


@pytest.mark.parametrize("creating", [False, True])
def test_a_readonly_field_is_never_written(creating):
    mapped = Pair(Field("id", "id", readonly=True), Field("id", "ID"))
    assert not mapped.reaches("a", creating=creating)
    assert mapped.reaches("b", creating=creating)


def test_a_create_only_field_is_written_while_creating_only():
    mapped = Pair(Field("company", "companyName", create_only=True), Field("company", "ORG"))
    assert not mapped.reaches("a")
    assert mapped.reaches("a", creating=True)
    assert mapped.reaches("b")


# Length limits

limited = st.builds(
    lambda one, other: Pair(Field("t", "t", max_length=one), Field("t", "T", max_length=other)),
    st.none() | st.integers(1, 8),
    st.none() | st.integers(1, 8),
)


@given(limited, texts.map(lambda text: " ".join(text.split()) or None), st.sampled_from(SIDES))
def test_a_fitted_value_is_as_long_as_the_side_can_hold_and_fits_again(mapped, value, side):
    limit = mapped.field(side).max_length
    fitted = mapped.fit(value, side)
    assert mapped.fit(fitted, side) == fitted
    if value is not None and limit is not None:
        assert fitted == (value[:limit].rstrip() or None)
    else:
        assert fitted == value


@given(limited, texts.map(lambda text: " ".join(text.split()) or None))
def test_a_value_is_the_same_as_what_the_other_side_can_hold_of_it(mapped, value):
    a = mapped.fit(value, "a")
    assert mapped.same(a, mapped.fit(a, "b"))
    b = mapped.fit(value, "b")
    assert mapped.same(mapped.fit(b, "a"), b)


@given(limited, st.text("ab ", max_size=9), st.text("ab ", max_size=9))
def test_sameness_does_not_depend_on_which_side_is_called_a(mapped, one, other):
    assert mapped.same(one, other) == Pair(mapped.b, mapped.a).same(other, one)


def test_values_that_differ_within_the_limit_are_not_the_same():
    mapped = Pair(Field("t", "t"), Field("t", "T", max_length=3))
    assert mapped.same("abcd", "abc")
    assert not mapped.same("abd", "abc")
    assert not mapped.same("abc", None)


# Projecting and naming


def test_a_field_that_was_not_read_is_left_out():
    mapping = FieldMapping((pair(), pair("zip", "zip")))
    assert mapping.project({"town": " Ulm ", "else": 1}, "b", None) == {"city": "Ulm"}
    assert mapping.project({"zip": ""}, "a", None) == {"zip": None}


def test_each_side_is_read_by_its_own_names_and_types():
    mapped = Pair(
        Field("phone", "phone", FieldType.PHONE),
        Field("mobile", "PHONE", FieldType.PHONE),
    )
    mapping = FieldMapping((mapped,))
    assert mapping.project({"phone": "0412 345 678"}, "a", "AU") == {"phone": "+61412345678"}
    assert mapping.project({"mobile": "0412 345 678"}, "b", "US") == {"phone": "0412 345 678"}


@given(mappings(), st.sampled_from(SIDES), st.data())
def test_what_goes_outward_comes_back_the_same(mapping, side, data):
    pairs = mapping.by_key
    keys = data.draw(st.sets(st.sampled_from(sorted(pairs))))
    values = {key: SAMPLES.get(pairs[key].type, "x") for key in keys}
    outward = mapping.outward(values, side)
    assert set(outward) == {pairs[key].field(side).name for key in keys}
    assert mapping.project(outward, side, None) == values


# The mapping nobody typed


def test_fields_that_both_sides_have_are_mapped_in_the_order_of_a():
    a = [Field("city", "1"), Field("only_here", "2"), Field("email", "3")]
    b = [Field("email", "4"), Field("city", "5"), Field("only_there", "6")]
    mapping = default_mapping(a, b, Authority.B)
    assert [each.key for each in mapping.pairs] == ["city", "email"]
    assert {each.authority for each in mapping.pairs} == {Authority.B}


def test_what_can_only_be_read_travels_away_from_there():
    read, free = Field("n", "n", readonly=True), Field("n", "N")
    assert default_mapping([read], [free]).pairs[0].direction is Direction.TO_B
    assert default_mapping([free], [read]).pairs[0].direction is Direction.TO_A
    assert default_mapping([read], [read]).pairs == ()


def test_consent_is_left_for_a_person_to_map():
    consent = Field("opted_out", "dnd", FieldType.CONSENT)
    assert default_mapping([consent], [consent]).pairs == ()


@pytest.mark.parametrize("there", [True, False])
def test_what_can_only_be_written_while_creating_is_left_out(there):
    once, free = Field("company", "c", create_only=True), Field("company", "C")
    a, b = (free, once) if there else (once, free)
    assert default_mapping([a], [b]).pairs == ()


@pytest.mark.parametrize("there", [True, False])
def test_an_id_of_another_record_is_left_out(there):
    plain, linked = Field("owner", "o"), Field("owner", "ownerId", link="user")
    a, b = (plain, linked) if there else (linked, plain)
    assert default_mapping([a], [b]).pairs == ()
