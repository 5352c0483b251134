"""What is done to a text on its way: each transform, its way back, and how it is stored."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.core.normalise import normalise
from instep.core.records import Field
from instep.core.transforms import (
    Tidying,
    Transforms,
    Unknown,
    ValueMap,
    read_transforms,
    read_value_map,
)
from tests.core.strategies import texts

TEXT = Field("any", "any")
normal = texts.map(lambda raw: normalise(raw, TEXT, None)).filter(bool)
affixes = st.sampled_from(["", "AU-", "Mr ", "\u00e9", "x"])
tidyings = st.none() | st.sampled_from(Tidying)
transforms = st.builds(Transforms, tidyings, affixes, affixes.map(str.strip))
limits = st.none() | st.integers(7, 30)

LETTERS = [
    each
    for each in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(each) not in {"Cn", "Co", "Cs", "Lo"} or each.casefold() != each
]
"""Every character there is, without those of scripts that know no case."""


@pytest.mark.parametrize(
    ("raw", "text", "out"),
    [
        (["lower"], "McDonald", "mcdonald"),
        (["upper"], "straße", "STRASSE"),
        (["title"], "ADA of  LOVELACE", "Ada Of Lovelace"),
        (["digits"], "No. 12-٣", "123"),
        (["digits"], "none", None),
        ([{"prefix": "AU-"}], "5", "AU-5"),
        ([{"suffix": " (old)"}], "Smith", "Smith (old)"),
        (["upper", {"prefix": "no "}], "x5", "no X5"),
        ({"prefix": "AU-"}, "AU-5", "AU-AU-5"),
        ("lower", "A", "a"),
    ],
)
def test_a_transform_does_what_its_name_says(raw, text, out):
    assert read_transforms(raw, "Row 1").forward(text, None) == out


def test_a_text_that_gets_too_long_loses_its_own_end_and_keeps_its_suffix():
    assert Transforms(suffix=" (old)").forward("Smith and Sons", 12) == "Smith (old)"


@given(transforms, normal, limits)
def test_what_is_transformed_is_in_normal_form_and_within_the_limit(transform, text, limit):
    out = transform.forward(text, limit)
    assert normalise(out, TEXT, None) == out
    if transform.room and limit is not None and out is not None:
        assert len(out) <= limit


@given(transforms, normal, limits)
def test_what_was_transformed_is_the_same_after_the_way_back_and_forward_again(
    transform, text, limit
):
    out = transform.forward(text, limit)
    if out is not None:
        assert transform.forward(transform.back(out), limit) == out


@given(transforms.filter(lambda each: each.undoable), st.text("abcABC019 -", min_size=1))
def test_what_can_be_undone_leads_back_to_the_very_text(transform, raw):
    text = normalise(raw, TEXT, None)
    if text:
        assert transform.back(transform.forward(text, None)) == text


def test_tidying_any_letter_twice_is_tidying_it_once():
    """Some letters turn into several, which turn again."""
    for tidying in Tidying:
        transform = Transforms(tidying)
        for letter in LETTERS:
            text = normalise(f"{letter}a", TEXT, None)
            once = transform.forward(text, None) if text else None
            if once and transform.forward(once, None) != once:
                pytest.fail(f"{tidying} of {ord(letter):x}")


def test_only_a_prefix_and_a_suffix_can_be_undone():
    assert Transforms(prefix="a", suffix="b").undoable
    assert not [each for each in Tidying if Transforms(each).undoable]


def test_a_text_without_the_prefix_comes_back_as_it_is():
    assert Transforms(prefix="AU-").back("NZ-5") == "NZ-5"
    assert Transforms(prefix="AU-").back("AU-") == "AU-"


# Words for words

ENGLISH = ValueMap((("offen", "Open"), ("gewonnen", "Closed won")))


def test_words_have_partners_both_ways_whatever_their_case():
    assert ENGLISH.towards("OFFEN", "b") == "Open"
    assert ENGLISH.towards("open", "a") == "offen"
    assert ENGLISH.towards("lost", "b") == "lost"
    assert ENGLISH.knows("closed WON", "b")
    assert not ENGLISH.knows("offen", "b")


def test_where_two_words_have_one_partner_the_first_is_the_way_back():
    many = ValueMap((("new", "open"), ("working", "open")))
    assert [many.towards(word, "b") for word in ("new", "working")] == ["open", "open"]
    assert many.towards("open", "a") == "new"
    assert not many.undoable


words = st.sampled_from(["p", "q", "P", "r", "s", "Q", "ß", "SS"])
maps = st.builds(
    ValueMap, st.lists(st.tuples(words, words), min_size=1, unique_by=lambda it: it[0].casefold())
)


@given(maps, words)
def test_a_word_that_was_mapped_is_the_same_after_the_way_back_and_forward_again(mapped, word):
    out = mapped.towards(word, "b")
    assert mapped.towards(mapped.towards(out, "a"), "b") == out


# Stored form


@given(transforms.filter(lambda each: each.tidying or each.room))
def test_transforms_survive_being_stored(transform):
    assert read_transforms(transform.rows(), "Row 1") == transform


def test_a_value_map_may_be_typed_as_an_object():
    assert read_value_map({" offen ": "Open"}, "drop", "Row 1") == ValueMap(
        (("offen", "Open"),), Unknown.DROP
    )
    assert read_value_map(None, None, "Row 1") is None
    assert read_transforms(None, "Row 1") is None
    assert read_transforms([], "Row 1") is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (["lowr"], "Did you mean lower?"),
        (["trim"], "prefix"),
        ([7], "transform 7"),
        (7, "list"),
        (["prefix"], "without a text"),
        ([{"prefix": "a", "suffix": "b"}], "transform"),
        ([{"prefix": " "}], "outer end"),
        ([{"prefix": " x"}], "outer end"),
        ([{"suffix": "x "}], "outer end"),
        ([{"suffix": 5}], "outer end"),
        ([{"suffix": "\u0301"}], "outer end"),
        (["lower", "upper"], "two transforms"),
        ([{"prefix": "a"}, {"prefix": "b"}], "two transforms"),
        ([{}], "which there is not"),
        ([["lower"]], "which there is not"),
    ],
)
def test_transforms_that_cannot_be_are_refused_with_the_place_and_the_way_out(raw, said):
    with pytest.raises(UserError) as caught:
        read_transforms(raw, "to_b in row 3 of the mapping")
    assert str(caught.value).startswith("to_b in row 3 of the mapping")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "unknown", "said"),
    [
        ([], None, "pairs of words"),
        ({}, None, "pairs of words"),
        ("open", None, "pairs of words"),
        ([["open"]], None, "pairs of words"),
        ([["open", 5]], None, "pairs of words"),
        ([["open", " "]], None, "pairs of words"),
        ({"a": "b"}, "ignore", "pass, drop, refuse"),
        ({"a": "b"}, [], "pass, drop, refuse"),
        (None, "drop", "no value_map"),
    ],
)
def test_a_value_map_that_cannot_be_is_refused(raw, unknown, said):
    with pytest.raises(UserError) as caught:
        read_value_map(raw, unknown, "Row 3 of the mapping")
    assert str(caught.value).startswith("Row 3 of the mapping")
    assert said in str(caught.value)
