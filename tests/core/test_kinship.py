"""Names of other records are compared as side A's and written as the target's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.kinship import (
    Kinship,
    kind_of,
    names_in,
    part_key,
    sought_key,
    unlinked,
)
from instep.core.mapping import FieldMapping, Pair
from instep.core.merge import merge
from instep.core.plan import Kind, Known, intents, plan_new, plan_pair
from instep.core.records import Field, FieldType, Identity


def pair(name, field_type=FieldType.TEXT, **more):
    field = Field(name, name, field_type, **more)
    return Pair(field, field)


TITLE = pair("title", identity=Identity.PART)
DUE = pair("due_at", FieldType.MOMENT, identity=Identity.PART)
BODY = pair("body", FieldType.LONG_TEXT)
CONTACT = pair("contact_id", link="contact")
BUSINESS = pair("business_id", link="business")
MAPPING = FieldMapping((TITLE, DUE, BODY, CONTACT, BUSINESS), parent="contact_id")

FAMILY = {
    ("contact", "a", "a1"): "b1",
    ("contact", "b", "b1"): "a1",
    ("contact", "a", "a2"): "b2",
    ("contact", "b", "b2"): "a2",
    ("business", "a", "a1"): "b9",  # another kind may use the same ids
    ("business", "b", "b9"): "a1",
}
KINSHIP = Kinship(FAMILY)


# Inward: one form to compare


@pytest.mark.parametrize(
    ("side", "values", "compared"),
    [
        ("a", {"contact_id": "a1"}, {"contact_id": "a1"}),
        ("b", {"contact_id": "b1"}, {"contact_id": "a1"}),
        ("a", {"contact_id": "a7"}, {}),
        ("b", {"contact_id": "b7"}, {}),
        ("a", {"contact_id": "b1"}, {}),
        ("b", {"contact_id": None, "title": "x"}, {"contact_id": None, "title": "x"}),
        ("b", {"business_id": "b9", "contact_id": "b2"}, {"business_id": "a1", "contact_id": "a2"}),
        ("b", {"title": "b1"}, {"title": "b1"}),
        ("a", {}, {}),
    ],
)
def test_names_are_compared_as_the_ids_of_side_a(side, values, compared):
    assert KINSHIP.inward(values, side, MAPPING) == compared


def test_what_is_given_is_not_changed():
    values = {"contact_id": "b1"}
    KINSHIP.inward(values, "b", MAPPING)
    assert values == {"contact_id": "b1"}


def test_a_mapping_without_names_leaves_everything_as_it_is():
    known = Known("b1", {"title": "x"}, {"title": "y"})
    assert KINSHIP.known(known, "b", FieldMapping((TITLE,))) is known


def test_the_base_is_turned_like_the_values():
    known = Known("t1", {"contact_id": "b1"}, {"contact_id": "b2", "title": "x"})
    turned = KINSHIP.known(known, "b", MAPPING)
    assert turned.values == {"contact_id": "a1"}
    assert turned.base == {"contact_id": "a2", "title": "x"}
    assert KINSHIP.known(Known("t1", {}), "b", MAPPING).base is None


# Outward: each side its own form


def planned(a, b, base_a=None, base_b=None):
    """The plan of a pair whose values are given as each side holds them."""
    sides = (
        KINSHIP.known(Known("ta", a, base_a), "a", MAPPING),
        KINSHIP.known(Known("tb", b, base_b), "b", MAPPING),
    )
    item = plan_pair(MAPPING, "task", *sides, None if base_a is not None else "content")
    return KINSHIP.outward(item, MAPPING)


def writes(item):
    return {each.side: dict(each.write.set) for each in intents(item, MAPPING)}


def test_a_name_is_written_in_the_targets_own_form():
    moved = planned(
        {"contact_id": "a2"}, {"contact_id": "b1"}, {"contact_id": "a1"}, {"contact_id": "b1"}
    )
    (intent,) = intents(moved, MAPPING)
    assert (intent.side, intent.write.set) == ("b", {"contact_id": "b2"})
    assert (intent.basis, intent.after) == ({"contact_id": "b1"}, {"contact_id": "b2"})
    assert intent.source == {"contact_id": "a2"}


def test_the_other_way_round_the_source_is_in_its_own_form():
    moved = planned(
        {"contact_id": "a1"}, {"contact_id": "b2"}, {"contact_id": "a1"}, {"contact_id": "b1"}
    )
    (intent,) = intents(moved, MAPPING)
    assert (intent.side, intent.write.set) == ("a", {"contact_id": "a2"})
    assert (intent.basis, intent.source) == ({"contact_id": "a1"}, {"contact_id": "b2"})


def test_bases_are_kept_in_each_sides_own_form():
    item = planned({"contact_id": "a1", "title": "x"}, {"contact_id": "b1", "title": "x"})
    assert item.kind is Kind.LINK
    assert item.merge.base_a == {"contact_id": "a1", "title": "x"}
    assert item.merge.base_b == {"contact_id": "b1", "title": "x"}


def test_a_conflict_shows_each_side_its_own_name():
    asking = Pair(CONTACT.a, CONTACT.b, authority="ask")
    mapping = FieldMapping((asking,), parent="contact_id")
    sides = (
        KINSHIP.known(Known("ta", {"contact_id": "a1"}), "a", mapping),
        KINSHIP.known(Known("tb", {"contact_id": "b2"}), "b", mapping),
    )
    item = KINSHIP.outward(plan_pair(mapping, "task", *sides, "content"), mapping)
    (conflict,) = item.merge.conflicts
    assert (conflict.a, conflict.b) == ("a1", "b2")


def test_a_new_record_is_created_with_the_partners_id():
    known = KINSHIP.known(Known("t1", {"title": "x", "contact_id": "b1"}), "b", MAPPING)
    item = KINSHIP.outward(plan_new(MAPPING, "x", "b", known), MAPPING)
    assert writes(item) == {"a": {"title": "x", "contact_id": "a1"}}


def test_a_plan_that_moves_no_name_is_left_as_it_is():
    base = {"contact_id": "a1", "title": "x"}, {"contact_id": "b1", "title": "x"}
    sides = Known("ta", base[0], base[0]), Known("tb", {**base[0], "title": "y"}, base[0])
    item = plan_pair(MAPPING, "task", *sides)
    assert KINSHIP.outward(item, MAPPING) is item


# An unlinked name is never written


def test_a_record_that_names_a_stranger_is_created_without_the_name():
    known = KINSHIP.known(Known("t1", {"title": "x", "business_id": "a5"}), "a", MAPPING)
    assert writes(KINSHIP.outward(plan_new(MAPPING, "x", "a", known), MAPPING)) == {
        "b": {"title": "x"}
    }


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_change_to_a_stranger_waits_and_does_not_count_as_emptied(side):
    stranger, known = {"contact_id": f"{side}7"}, {"contact_id": f"{'b' if side == 'a' else 'a'}1"}
    bases = {"contact_id": "a1"}, {"contact_id": "b1"}
    a, b = (stranger, known) if side == "a" else (known, stranger)
    item = planned(a, b, *bases)
    assert item.kind is Kind.NOTHING
    assert item.merge.changes == ()
    assert not item.merge.base_a
    assert not item.merge.base_b


ids = st.sampled_from(["1", "2", "3", "4", "5"])


@st.composite
def families(draw):
    """Links between ids of both sides, for two kinds, and the names both sides hold."""
    partners = {}
    for kind in ("contact", "business"):
        theirs = draw(st.permutations(["1", "2", "3", "4", "5"]))
        for mine, other in list(zip("12345", theirs, strict=True))[: draw(st.integers(0, 5))]:
            partners[kind, "a", f"a{mine}"] = f"b{other}"
            partners[kind, "b", f"b{other}"] = f"a{mine}"
    return Kinship(partners)


def named(side):
    name = st.none() | ids.map(lambda each: f"{side}{each}")
    return st.fixed_dictionaries({}, optional={"contact_id": name, "business_id": name})


@given(families(), named("a"), named("b"))
def test_inward_and_outward_are_inverse_for_linked_names(kinship, a, b):
    for values, side in ((a, "a"), (b, "b")):
        for key, inward in kinship.inward(values, side, MAPPING).items():
            back = inward
            if side == "b" and inward is not None:
                back = kinship.partner(MAPPING.by_key[key], "a", inward)
            assert back == values[key]


@given(families(), named("a"), named("b"), named("a"), named("b"), st.booleans())
def test_whatever_is_written_names_only_records_the_target_has(kinship, a, b, base_a, base_b, met):
    bases = (base_a, base_b) if met else (None, None)
    sides = [
        kinship.known(Known(f"t{side}", values, base), side, MAPPING)
        for side, values, base in (("a", a, bases[0]), ("b", b, bases[1]))
    ]
    item = kinship.outward(plan_pair(MAPPING, "task", *sides, None if met else "content"), MAPPING)
    for intent in intents(item, MAPPING):
        for key, value in intent.write.set.items():
            kind = MAPPING.by_key[key].a.link
            assert value is None or (kind, intent.side, value) in kinship.partners
    for side, base in (("a", item.merge.base_a), ("b", item.merge.base_b)):
        for key, value in base.items():
            kind = MAPPING.by_key[key].a.link
            assert value is None or (kind, side, value) in kinship.partners


@given(families(), named("a"), named("b"))
def test_what_agrees_by_the_links_is_never_written(kinship, a, b):
    same = kinship.inward(a, "a", MAPPING) == kinship.inward(b, "b", MAPPING)
    sides = kinship.inward(a, "a", MAPPING), kinship.inward(b, "b", MAPPING)
    assert not same or not merge(MAPPING, sides, None).changes


# Who is named, and who of them waits


def test_every_name_is_told_with_its_kind():
    values = {"contact_id": "b1", "business_id": None, "title": "b9"}
    assert list(names_in(values, "b", MAPPING)) == [("contact", "b", "b1")]
    assert kind_of(BUSINESS) == "business"
    assert kind_of(TITLE) == ""


def test_only_names_without_a_link_are_waited_for():
    values = {"contact_id": "a1", "business_id": "a2"}
    assert list(unlinked(values, "a", MAPPING, KINSHIP)) == [("business", "a2")]


# What tells a child from its siblings

CHILD = {"title": "Call back", "due_at": "2026-02-01T09:00:00.000Z", "contact_id": "a1"}


def key_of(**more):
    return part_key({**CHILD, **more}, MAPPING)


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ({}, True),
        ({"title": "call  BACK"}, True),
        ({"title": " Call back\n"}, True),
        ({"body": "about the policy"}, True),
        ({"title": "Call"}, False),
        ({"due_at": "2026-02-02T09:00:00.000Z"}, False),
        ({"due_at": None}, False),
        ({"contact_id": "a2"}, False),
        ({"contact_id": None}, False),
    ],
)
def test_siblings_are_alike_when_their_parts_are(more, same):
    assert (key_of(**more) == key_of()) is same


def test_a_child_whose_part_was_not_read_has_no_key():
    assert part_key({"title": "Call back", "contact_id": "a1"}, MAPPING) is None


def test_a_kind_without_parts_has_no_key():
    assert part_key(CHILD, FieldMapping((BODY, CONTACT), parent="contact_id")) is None


def test_what_one_side_cuts_off_does_not_tell_siblings_apart():
    short = Pair(TITLE.a, Field("title", "t", max_length=4, identity=Identity.PART))
    mapping = FieldMapping((short, CONTACT), parent="contact_id")
    keys = {
        part_key({"title": title, "contact_id": "a1"}, mapping) for title in ("Call back", "Call")
    }
    assert len(keys) == 1


def test_the_same_child_is_sought_below_the_parents_partner():
    there = part_key({**CHILD, "contact_id": "b1"}, MAPPING)
    assert sought_key(key_of(), "b1") == there
    assert sought_key(key_of(), "b2") != there
    assert sought_key(None, "b1") is None


def test_a_child_of_nobody_is_sought_among_nobodys():
    nobodys = key_of(contact_id=None)
    assert sought_key(nobodys, None) == nobodys


@given(st.text(max_size=8), st.text(max_size=8))
def test_a_parents_id_may_look_like_anything(mine, theirs):
    key = part_key({**CHILD, "contact_id": mine}, MAPPING)
    assert sought_key(key, theirs) == part_key({**CHILD, "contact_id": theirs}, MAPPING)
