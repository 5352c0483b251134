"""Pairs with transforms or a value map: both sides come to rest, and an echo equals its base."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.core.mapping import Authority, Direction, FieldMapping, Pair, build, rows_of
from instep.core.normalise import cut
from instep.core.plan import Kind, Known, intents, plan_new, plan_pair
from instep.core.records import Field, FieldType
from instep.core.transforms import Tidying, Transforms, Unknown, ValueMap

NAMES = ("GoHighLevel tasks", "Insightly tasks")
GERMAN = ValueMap((("offen", "Open"), ("fertig", "Done")))
DROPPING = ValueMap(GERMAN.words, Unknown.DROP)
REFUSING = ValueMap(GERMAN.words, Unknown.REFUSE)

# values that look transformed already, unknown words, other cases, what one side has to cut
values = st.sampled_from(
    [
        None,
        "5",
        "AU-5",
        "AU-AU-5",
        "AU-",
        "offen",
        "OFFEN",
        "Open",
        "open",
        "Fertig",
        "Done",
        "lost",
    ]
) | st.text("aAU-5 ", max_size=12)
limits = st.none() | st.integers(8, 12)
two_way = st.sampled_from(
    [
        {"to_b": Transforms(prefix="AU-")},
        {"to_a": Transforms(prefix="AU-", suffix=" x")},
        {"value_map": GERMAN},
        {"value_map": DROPPING},
    ]
)
tidying = st.builds(Transforms, st.sampled_from(Tidying), st.sampled_from(["", "AU-"]))
one_way = st.one_of(
    tidying.map(lambda it: {"to_b": it, "direction": Direction.TO_B}),
    tidying.map(lambda it: {"to_a": it, "direction": Direction.TO_A}),
    st.just({"value_map": GERMAN, "direction": Direction.TO_A}),
    st.just({"value_map": DROPPING, "direction": Direction.TO_B}),
)


@st.composite
def mappings(draw):
    a, b = (Field(name, name, max_length=draw(limits)) for name in ("one", "other"))
    authority = draw(st.sampled_from([Authority.A, Authority.B]))
    options = draw(two_way | one_way)
    return FieldMapping((Pair(a, b, authority=authority, clears=draw(st.booleans()), **options),))


class Two:
    """Two apps with one record each, linked; `a` and `b` are what the apps themselves hold."""

    def __init__(self, mapping, a, b):
        (self.pair,) = mapping.pairs
        self.mapping = mapping
        self.raw = {"a": a, "b": b}
        self.bases = {"a": {}, "b": {}}

    def read(self, side):
        name = self.pair.field(side).name
        return self.mapping.project({name: self.raw[side]}, side, None)

    def sync(self):
        """Plan and carry out, as the engine does. Returns what was written, by side."""
        now = {side: self.read(side) for side in "ab"}
        known = {side: Known(side, now[side], self.bases[side]) for side in "ab"}
        item = plan_pair(self.mapping, "it", known["a"], known["b"])
        self.bases["a"] |= item.merge.base_a
        self.bases["b"] |= item.merge.base_b
        written = {}
        for intent in intents(item, self.mapping):
            field = self.pair.field(intent.side)
            written[intent.side] = intent.write.set[field.name]
            self.raw[intent.side] = cut(written[intent.side], field)  # as the app keeps it
            self.bases[intent.side] |= self.read(intent.side)
            self.bases["b" if intent.side == "a" else "a"] |= intent.source
        return written


@given(mappings(), values, values, st.sampled_from("ab"), values)
def test_two_sides_come_to_rest_at_first_and_after_every_edit(mapping, a, b, side, edit):
    two = Two(mapping, a, b)
    two.sync()
    assert two.sync() == {}
    two.raw[side] = edit
    two.sync()
    assert two.sync() == {}


@given(mappings(), values, values)
def test_both_sides_hold_the_same_afterwards_as_far_as_they_can(mapping, a, b):
    two = Two(mapping, a, b)
    two.sync()
    pair, now = two.pair, {side: two.read(side).get("one", "dropped") for side in "ab"}
    reached = pair.direction is Direction.BOTH or None not in now.values()
    if "dropped" not in now.values() and reached:
        assert pair.same(now["a"], now["b"])


@given(mappings(), values, st.sampled_from("ab"))
def test_what_is_stored_can_be_written_out_and_read_in_unchanged(mapping, value, side):
    """So the engine knows a record after its own write without reading it."""
    (pair,) = mapping.pairs
    stored = mapping.project({pair.field(side).name: value}, side, None)
    assert mapping.project(mapping.outward(stored, side), side, None) == stored


@given(mappings(), values, values, st.sampled_from("ab"))
def test_fitting_is_done_once(mapping, one, other, side):
    (pair,) = mapping.pairs
    for origin, raw in (("a", one), ("b", other)):
        value = mapping.project({pair.field(origin).name: raw}, origin, None).get("one")
        assert pair.fit(pair.fit(value, side), side) == pair.fit(value, side)


@given(mappings())
def test_such_a_mapping_survives_being_stored(mapping):
    (pair,) = mapping.pairs
    assert build(rows_of(mapping), [pair.a], [pair.b], NAMES) == mapping


# In particular


def linked(a, b, **options):
    two = Two(FieldMapping((Pair(Field("status", "s"), Field("stage", "S"), **options),)), a, b)
    two.bases = {side: two.read(side) for side in "ab"}
    return two


def test_an_edit_travels_there_transformed_and_comes_back_undone():
    two = linked("5", "AU-5", to_b=Transforms(prefix="AU-"))
    assert two.sync() == {}
    two.raw["a"] = "6"
    assert two.sync() == {"b": "AU-6"}
    two.raw["b"] = "AU-7"
    assert two.sync() == {"a": "7"}
    two.raw["b"] = "8"
    assert two.sync() == {"a": "8"}
    assert two.sync() == {}


def test_what_a_transform_hides_is_no_change():
    two = linked("ann", "ANN", to_b=Transforms(Tidying.UPPER), direction=Direction.TO_B)
    two.raw["a"] = "Ann"
    assert two.sync() == {}
    two.raw["a"] = "Bob"
    assert two.sync() == {"b": "BOB"}


def test_words_travel_as_the_other_side_s_words():
    two = linked("offen", "open", value_map=GERMAN)
    two.raw["b"] = "done"
    assert two.sync() == {"a": "fertig"}
    two.raw["a"] = "Offen"
    assert two.sync() == {"b": "Open"}
    two.raw["a"] = "vielleicht"
    assert two.sync() == {"b": "vielleicht"}


def test_a_dropped_word_neither_travels_nor_is_overwritten():
    two = linked("offen", "Open", value_map=DROPPING)
    two.raw["a"] = "vielleicht"
    assert two.sync() == {}
    two.raw["b"] = "Done"
    assert two.sync() == {}
    assert two.raw["a"] == "vielleicht"
    two.raw["a"] = "offen"
    assert two.sync() == {"a": "fertig"}


@pytest.mark.parametrize(
    ("a", "b", "said"), [("vielleicht", "Open", "status is 'vielleicht'"), ("offen", "?", "stage")]
)
def test_a_refused_word_makes_the_record_wait_for_a_person(a, b, said):
    two = linked("offen", "Open", value_map=REFUSING)
    two.raw |= {"a": a, "b": b}
    known = [Known(side, two.read(side), two.bases[side]) for side in "ab"]
    item = plan_pair(two.mapping, "it", *known)
    assert item.kind is Kind.REVIEW
    assert said in item.why
    assert not intents(item, two.mapping)


def test_a_refused_word_is_not_created_elsewhere():
    two = linked(None, None, value_map=REFUSING)
    new = Known("a1", {"status": "vielleicht"})
    assert plan_new(two.mapping, "it", "a", new).kind is Kind.REVIEW
    one_way = linked("x", "x", value_map=REFUSING, direction=Direction.TO_B)
    assert plan_new(one_way.mapping, "it", "a", Known("a1", one_way.read("a"))).why
    assert one_way.mapping.refusal({"status": "?"}, "b") is None  # it is overwritten


def test_a_new_record_is_created_in_the_other_side_s_words():
    two = linked("fertig", None, value_map=GERMAN)
    item = plan_new(two.mapping, "it", "a", Known("a1", two.read("a")))
    (intent,) = intents(item, two.mapping)
    assert intent.write.set == {"stage": "Done"}


# What cannot work

SHORT = Field("code", "c", max_length=4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"to_b": ["lower"]}, "lower cannot be undone"),
        ({"to_b": ["lower"], "direction": "to_a"}, "direction is to_a"),
        ({"to_a": ["lower"], "direction": "to_b"}, "direction is to_b"),
        ({"to_a": {"prefix": "x"}, "to_b": {"prefix": "x"}}, "choose one"),
        ({"to_b": {"prefix": "x"}, "value_map": {"p": "q"}}, "choose one"),
        ({"to_b": {"prefix": "AUS-"}}, "4 characters, but code holds 4"),
        ({"value_map": [["p", "q"], ["P", "r"]]}, "'p' twice"),
        ({"value_map": [["p", "q"], ["r", "Q"]]}, "'q' twice"),
        ({"value_map": {"p": "much too long"}}, "too long for code"),
        ({"value_map": {"p": "q"}, "unknown": "x"}, "pass, drop, refuse"),
        ({"unknown": "drop"}, "no value_map"),
        ({"valuemap": {}}, "Did you mean value_map?"),
    ],
)
def test_a_pair_that_cannot_work_is_refused_with_its_row(options, said):
    with pytest.raises(UserError) as caught:
        build([{"a": "code"} | options], [Field("code", "C")], [SHORT], NAMES)
    assert "ow 1" in str(caught.value)
    assert said in str(caught.value)


def test_one_way_several_words_may_have_one_partner():
    row = {"a": "code", "value_map": {"new": "open", "busy": "open"}, "direction": "to_b"}
    assert build([row], [Field("code", "C")], [SHORT], NAMES).pairs
    with pytest.raises(UserError, match="'open' twice"):
        build([row | {"direction": "to_a"}], [Field("code", "C")], [SHORT], NAMES)


def test_only_text_can_be_transformed():
    email = Field("email", "e", FieldType.EMAIL)
    with pytest.raises(UserError, match="only text"):
        build([{"a": "email", "to_b": {"prefix": "x"}}], [email], [email], NAMES)


def test_a_value_map_names_the_words_that_a_field_of_choices_can_hold():
    stage = Field("code", "S", choices=(("OPEN", "open"), ("DONE", "done")))
    assert build([{"a": "code", "value_map": {"x": "open"}}], [Field("code", "C")], [stage], NAMES)
    with pytest.raises(UserError, match="code can be open, done"):
        build([{"a": "code", "value_map": {"x": "shut"}}], [Field("code", "C")], [stage], NAMES)
