from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import (
    ConnectionBroken,
    DailyLimit,
    Gone,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    UserError,
)
from instep.core.retry import CAP_SECONDS, RetryPolicy, backoff_seconds, next_attempt

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POLICY = RetryPolicy(attempts=4, longest_wait=20.0)

attempts = st.integers(1, 10_000)
chances = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    "error",
    [
        OutcomeUnknown("no answer"),
        DailyLimit("used up", NOW + timedelta(seconds=1)),
        ConnectionBroken("refused"),
        RecordRejected("no"),
        Gone("gone"),
        UserError("wrong"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_only_what_is_passing_and_harmless_is_tried_again(error):
    assert next_attempt(error, 1, NOW, 0.5, POLICY) is None


def test_it_gives_up_after_the_last_attempt():
    error = RetryLater("busy")
    waits = [next_attempt(error, attempt, NOW, 0.5, POLICY) for attempt in (1, 2, 3, 4)]
    assert waits == [0.5, 1.0, 2.0, None]


def test_the_apps_own_word_comes_first():
    error = RetryLater("busy", NOW + timedelta(seconds=10))
    assert next_attempt(error, 1, NOW, 0.0, POLICY) == 10.0


def test_a_time_that_is_past_means_now():
    assert next_attempt(RetryLater("busy", NOW - timedelta(hours=1)), 1, NOW, 0.0, POLICY) == 0.0


def test_a_long_wait_is_left_to_others():
    assert (
        next_attempt(RetryLater("busy", NOW + timedelta(seconds=21)), 1, NOW, 0.0, POLICY) is None
    )


@given(attempts, chances, st.integers(-1000, 1000))
def test_it_never_comes_back_before_the_app_said_nor_waits_longer_than_allowed(
    attempt, chance, seconds
):
    error = RetryLater("busy", NOW + timedelta(seconds=seconds))
    wait = next_attempt(error, attempt, NOW, chance, POLICY)
    assert wait is None or max(0, seconds) <= wait <= POLICY.longest_wait


@given(attempts, chances)
def test_the_wait_is_spread_over_the_whole_span_and_capped(attempt, chance):
    longest = backoff_seconds(attempt, 1.0)
    assert 0 <= backoff_seconds(attempt, chance) <= longest <= CAP_SECONDS
    assert backoff_seconds(attempt, 0.0) == 0.0
    assert backoff_seconds(attempt + 1, 1.0) >= longest
