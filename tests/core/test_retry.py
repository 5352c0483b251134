"""Whether and when a call is tried again in place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core import errors
from instep.core.retry import (
    BASE_SECONDS,
    CAP_SECONDS,
    RetryPolicy,
    backoff_seconds,
    next_attempt,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POLICY = RetryPolicy(attempts=4, longest_wait=20.0)

attempts = st.integers(1, 10_000)
chances = st.floats(0, 1, exclude_max=True)


def wait(error, attempt=1, chance=0.0, policy=POLICY):
    return next_attempt(error, attempt, NOW, chance, policy)


# How long


@given(attempts, chances)
def test_a_wait_is_never_negative_and_never_longer_than_the_cap(attempt, chance):
    assert 0 <= backoff_seconds(attempt, chance) <= CAP_SECONDS


@given(st.integers(1, 100), chances)
def test_a_later_attempt_never_waits_less(attempt, chance):
    assert backoff_seconds(attempt, chance) <= backoff_seconds(attempt + 1, chance)


@given(st.integers(1, 6))
def test_the_span_doubles_with_every_failure(attempt):
    assert backoff_seconds(attempt, 0.5) == BASE_SECONDS * 2**attempt / 2


def test_many_that_failed_together_are_spread_over_the_whole_span():
    assert backoff_seconds(3, 0.0) == 0
    assert backoff_seconds(3, 0.999) > 0.99 * BASE_SECONDS * 8


# Whether


@pytest.mark.parametrize(
    "error",
    [
        errors.OutcomeUnknown("No answer."),  # it may have happened: looked up first
        errors.DailyLimit("Used up.", NOW + timedelta(seconds=1)),
        errors.ConnectionBroken("Refused."),
        errors.RecordRejected("Refused."),
        errors.Gone("Gone."),
        errors.SyncHalted("Stopped.", "mass_change"),
        errors.UserError("Wrong."),
    ],
)
def test_only_what_surely_was_not_done_is_tried_again(error):
    assert wait(error) is None


@pytest.mark.parametrize(("attempt", "again"), [(1, True), (3, True), (4, False), (5, False)])
def test_the_last_attempt_is_the_last(attempt, again):
    assert (wait(errors.RetryLater("Busy."), attempt) is not None) is again


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (-30, 0), (20, 20), (20.1, None)])
def test_the_app_s_own_word_is_kept_unless_it_is_too_long_to_wait_here(seconds, expected):
    at = NOW + timedelta(seconds=seconds)
    assert wait(errors.RetryLater("Busy.", at)) == expected


@given(st.integers(1, 3), chances, st.floats(0, 15))
def test_nobody_comes_back_before_the_app_said(attempt, chance, seconds):
    at = NOW + timedelta(seconds=seconds)
    waited = wait(errors.RetryLater("Busy.", at), attempt, chance)
    assert waited is None or waited >= (at - NOW).total_seconds()
