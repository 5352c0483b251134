"""How long to wait before trying again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from instep.core.retry import BASE_SECONDS, CAP_SECONDS, backoff_seconds

attempts = st.integers(1, 10_000)
chances = st.floats(0, 1, exclude_max=True)


@given(attempts, chances)
def test_a_wait_is_never_negative_and_never_longer_than_the_cap(attempt, chance):
    assert 0 <= backoff_seconds(attempt, chance) <= CAP_SECONDS


@given(st.integers(1, 100), chances)
def test_a_later_attempt_never_waits_less(attempt, chance):
    assert backoff_seconds(attempt, chance) <= backoff_seconds(attempt + 1, chance)


@given(st.integers(1, 6))
def test_the_span_doubles_with_every_failure_until_the_cap(attempt):
    assert backoff_seconds(attempt, 0.5) == BASE_SECONDS * 2**attempt / 2


def test_many_that_failed_together_are_spread_over_the_whole_span():
    assert backoff_seconds(3, 0.0) == 0
    assert backoff_seconds(3, 0.999) > 0.99 * BASE_SECONDS * 8
