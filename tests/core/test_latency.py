"""Times counted by class, and their middle."""

from __future__ import annotations

from collections import Counter
from statistics import median as exact

from hypothesis import given
from hypothesis import strategies as st

from instep.core.latency import UNTIMED, class_of, median


@given(st.lists(st.integers(min_value=0, max_value=90 * 86_400_000), min_size=1))
def test_the_middle_is_within_a_class_of_the_exact_one(times):
    told = median(Counter(map(class_of, times)))
    below = sorted(times)[(len(times) - 1) // 2]
    above = sorted(times)[len(times) // 2]
    assert (below + 1) / 1.5 - 2 <= told <= (above + 1) * 1.5 + 1, exact(times)


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=10**12))
def test_a_longer_time_is_in_no_lower_class(one, other):
    assert (class_of(min(one, other))) <= class_of(max(one, other))


def test_what_was_not_timed_has_no_middle():
    assert median({}) is None
    assert median({UNTIMED: 500}) is None
    assert median({UNTIMED: 500, class_of(1_000): 1}) in range(700, 1_500)


def test_clocks_that_differ_make_no_negative_time():
    assert class_of(-5_000) == class_of(0) == 0
