"""When a sync stops and waits for a person: exactly beyond the limit, not before."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.brakes import (
    Brakes,
    check_changes,
    check_deletes,
    check_emptied,
    check_limits,
    check_missing,
    check_record,
)
from instep.core.errors import UserError

USUAL = Brakes()


# A side that suddenly has nothing


@pytest.mark.parametrize(("links", "seen"), [(0, 0), (0, 5), (5, 1), (5, 5)])
def test_a_side_with_records_or_without_links_is_no_alarm(links, seen):
    assert check_emptied("Insightly", links, seen) is None


def test_a_side_that_lost_everything_stops_the_sync():
    tripped = check_emptied("Insightly", 1, 0)
    assert tripped
    assert tripped.reason == "emptied_side"
    assert "Insightly" in tripped.sentence
    assert "1 were linked" in tripped.sentence


# Too many changes in one run


@pytest.mark.parametrize(
    ("changed", "links", "stops"),
    [
        (0, 0, False),
        (100, 0, False),
        (101, 0, True),
        (100, 333, False),
        (101, 333, True),
        (101, 336, True),  # 30 % are 100.8 records: not quite 101
        (101, 337, False),
        (300, 1000, False),
        (301, 1000, True),
    ],
)
def test_a_run_may_change_a_hundred_or_a_third_less_a_bit(changed, links, stops):
    assert (check_changes(USUAL, changed, links) is not None) is stops


def test_the_sentence_says_how_many_and_how_many_are_allowed():
    tripped = check_changes(USUAL, 301, 1000)
    assert tripped
    assert tripped.reason == "mass_change"
    for figure in ("301", "1000", "allows 300"):
        assert figure in tripped.sentence


@given(
    least=st.integers(0, 200),
    percent=st.integers(0, 100),
    changed=st.integers(0, 2_000),
    links=st.integers(0, 5_000),
)
def test_the_limit_is_the_larger_of_number_and_share(least, percent, changed, links):
    brakes = Brakes(min_changes=least, max_share=percent / 100)
    fine = changed <= least or changed <= Fraction(percent, 100) * links
    assert (check_changes(brakes, changed, links) is None) is fine


def test_a_share_that_floats_cannot_hold_is_still_that_share():
    """29 of 100 are 29 %, though 0.29 * 100 is a little less than 29 in floats."""
    assert check_changes(Brakes(min_changes=0, max_share=0.29), 29, 100) is None
    assert check_changes(Brakes(min_changes=0, max_share=0.29), 30, 100) is not None


# One record that does not come to rest


@pytest.mark.parametrize(("changes", "stops"), [(0, False), (11, False), (12, True), (13, True)])
def test_a_record_may_change_twelve_times_an_hour(changes, stops):
    assert (check_record(USUAL, "Ada Lovelace", changes) is not None) is stops


def test_a_restless_record_is_named():
    tripped = check_record(Brakes(per_record_per_hour=3), "Ada Lovelace", 3)
    assert tripped
    assert tripped.reason == "restless_record"
    assert "Ada Lovelace" in tripped.sentence
    assert "3 times" in tripped.sentence


# Too many deletes


@pytest.mark.parametrize(
    ("number", "links", "stops"),
    [(0, 0, False), (20, 20, False), (21, 420, False), (21, 419, True), (60, 1201, False)],
)
def test_a_run_may_miss_and_delete_twenty_or_a_twentieth(number, links, stops):
    assert (check_missing(USUAL, "Insightly", "contacts", number, links) is not None) is stops
    assert (check_deletes(USUAL, number, links) is not None) is stops


def test_the_sentence_names_the_app_and_says_what_to_do():
    tripped = check_missing(USUAL, "Insightly", "contacts", 61, 1201)
    assert tripped
    assert tripped.reason == "mass_delete"
    for part in ("Insightly", "61 of 1201 linked contacts", "allows 60", "release the sync"):
        assert part in tripped.sentence


def test_brakes_stored_before_there_were_limits_for_deletes_still_load():
    stored = {"min_changes": 1, "max_share": 0.1, "per_record_per_hour": 2}
    assert Brakes(**stored) == Brakes(1, 0.1, 2, 20, 0.05)


@pytest.mark.parametrize("odd", [{"min_deletes": -1}, {"max_delete_share": 5}])
def test_odd_limits_for_deletes_are_refused(odd):
    with pytest.raises(UserError):
        check_limits(Brakes(**odd))
