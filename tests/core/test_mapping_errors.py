"""A mapping that cannot work is refused with a sentence that says where and what to do."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from instep.core.mapping import build
from instep.core.records import Field, FieldType

NAMES = ("GoHighLevel contacts", "Insightly contacts")
A = (
    Field("email", "email", FieldType.EMAIL),
    Field("first_name", "firstName"),
    Field("score", "score", readonly=True),
    Field("tags", "tags", FieldType.WORDS),
)
B = (
    Field("email", "EMAIL_ADDRESS", FieldType.EMAIL),
    Field("first_name", "FIRST_NAME"),
    Field("score", "SCORE", readonly=True),
    Field("title", "TITLE"),
)


def refused(*rows):
    with pytest.raises(UserError) as caught:
        build(rows, A, B, NAMES)
    return str(caught.value)


def test_an_unknown_field_is_named_with_its_row_its_app_and_the_nearest_there_is():
    sentence = refused({"a": "email"}, {"a": "frist_name"})
    assert "Row 2" in sentence
    assert "'frist_name'" in sentence
    assert "GoHighLevel contacts" in sentence
    assert "Did you mean first_name?" in sentence


def test_the_other_side_s_unknown_field_is_named_as_such():
    sentence = refused({"a": "email", "b": "emial"})
    assert "Row 1" in sentence
    assert "'emial'" in sentence
    assert "Insightly contacts" in sentence
    assert "Did you mean email?" in sentence


def test_without_a_near_field_all_fields_are_listed():
    assert "There are: email, first_name, score, title." in refused({"a": "email", "b": "zzz"})


@pytest.mark.parametrize("name", [None, 7, ["email"], ""])
def test_a_name_that_is_no_name_is_an_unknown_field(name):
    assert "Row 1" in refused({"a": name})


@pytest.mark.parametrize("key", ["direction", "authority"])
@pytest.mark.parametrize("text", ["sideways", None, ["a"], 1])
def test_an_unknown_choice_is_named_with_the_ones_there_are(key, text):
    sentence = refused({"a": "email", key: text})
    assert "Row 1" in sentence
    assert key in sentence
    assert repr(text) in sentence
    assert {"direction": "both, to_a, to_b", "authority": "a, b, newest, ask"}[key] in sentence


@pytest.mark.parametrize("text", ["false", "no", "yes"])
def test_clearing_is_never_switched_on_by_anything_but_true(text):
    """`clears: "no"`, as somebody might type it, must not let empty values travel."""
    sentence = refused({"a": "email", "clears": text})
    assert "Row 1" in sentence
    assert "clears" in sentence


def test_a_misspelt_option_is_not_silently_ignored():
    sentence = refused({"a": "email", "authorty": "b"})
    assert "Row 1" in sentence
    assert "'authorty'" in sentence
    assert "authority" in sentence


def test_an_empty_mapping_is_refused():
    assert "email" in refused()


@pytest.mark.parametrize(
    "second", [{"a": "first_name", "b": "email"}, {"a": "email", "b": "first_name"}]
)
def test_each_field_has_one_partner(second):
    sentence = refused({"a": "email"}, second)
    assert "Row 2" in sentence
    assert "second time" in sentence


def test_two_types_cannot_be_paired():
    sentence = refused({"a": "email", "b": "title"})
    for part in ("Row 1", "email (email)", "title (text)"):
        assert part in sentence


def test_words_cannot_be_paired_with_text():
    assert "tags (words)" in refused({"a": "tags", "b": "title"})


@pytest.mark.parametrize("direction", ["both", "to_a"])
def test_a_readonly_field_is_not_written_and_the_way_out_is_named(direction):
    rows = [{"a": "score", "b": "title", "direction": direction}]
    with pytest.raises(UserError, match=r"Row 1 .*score.*GoHighLevel contacts.*to_b"):
        build(rows, A, B, NAMES)
    assert build([rows[0] | {"direction": "to_b"}], A, B, NAMES).pairs


@pytest.mark.parametrize("direction", ["both", "to_b"])
def test_the_same_holds_for_the_other_side(direction):
    rows = [{"a": "first_name", "b": "score", "direction": direction}]
    with pytest.raises(UserError, match=r"Row 1 .*score.*Insightly contacts.*to_a"):
        build(rows, A, B, NAMES)
    assert build([rows[0] | {"direction": "to_a"}], A, B, NAMES).pairs


def test_two_readonly_fields_cannot_be_paired_and_no_direction_is_offered():
    """Either advice would only lead to the other one's refusal."""
    for direction in ("both", "to_a", "to_b"):
        sentence = refused({"a": "score", "direction": direction})
        assert "Row 1" in sentence
        assert "set its direction" not in sentence
