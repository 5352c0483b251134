"""An edit of one field, made into a plan by the mapping's own rules."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping
from instep.core.pairs import Authority, Direction, Pair
from instep.core.person.editing import Edit, edit_pair
from instep.core.person.fields import leading_side, tell_fields
from instep.core.plan import Kind, Known
from instep.core.records import Field, FieldType

CITY = Pair(Field("city", "city"), Field("town", "TOWN", max_length=8), Direction.BOTH, Authority.B)
PHONE = Pair(
    Field("phone", "phone", FieldType.PHONE),
    Field("phone", "PHONE", FieldType.PHONE),
    Direction.TO_B,
)
SCORE = Pair(Field("score", "score", readonly=True), Field("score", "SCORE"), Direction.TO_B)
OPTED = Pair(
    Field("opted_out", "dnd", FieldType.CONSENT), Field("opted_out", "OUT", FieldType.CONSENT)
)
TAGS = Pair(Field("tags", "tags", FieldType.WORDS), Field("tags", "TAGS", FieldType.WORDS))
STATUS = Pair(
    Field("status", "status", choices=(("1", "new"), ("2", "won"))), Field("status", "STATUS")
)
OWNER = Pair(Field("owner", "owner", link="user"), Field("owner", "OWNER", link="user"))
MAPPING = FieldMapping((CITY, PHONE, SCORE, OPTED, TAGS, STATUS, OWNER))
HELD = {"city": "Perth", "phone": "+61412345678"}


def edited(field, value, lead="a", a=None, b=None):
    sides = {"a": Known("1", HELD if a is None else a), "b": Known("2", HELD if b is None else b)}
    edit = Edit(field, value, "Mia")
    return edit_pair(MAPPING, "Anna", sides, edit, {"a": "AU", "b": "AU"}, lead)


def writes(item):
    return {each.side: (each.before, each.after, each.source) for each in item.merge.changes}


def test_both_sides_are_written_and_each_knows_what_the_other_will_hold():
    assert writes(edited("city", "Darwin", "b")) == {
        "a": ("Perth", "Darwin", "Darwin"),
        "b": ("Perth", "Darwin", "Darwin"),
    }


def test_a_side_that_holds_it_already_is_left_alone():
    assert set(writes(edited("city", "Darwin", "b", a={"city": "Darwin"}))) == {"b"}
    assert edited("city", " Perth ", "b").kind is Kind.NOTHING


def test_what_one_side_cannot_hold_is_cut_there_only():
    found = writes(edited("city", "Wagga Wagga", "a"))
    assert (found["a"][1], found["b"][1]) == ("Wagga Wagga", "Wagga Wa")


def test_a_field_that_travels_one_way_is_written_where_it_comes_from_first():
    assert leading_side({"a": "phone", "direction": "to_b", "authority": "b"}) == "a"
    assert leading_side({"a": "city", "direction": "both", "authority": "b"}) == "b"
    assert leading_side({"a": "city", "direction": "both", "authority": "ask"}) == "a"
    found = writes(edited("phone", "0498 765 432"))
    assert {side: after for side, (_, after, _) in found.items()} == {
        "a": "+61498765432",
        "b": "+61498765432",
    }


def test_words_are_typed_with_commas():
    assert writes(edited("tags", "lead, vip"))["a"][1] == ("lead", "vip")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("shoe", "9", "keeps no field 'shoe'"),
        ("score", "9", "cannot be changed in the app that has authority"),
        ("opted_out", "maybe", "can be true or false"),
        ("status", "lost", "can be new, won"),
        ("owner", "u1", "names another record"),
        ("city", "  ", "nothing is emptied from here"),
        ("tags", " , ", "nothing is emptied from here"),
        ("city", "x" * 10_001, "longer than 10,000"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_reason(field, value, words):
    with pytest.raises(UserError, match=words):
        edited(field, value)


def test_each_field_is_told_with_who_says_what():
    rows = [
        {"a": "city", "direction": "both", "authority": "b"},
        {"a": "phone", "direction": "to_b", "authority": "newest"},
    ]
    values = {"a": {"city": "Perth", "phone": None}, "b": {"city": "Darwin"}}
    city, phone = tell_fields("people", rows, {"a": "one", "b": "two"}, values)
    assert (city.same, city.authority, city.writes_to) == (False, "two", "two")
    assert (phone.same, phone.authority, phone.writes_to) == (None, "newest", "one")
    assert [(each.connection, each.known) for each in phone.values] == [
        ("one", True),
        ("two", False),
    ]
