"""What becomes of records outside the filter: linked ones, matched ones, new ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.filters import build_filter
from instep.core.leaving import LEFT, Outside, outside_once_made, plan_left
from instep.core.mapping import Direction, FieldMapping, Pair
from instep.core.plan import Action, Kind, Known, intents, plan_new, plan_pair
from instep.core.records import Field, FieldType, Write
from instep.core.rules import Leaving

CITY = Pair(Field("city", "c"), Field("town", "t"))
TAGS = Pair(Field("labels", "l", FieldType.WORDS), Field("tags", "t", FieldType.WORDS))
MAPPED = FieldMapping((CITY, TAGS))
UNMAPPED = FieldMapping((CITY,))
WHY = "it is outside the filter: city is ulm"
AGREED = {"city": "Ulm", "labels": ("vip",)}


def ends(mapping=MAPPED, **edits):
    keys = {pair.key for pair in mapping.pairs}
    base = {key: value for key, value in AGREED.items() if key in keys}
    return Known("a1", {**base, **edits}, base), Known("b1", base, base)


def left(leaving, outside, mapping=MAPPED, sides=None):
    return plan_left(mapping, "Ada", sides or ends(mapping), outside, leaving)


@pytest.mark.parametrize("leaving", Leaving)
def test_a_pair_inside_is_planned_like_any_other(leaving):
    assert left(leaving, Outside()) is None


@pytest.mark.parametrize("outside", [Outside(WHY), Outside(None, WHY), Outside(WHY, WHY)])
def test_a_pair_that_is_to_stop_is_left_alone_with_its_reason(outside):
    item = left(Leaving.STOP, outside)
    assert (item.kind, item.a_id, item.b_id) == (Kind.EXCLUDED, "a1", "b1")
    assert WHY in item.why
    assert "its link is kept, and nothing is deleted" in item.why
    assert (item.merge.changes, item.merge.base_a, item.merge.base_b) == ((), {}, {})
    assert intents(item, MAPPED) == []


@pytest.mark.parametrize("outside", [Outside(WHY), Outside(None, WHY), Outside(WHY, WHY)])
def test_a_pair_that_is_to_be_kept_is_kept(outside):
    assert left(Leaving.KEEP, outside) is None


def test_a_partner_is_tagged_once_when_a_record_leaves():
    item = left(Leaving.TAG, Outside(WHY))
    (change,) = item.merge.changes
    assert (change.side, change.before, change.after) == ("b", ("vip",), (LEFT, "vip"))
    (intent,) = intents(item, MAPPED)
    assert (intent.action, intent.write) == (Action.UPDATE, Write(add={"tags": (LEFT,)}))
    assert intent.basis == {"labels": ("vip",)}
    again = left(Leaving.TAG, Outside(WHY, was_told=True))
    assert (again.kind, again.merge.changes) == (Kind.EXCLUDED, ())


def test_tags_that_are_not_mapped_are_added_to_whatever_stands_there():
    item = left(Leaving.TAG, Outside(WHY), UNMAPPED)
    (intent,) = intents(item, UNMAPPED)
    assert intent.write == Write(add={"tags": (LEFT,)})
    assert (intent.basis, intent.moved) == ({"tags": None}, {})


def test_nobody_is_tagged_whose_own_record_left_who_is_gone_or_who_may_not_be_written():
    a, b = ends()
    gone = Known(b.id, b.values, b.base, gone=True)
    one_way = FieldMapping(tuple(Pair(p.a, p.b, Direction.TO_A) for p in MAPPED.pairs))
    assert left(Leaving.TAG, Outside(WHY, WHY)).merge.changes == ()
    assert left(Leaving.TAG, Outside(WHY), sides=(a, gone)).merge.changes == ()
    assert left(Leaving.TAG, Outside(WHY), one_way, (a, b)).merge.changes == ()


@given(st.sampled_from(Leaving), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_record_that_leaves_never_leads_to_a_delete_or_a_field_change(
    leaving, a_out, b_out, a_gone, b_gone
):
    a, b = ends(city="Bonn")
    sides = Known(a.id, a.values, a.base, gone=a_gone), Known(b.id, b.values, b.base, gone=b_gone)
    outside = Outside(WHY if a_out else None, WHY if b_out else None)
    item = left(leaving, outside, sides=sides)
    if item is not None:
        assert item.kind is Kind.EXCLUDED
        assert {change.key for change in item.merge.changes} <= {"labels", "tags"}
        assert all(each.action is Action.UPDATE for each in intents(item, MAPPED))


FIELDS = (Field("town", "t"), Field("tags", "t", FieldType.WORDS), Field("business_id", "b"))


@pytest.mark.parametrize(
    ("field", "operator", "value", "inside"),
    [
        ("town", "eq", "ulm", True),
        ("town", "eq", "bonn", False),
        ("business_id", "eq", "7", False),
        ("business_id", "exists", False, True),
    ],
)
def test_nobody_is_created_whom_the_filter_there_would_leave_alone(field, operator, value, inside):
    row = {"field": field, "operator": operator, "value": value}
    group = build_filter({"all": [row]}, FIELDS, "apps")
    item = plan_new(MAPPED, "Ada", "a", Known("a1", AGREED))
    (intent,) = intents(item, MAPPED)
    why = outside_once_made(intent, group, None)
    assert (why is None) is inside
    assert inside or why.startswith("on side B it would be outside the filter")


def test_an_update_is_never_held_to_the_filter_of_creating():
    group = build_filter({"all": [{"field": "town", "value": "bonn"}]}, FIELDS, "apps")
    (intent,) = intents(plan_pair(MAPPED, "Ada", *ends(city="Kiel")), MAPPED)
    assert outside_once_made(intent, group, None) is None


def test_where_the_sync_goes_one_way_a_record_of_the_other_side_is_left_alone():
    to_b = FieldMapping((Pair(CITY.a, CITY.b, Direction.TO_B),))
    item = plan_new(to_b, "Ada", "b", Known("b1", {"city": "Ulm"}))
    assert item.kind is Kind.EXCLUDED
    assert item.why == "the sync goes from side A to side B only"
    nothing_to_say = plan_new(to_b, "Ada", "a", Known("a1", {"city": None}))
    assert "lets none of its fields travel" in nothing_to_say.why
