"""Taking back what a run did to one record: field by field, and only what nobody touched since."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.bases import as_set
from instep.core.mapping import Direction, FieldMapping, Pair
from instep.core.merge import Merge, Reason
from instep.core.plan import Item, Kind, intents
from instep.core.records import Field, FieldType
from instep.core.undoing import Line, Present, undo

CITY = Pair(Field("city", "city"), Field("town", "TOWN"))
ZIP = Pair(Field("zip", "zip"), Field("zip", "ZIP"))
TAGS = Pair(Field("tags", "tags", FieldType.WORDS), Field("tags", "TAGS", FieldType.WORDS))
CONSENT = Pair(Field("out", "out", FieldType.CONSENT), Field("out", "OUT", FieldType.CONSENT))
ONE_WAY = Pair(Field("name", "name"), Field("name", "NAME"), Direction.TO_A)
MAPPING = FieldMapping((CITY, ZIP, TAGS, CONSENT))

HELD = {"city": "Ulm", "zip": "1", "tags": ("p",), "out": None}


def updated(before, after):
    return Line("updated", before, after)


def created(after):
    return Line("created", {}, after)


def deleted(before):
    return Line("deleted", before, {})


def present(values=HELD, *, gone=False, **more):
    return Present("b", values, gone, "Insightly", **more)


def changed(undone):
    return {each.key: (each.before, each.after) for each in undone.changes}


# Updates


def test_a_field_that_still_holds_what_it_was_given_goes_back():
    undone = undo(MAPPING, [updated({"city": "Bonn"}, {"city": "Ulm"})], present())
    assert (undone.kind, changed(undone)) == (Kind.UPDATE, {"city": ("Ulm", "Bonn")})
    assert {each.why for each in undone.changes} == {Reason.UNDONE}
    assert undone.refused == ()


def test_a_field_that_was_filled_is_emptied_again():
    undone = undo(MAPPING, [updated({"city": None}, {"city": "Ulm"})], present())
    assert changed(undone) == {"city": ("Ulm", None)}


def test_a_field_changed_since_is_refused_and_the_others_go_back():
    line = updated({"city": "Bonn", "zip": "9"}, {"city": "Ulm", "zip": "1"})
    now = present(HELD | {"city": "Köln"})
    undone = undo(MAPPING, [line], now)
    assert changed(undone) == {"zip": ("1", "9")}
    assert [each.as_json() for each in undone.refused] == [
        {"field": "city", "why": "changed since in Insightly"}
    ]


def test_a_refusal_names_the_run_that_changed_it_since():
    now = present(HELD | {"city": "Köln"}, since={"city": "by run run_2 for ann"})
    (refused,) = undo(MAPPING, [updated({"city": "Bonn"}, {"city": "Ulm"})], now).refused
    assert refused.why == "changed since by run run_2 for ann"


def test_what_is_as_it_was_before_already_needs_nothing():
    undone = undo(MAPPING, [updated({"city": "Ulm"}, {"city": "Bonn"})], present())
    assert (undone.kind, undone.changes) == (Kind.NOTHING, ())
    assert undone.refused[0].why == "it is as it was before already"


def test_several_changes_of_one_run_are_unwound_to_the_first():
    lines = [updated({"city": "A"}, {"city": "B"}), updated({"city": "B"}, {"city": "Ulm"})]
    assert changed(undo(MAPPING, lines, present())) == {"city": ("Ulm", "A")}


def test_an_edit_between_two_changes_of_one_run_is_where_unwinding_ends():
    lines = [updated({"city": "A"}, {"city": "B"}), updated({"city": "edit"}, {"city": "Ulm"})]
    undone = undo(MAPPING, lines, present())
    assert "city" in {each.field for each in undone.refused}
    assert undone.changes == ()


def test_words_are_taken_away_and_added_one_by_one():
    line = updated({"tags": ("old", "p")}, {"tags": ("new", "p")})
    now = present(HELD | {"tags": ("mine", "new", "p")})
    undone = undo(MAPPING, [line], now)
    assert changed(undone) == {"tags": (("mine", "new", "p"), ("mine", "old", "p"))}
    (intent,) = intents(Item(undone.kind, "Ada", "a1", "b1", Merge(undone.changes)), MAPPING)
    assert dict(intent.write.add) == {"tags": ("old",)}
    assert dict(intent.write.remove) == {"tags": ("new",)}
    assert intent.moved["tags"].stays


def test_words_that_somebody_put_right_already_need_nothing():
    line = updated({"tags": ("p",)}, {"tags": ("new", "p")})
    assert undo(MAPPING, [line], present()).kind is Kind.NOTHING


def test_the_other_side_keeps_what_it_agreed_on():
    now = present(agreed={"city": "Ulm there"})
    (change,) = undo(MAPPING, [updated({"city": "Bonn"}, {"city": "Ulm"})], now).changes
    assert change.source == "Ulm there"


@pytest.mark.parametrize(
    ("mapping", "line", "why"),
    [
        (FieldMapping((ZIP,)), updated({"city": "Bonn"}, {"city": "Ulm"}), "leaves it out"),
        (MAPPING, updated({"city": "Bonn"}, {}), "did not tell"),
        (
            FieldMapping((ONE_WAY,)),
            updated({"name": "Ada"}, {"name": "Eve"}),
            "does not let it be written",
        ),
    ],
)
def test_a_field_that_cannot_be_written_any_more_is_refused(mapping, line, why):
    undone = undo(mapping, [line], present(HELD | {"name": "Eve"}))
    assert undone.kind is Kind.NOTHING
    assert why in undone.refused[0].why


def test_an_update_of_a_record_that_is_gone_is_refused():
    undone = undo(MAPPING, [updated({"city": "Bonn"}, {"city": "Ulm"})], present(gone=True))
    assert [each.why for each in undone.refused] == ["it is not in Insightly any more"]


# Creates


def test_what_was_created_is_deleted_while_it_holds_what_was_created():
    undone = undo(MAPPING, [created(HELD)], present(HELD | {"out": False}))
    assert undone.kind is Kind.DELETE
    assert {each.key for each in undone.changes} == set(HELD)


def test_what_was_created_and_edited_since_is_kept():
    undone = undo(MAPPING, [created(HELD)], present(HELD | {"zip": "2"}))
    assert undone.kind is Kind.NOTHING
    assert undone.refused[0].why == (
        "it does not hold any more what was created: zip was changed since in Insightly"
    )


def test_what_was_created_and_changed_by_the_same_run_is_deleted():
    lines = [created(HELD | {"city": "Bonn"}), updated({"city": "Bonn"}, {"city": "Ulm"})]
    assert undo(MAPPING, lines, present()).kind is Kind.DELETE


def test_an_app_that_cannot_delete_keeps_what_was_created():
    undone = undo(MAPPING, [created(HELD)], present(deletes=False))
    assert undone.refused[0].why == "Insightly cannot delete it"


# Deletes


def test_what_was_deleted_is_created_again_with_what_it_held():
    undone = undo(MAPPING, [deleted(HELD)], present(gone=True))
    assert undone.kind is Kind.CREATE
    assert changed(undone) == {"city": (None, "Ulm"), "zip": (None, "1"), "tags": (None, ("p",))}


def test_what_was_changed_and_then_deleted_by_one_run_comes_back_as_it_was_before_both():
    lines = [updated({"city": "Bonn"}, {"city": "Ulm"}), deleted(HELD)]
    assert changed(undo(MAPPING, lines, present(gone=True)))["city"] == (None, "Bonn")


def test_what_came_back_by_itself_is_not_created_again():
    assert undo(MAPPING, [deleted(HELD)], present()).refused[0].why == "it is in Insightly again"


def test_what_was_created_and_deleted_by_one_run_needs_nothing():
    assert undo(MAPPING, [created(HELD), deleted(HELD)], present(gone=True)).kind is Kind.NOTHING


# Laws

values = st.fixed_dictionaries(
    {
        "city": st.sampled_from([None, "A", "B", "C"]),
        "zip": st.sampled_from([None, "1", "2"]),
        "tags": st.frozensets(st.sampled_from("pqr")).map(lambda w: tuple(sorted(w)) or None),
    }
)
PLAIN = FieldMapping((CITY, ZIP, TAGS))


@given(st.lists(values, min_size=2, max_size=5))
def test_whatever_a_run_did_an_undo_puts_back_exactly(states):
    lines = []
    for one, other in itertools.pairwise(states):
        moved = [key for key in one if one[key] != other[key]]
        if moved:
            lines.append(updated({k: one[k] for k in moved}, {k: other[k] for k in moved}))
    undone = undo(PLAIN, lines, present(states[-1]))
    assert undone.kind is Kind.NOTHING or not undone.refused
    after = states[-1] | {each.key: each.after for each in undone.changes}
    assert after == states[0]


@given(values, values, values)
def test_an_edit_made_since_survives_every_undo(before, after, now):
    moved = [key for key in before if before[key] != after[key]]
    line = updated({k: before[k] for k in moved}, {k: after[k] for k in moved})
    undone = undo(PLAIN, [line], present(now))
    for change in undone.changes:
        if change.key != "tags":
            assert now[change.key] == after[change.key]
        else:
            ours = as_set(before["tags"]) ^ as_set(after["tags"])
            assert as_set(change.before) ^ as_set(change.after) <= ours
