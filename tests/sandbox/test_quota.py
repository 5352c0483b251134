from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.sandbox.quota import Allowance, Quota, parse_pace


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 10))
def test_no_window_ever_holds_more_calls_than_allowed(gaps, calls):
    quota = Quota(Allowance(calls, 10, 1_000_000))
    now, taken = 1_000.0, []
    for gap in gaps:
        now += gap
        if quota.take(now):
            taken.append(now)
    for moment in taken:
        assert sum(moment - 10 < other <= moment for other in taken) <= calls


def test_what_is_left_counts_down_and_comes_back():
    quota = Quota(Allowance(2, 10, 100))
    assert [quota.take(at) for at in (0.0, 1.0, 2.0)] == [True, True, False]
    assert quota.left == 0
    assert quota.take(10.0)
    assert not quota.take(10.5)


def test_the_daily_count_begins_again_at_midnight():
    quota = Quota(Allowance(10, 1, 2))
    assert [quota.take(at) for at in (10.0, 20.0, 30.0)] == [True, True, False]
    assert quota.daily_left == 0
    assert quota.day_ends_in(30.0) == 86_370.0
    assert quota.take(86_400.0)


@pytest.mark.parametrize(("text", "factor"), [("real", 1), ("fast", 10), ("250", 250)])
def test_a_pace_is_a_factor(text, factor):
    assert parse_pace(text) == factor
    assert Allowance(100, 10, 200).times(factor) == Allowance(100 * factor, 10, 200 * factor)


@pytest.mark.parametrize("text", ["", "slow", "0", "-1", "1.5"])
def test_any_other_pace_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_pace(text)
