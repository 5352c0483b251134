"""The laws of merging, each checked over every case there is.

A test collects the cases that break its law, so that a failure shows them all.
"""

from __future__ import annotations

import pytest

from instep.core.mapping import Authority, Direction
from instep.core.merge import Merge, Reason
from instep.core.records import FieldType
from tests.core.every_merge import KEY, VALUES, cases, other

TEXT, WORDS, CONSENT = FieldType.TEXT, FieldType.WORDS, FieldType.CONSENT
SPOKEN = {Reason.CONSENT, Reason.WORDS}  # reasons that say themselves what became of an edit
every_kind = pytest.mark.parametrize("kind", VALUES)


@every_kind
def test_there_are_as_many_cases_as_combinations(kind):
    values = len(VALUES[kind])
    assert len(cases(kind)) == values**2 * (values**2 + 1) * len(Direction) * 2 * 6


# Coming to rest


@every_kind
def test_a_second_merge_has_nothing_left_to_do(kind):
    """Only a conflict that waits for a person is found again."""
    broken = []
    for case in cases(kind):
        again = case.pairing.after().merged()
        if again != Merge(conflicts=case.merged.conflicts):
            broken.append((case, again))
    assert not broken


@every_kind
def test_both_sides_are_equal_afterwards_where_both_may_be_written(kind):
    """Words that one app keeps differently stay different: see the tests of words."""
    broken = []
    for case in cases(kind):
        unlike_words = case.kind is WORDS and case.base("a") != case.base("b")
        if case.direction is not Direction.BOTH or case.merged.conflicts or unlike_words:
            continue
        unmoved = case.bases is not None and not case.moved("a") and not case.moved("b")
        after = case.pairing.after()
        a, b = after.a[KEY], after.b[KEY]
        equal = bool(a) == bool(b) if kind is CONSENT else a == b
        if not equal and not unmoved:
            broken.append((case, after))
    assert not broken


@every_kind
def test_nothing_moves_when_nobody_moved(kind):
    still = [case for case in cases(kind) if case.bases == (case.a, case.b)]
    assert still
    assert not [case for case in still if case.merged != Merge()]


@every_kind
def test_no_write_writes_what_is_there_already(kind):
    assert not [case for case in cases(kind) for each in case.changes if each.before == each.after]


@every_kind
def test_a_change_says_what_both_sides_hold(kind):
    broken = [
        (case, change)
        for case in cases(kind)
        for change in case.changes
        if (change.before, change.source) != (case.now(change.side), case.now(other(change.side)))
    ]
    assert not broken


@pytest.mark.parametrize("kind", [TEXT, FieldType.BOOLEAN, CONSENT])
def test_a_field_is_changed_or_in_conflict_or_agreed_but_never_two_of_them(kind):
    broken = []
    for case in cases(kind):
        merged = case.merged
        agreed = dict(merged.base_a) or dict(merged.base_b)
        if sum(map(bool, (merged.changes, merged.conflicts, agreed))) > 1:
            broken.append(case)
        if merged.base_a not in ({}, {KEY: case.a}) or merged.base_b not in ({}, {KEY: case.b}):
            broken.append(case)
    assert not broken


@pytest.mark.parametrize("kind", [TEXT, FieldType.BOOLEAN])
def test_an_edit_that_may_not_travel_is_not_agreed_on(kind):
    """It would be overwritten later, by an edit of the other side, without a word."""
    broken = []
    for case in cases(kind):
        for side, base in (("a", case.merged.base_a), ("b", case.merged.base_b)):
            if base and case.a != case.b and not case.reaches(other(side)):
                broken.append((case, side))
    assert not broken


# Nothing is lost


@every_kind
def test_an_edit_is_overwritten_only_by_a_change_that_says_so(kind):
    broken = [
        (case, change)
        for case in cases(kind)
        for change in case.changes
        if case.moved(change.side)
        and change.before is not None
        and not (change.lost or change.why in SPOKEN)
    ]
    assert not broken


@every_kind
def test_only_an_edit_that_an_authority_overrules_is_called_lost(kind):
    broken = [
        (case, change)
        for case in cases(kind)
        for change in case.changes
        if change.lost
        and not (
            case.moved(change.side)
            and change.before is not None
            and change.why in {Reason.AUTHORITY, Reason.NEWEST, Reason.YES}
        )
    ]
    assert not broken


@pytest.mark.parametrize("kind", [TEXT, FieldType.BOOLEAN])
def test_an_edit_reaches_the_other_side_or_is_overruled_or_waits_for_a_person(kind):
    broken = []
    for case in cases(kind):
        for side in "ab":
            edited = case.moved(side) and case.now(side) is not None
            if not edited or case.a == case.b or not case.reaches(other(side)):
                continue
            copied = any(
                each.side == other(side) and each.after == case.now(side) for each in case.changes
            )
            overruled = any(each.side == side and each.lost for each in case.changes)
            if not (copied or overruled or case.merged.conflicts):
                broken.append((case, side))
    assert not broken


@pytest.mark.parametrize("kind", [TEXT, FieldType.BOOLEAN])
def test_an_empty_value_overwrites_a_filled_one_only_where_the_mapping_clears(kind):
    broken = []
    for case in cases(kind):
        for change in case.changes:
            if change.after is not None:
                continue
            there = other(change.side)
            emptied = case.bases is not None and case.moved(there) and case.now(there) is None
            edited_here = case.moved(change.side)
            if not (case.clears and emptied and not edited_here and change.why is Reason.CLEARED):
                broken.append((case, change))
    assert not broken


def test_an_emptied_field_is_refilled_and_the_change_says_why():
    broken = []
    for case in cases(TEXT):
        emptied = case.bases is not None and case.moved("a") and case.a is None
        if emptied and case.b is not None and not case.clears and case.reaches("a"):
            whys = [(each.side, each.after, each.why) for each in case.changes]
            if whys != [("a", case.b, Reason.REFILLED)]:
                broken.append((case, whys))
    assert not broken


# Consent


def test_an_opt_out_is_never_taken_back():
    loosened = [(case, each) for case in cases(CONSENT) for each in case.changes if not each.after]
    assert not loosened


def test_an_opt_out_reaches_the_other_side_whoever_has_authority():
    broken = [
        case
        for case in cases(CONSENT)
        if case.a is True
        and not case.b
        and case.reaches("b")
        and (case.bases is None or case.moved("a") or case.moved("b"))
        and [(each.side, each.after) for each in case.changes] != [("b", True)]
    ]
    assert not broken


# Both sides alike, and direction


@every_kind
def test_swapping_the_sides_swaps_the_outcome(kind):
    broken = []
    for case in cases(kind):
        if case.authority is Authority.NEWEST and case.newest is None:
            continue  # falls back to side A
        swapped = case.mirrored().merged
        mine = {(each.side, each.after, each.why, each.lost) for each in case.changes}
        theirs = {(other(each.side), each.after, each.why, each.lost) for each in swapped.changes}
        conflicts = [(each.b, each.a) for each in swapped.conflicts]
        if mine != theirs or conflicts != [(each.a, each.b) for each in case.merged.conflicts]:
            broken.append((case, swapped))
    assert not broken


@every_kind
def test_a_side_the_direction_does_not_reach_is_never_written(kind):
    broken = [case for case in cases(kind) for each in case.changes if not case.reaches(each.side)]
    assert not broken


def test_a_one_way_field_has_no_conflicts():
    oneway = [case for case in cases() if case.direction is not Direction.BOTH]
    assert not [case for case in oneway if case.merged.conflicts]


def test_authority_decides_what_both_sides_changed_differently():
    broken = []
    for case in cases(TEXT):
        both = case.moved("a") and case.moved("b") and None not in {case.a, case.b}
        if not both or case.a == case.b or case.direction is not Direction.BOTH:
            continue
        if case.authority is Authority.ASK:
            expected = []
        elif case.authority is Authority.NEWEST:
            expected = [case.newest or "a"]
        else:
            expected = [case.authority.value]
        winners = [other(each.side) for each in case.changes]
        if winners != expected or bool(case.merged.conflicts) is bool(expected):
            broken.append(case)
    assert not broken


def test_only_the_authority_to_ask_makes_conflicts():
    assert {case.authority for case in cases() if case.merged.conflicts} == {Authority.ASK}
