"""Merging whole pairs: several fields, fields not read, apps that keep values their own way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.mapping import Authority, Direction, FieldMapping, Pair
from instep.core.merge import Conflict, Merge, Reason, merge
from instep.core.records import Field, FieldType
from tests.core.carrying_out import Pairing

CITY = Pair(Field("city", "c"), Field("town", "T"))
PLACE = Pair(Field("zip", "z"), Field("zip", "Z"))
MAPPING = FieldMapping((CITY, PLACE))


def one(pair):
    return FieldMapping((pair,))


def summary(merged):
    return [(each.key, each.side, each.before, each.after, each.why) for each in merged.changes]


# Fields on their own


def test_each_side_s_edit_of_another_field_reaches_the_other():
    both = {"city": "Ulm", "zip": "1"}
    merged = merge(
        MAPPING, ({"city": "Bonn", "zip": "1"}, {"city": "Ulm", "zip": "2"}), (both,) * 2
    )
    assert summary(merged) == [
        ("city", "b", "Ulm", "Bonn", Reason.ONLY_THIS_SIDE_CHANGED),
        ("zip", "a", "1", "2", Reason.ONLY_THIS_SIDE_CHANGED),
    ]
    assert merged.conflicts == ()


@pytest.mark.parametrize("sides", [({}, {"city": "Ulm"}), ({"city": "Ulm"}, {}), ({}, {})])
def test_a_field_that_was_not_read_gets_no_verdict(sides):
    bases = ({"city": "Bonn"}, {"city": "Bonn"})
    assert merge(one(CITY), sides, bases) == Merge()
    assert merge(one(CITY), sides, None) == Merge()


def test_a_field_that_is_not_mapped_is_not_looked_at():
    assert merge(one(CITY), ({"else": 1}, {"else": 2}), None) == Merge()


def test_a_field_mapped_later_is_met_for_the_first_time():
    """Its key is in no base yet, while the rest of the pair agreed long ago."""
    bases = ({"city": "Ulm"}, {"city": "Ulm"})
    merged = merge(MAPPING, ({"city": "Ulm", "zip": "1"}, {"city": "Ulm", "zip": None}), bases)
    assert summary(merged) == [("zip", "b", None, "1", Reason.FILLED)]


def test_a_field_that_only_one_side_agreed_on_is_met_for_the_first_time_too():
    merged = merge(one(CITY), ({"city": "Ulm"}, {"city": "Bonn"}), ({"city": "Ulm"}, {}))
    assert summary(merged) == [("city", "b", "Bonn", "Ulm", Reason.AUTHORITY)]
    assert merged.changes[0].lost


def test_the_same_edit_on_both_sides_is_only_agreed_on():
    bases = ({"city": "Ulm"}, {"city": "Ulm"})
    merged = merge(one(CITY), ({"city": "Bonn"}, {"city": "Bonn"}), bases)
    assert merged == Merge(base_a={"city": "Bonn"}, base_b={"city": "Bonn"})


def test_a_conflict_keeps_both_values_and_no_base_moves():
    pair = Pair(CITY.a, CITY.b, authority=Authority.ASK)
    merged = merge(one(pair), ({"city": "Bonn"}, {"city": "Kiel"}), ({"city": "Ulm"},) * 2)
    assert merged == Merge(conflicts=(Conflict("city", "Bonn", "Kiel"),))


def test_a_person_who_makes_both_sides_equal_resolves_a_conflict():
    pair = Pair(CITY.a, CITY.b, authority=Authority.ASK)
    asked = Pairing(one(pair), {"city": "Bonn"}, {"city": "Kiel"}, ({"city": "Ulm"},) * 2).after()
    assert asked.merged().conflicts
    resolved = asked.edited("b", city="Bonn").after()
    assert (resolved.merged(), resolved.bases) == (Merge(), ({"city": "Bonn"},) * 2)


# What a side cannot take


@pytest.mark.parametrize("options", [{"readonly": True}, {"create_only": True}])
def test_a_side_that_takes_no_updates_is_left_as_it_is(options):
    pair = Pair(Field("city", "c", **options), CITY.b)
    bases = ({"city": "Ulm"}, {"city": "Ulm"})
    edited_there = Pairing(one(pair), {"city": "Ulm"}, {"city": "Bonn"}, bases)
    assert edited_there.merged().changes == ()
    assert edited_there.after().merged() == Merge()
    edited_here = Pairing(one(pair), {"city": "Bonn"}, {"city": "Ulm"}, bases)
    assert [(each.side, each.after) for each in edited_here.merged().changes] == [("b", "Bonn")]


def test_clearing_does_not_travel_to_a_side_that_takes_no_updates():
    pair = Pair(CITY.a, Field("town", "T", create_only=True), clears=True)
    merged = merge(one(pair), ({"city": None}, {"city": "Ulm"}), ({"city": "Ulm"},) * 2)
    assert summary(merged) == [("city", "a", None, "Ulm", Reason.REFILLED)]


# Apps that keep a value their own way


short = Pair(Field("city", "c"), Field("town", "T", max_length=6))


def test_what_is_written_fits_and_the_other_side_s_base_is_the_whole_value():
    pairing = Pairing(one(short), {"city": "Bad Doberan"}, {"city": None})
    (change,) = pairing.merged().changes
    assert (change.after, change.source) == ("Bad Do", "Bad Doberan")
    after = pairing.after()
    assert (after.a, after.merged()) == ({"city": "Bad Doberan"}, Merge())


def test_a_change_beyond_the_other_side_s_limit_is_only_agreed_on():
    bases = ({"city": "Bad Doberan"}, {"city": "Bad Do"})
    merged = merge(one(short), ({"city": "Bad Dohna"}, {"city": "Bad Do"}), bases)
    assert merged.changes == ()
    assert merged.base_a == {"city": "Bad Dohna"}


KEEPS = {
    "lower-cases": str.lower,
    "trims": str.strip,
    "cuts": lambda text: text[:4].strip(),
    "changes as it likes": lambda text: text.title().replace("l", "1"),
}
texts = st.none() | st.text("aLl b", min_size=1, max_size=8).map(
    lambda text: " ".join(text.split()) or None
)


@pytest.mark.parametrize("kept", KEEPS)
@pytest.mark.parametrize("authority", [Authority.A, Authority.B])
@given(a=texts, b=texts, later=texts, side=st.sampled_from("ab"), clears=st.booleans())
def test_an_echo_moves_nothing_however_the_app_keeps_it(kept, authority, a, b, later, side, clears):
    def keep(value):
        return (KEEPS[kept](value) or None) if value else None

    pair = Pair(CITY.a, CITY.b, authority=authority, clears=clears)
    linked = Pairing(one(pair), {"city": a}, {"city": keep(b)}, keeps={"b": keep}).after()
    assert linked.merged() == Merge()
    edit = later if side == "a" else keep(later)
    edited = linked.edited(side, city=edit).after()
    assert edited.merged() == Merge()
    if edit is not None:
        assert getattr(edited, side)["city"] == edit


def test_an_app_that_refuses_a_value_quietly_is_not_asked_again_and_again():
    pairing = Pairing(
        one(CITY), {"city": "Ulm"}, {"city": None}, keeps={"b": lambda _value: None}
    ).after()
    assert pairing.b == {"city": None}
    assert pairing.merged() == Merge()


# One way only


def test_what_a_one_way_field_s_target_was_edited_to_is_called_lost_when_it_is_overwritten():
    """The edit there had nowhere to go; the next edit here overwrites it."""
    pair = Pair(CITY.a, CITY.b, Direction.TO_B)
    agreed = Pairing(one(pair), {"city": "Ulm"}, {"city": "Ulm"}, ({"city": "Ulm"},) * 2)
    drifted = agreed.edited("b", city="Kiel").after()
    assert drifted.merged() == Merge()
    (change,) = drifted.edited("a", city="Bonn").merged().changes
    assert (change.before, change.after) == ("Kiel", "Bonn")
    assert change.lost


def test_an_edit_that_goes_back_to_an_old_value_travels_one_way_all_the_same():
    """Emptying here does not travel, but it counts: what is filled in again is an edit."""
    pair = Pair(CITY.a, CITY.b, Direction.TO_B)
    agreed = Pairing(one(pair), {"city": "Ulm"}, {"city": "Ulm"}, ({"city": "Ulm"},) * 2)
    emptied = agreed.edited("b", city="Kiel").after().edited("a", city=None).after()
    (change,) = emptied.edited("a", city="Ulm").merged().changes
    assert (change.before, change.after, change.lost) == ("Kiel", "Ulm", True)


# Consent


def test_where_nobody_said_anything_nobody_opted_out():
    flag = Field("opted_out", "o", FieldType.CONSENT)
    merged = merge(one(Pair(flag, flag)), ({"opted_out": None}, {"opted_out": False}), None)
    assert merged == Merge(base_a={"opted_out": None}, base_b={"opted_out": False})


@pytest.mark.parametrize("edited", ["a", "b"])
@pytest.mark.parametrize("authority", Authority)
def test_taking_back_an_opt_out_on_one_side_only_does_not_stand(edited, authority):
    flag = Field("opted_out", "o", FieldType.CONSENT)
    agreed = {"opted_out": True}
    pair = Pair(flag, flag, authority=authority, clears=True)
    pairing = Pairing(one(pair), agreed, agreed, (agreed, agreed))
    after = pairing.edited(edited, opted_out=False).after()
    assert after.a == after.b == agreed


def test_a_person_who_takes_it_back_on_both_sides_is_believed():
    flag = Field("opted_out", "o", FieldType.CONSENT)
    bases = ({"opted_out": True}, {"opted_out": True})
    off = {"opted_out": False}
    merged = merge(one(Pair(flag, flag)), (off, off), bases)
    assert merged == Merge(base_a=off, base_b=off)


DONE = Pair(*(Field("completed", "c", FieldType.BOOLEAN),) * 2, authority=Authority.A)


@pytest.mark.parametrize(("a", "b", "target"), [(False, True, "a"), (True, False, "b")])
def test_of_yes_and_no_yes_is_kept_when_two_records_are_linked(a, b, target):
    """Whoever has authority: a task that was done stays done."""
    (change,) = merge(one(DONE), ({"completed": a}, {"completed": b}), None).changes
    assert (change.side, change.after, change.why, change.lost) == (target, True, Reason.YES, True)


def test_a_task_that_is_reopened_later_is_reopened_on_the_other_side():
    bases = ({"completed": True}, {"completed": True})
    merged = merge(one(DONE), ({"completed": False}, {"completed": True}), bases)
    assert summary(merged) == [("completed", "b", True, False, Reason.ONLY_THIS_SIDE_CHANGED)]
