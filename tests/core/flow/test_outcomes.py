"""What follows from an error of a step, and how an outcome is stored."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core import errors
from instep.core.flow.model import OnError
from instep.core.flow.moves import Do, Wait
from instep.core.flow.outcomes import Outcome, State, after_error, after_loss, load, started, stored
from instep.core.flow.walk import Walk
from tests.core.flow.documents import action, flow_of
from tests.core.flow.random_flows import NOW, later

POLICY = OnError(attempts=3, longest_wait=10)


def after(error, attempt=1, chance=0.5):
    return after_error(started({"x": 1}, attempt), error, POLICY, NOW, chance)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.RetryLater("Busy."), State.LATER),
        (errors.OutcomeUnknown("No answer."), State.UNKNOWN),
        (errors.ConnectionBroken("Refused."), State.BROKEN),
        (errors.ScopeMissing("Refused.", "x"), State.BROKEN),
        (errors.RecordRejected("No such field."), State.FAILED),
        (errors.Gone("Gone."), State.FAILED),
        (errors.UserError("Wrong."), State.FAILED),
    ],
)
def test_the_kind_of_error_decides(error, state):
    outcome = after(error)
    assert (outcome.state, outcome.error) == (state, str(error))
    assert outcome.inputs == {"x": 1}


def test_the_last_attempt_fails():
    assert after(errors.RetryLater("Busy."), 3).state is State.FAILED


@given(st.integers(1, 2), st.floats(0, 1, exclude_max=True), st.integers(-50, 50))
def test_nobody_comes_back_before_the_app_said_nor_waits_longer_than_allowed(
    attempt, chance, seconds
):
    outcome = after(errors.RetryLater("Busy.", later(seconds)), attempt, chance)
    assert max(NOW, later(seconds)) <= outcome.at
    assert outcome.at <= max(NOW, later(seconds)) + timedelta(seconds=POLICY.longest_wait)


def test_an_attempt_that_did_nothing_is_made_again_after_a_wait_and_not_for_ever():
    lost = errors.OutcomeUnknown("No answer.", later(30))
    again = after_loss(started({"x": 1}), lost, POLICY, NOW, 0.5)
    assert (again.state, again.attempt) == (State.LATER, 1)
    assert again.at > later(30)
    last = after_loss(started({"x": 1}, 3), lost, POLICY, NOW, 0.5)
    assert (last.state, last.error) == (State.FAILED, "No answer.")


def test_what_a_kill_ended_is_made_again_at_once_even_if_there_is_to_be_one_attempt():
    once = OnError(attempts=1)
    again = after_loss(started({"x": 1}), None, once, NOW, 0.5)
    assert (again.state, again.at) == (State.LATER, NOW)
    assert after_loss(started({"x": 1}, 2), None, once, NOW, 0.5).state is State.FAILED


def test_what_is_to_be_repeated_in_doubt_is_not_repeated_at_once():
    outcome = after(errors.OutcomeUnknown("No answer.", later(30)))
    walk = Walk(flow_of(action("a", on_unknown="repeat")), {}, {"a": outcome})
    move = walk.next(NOW).move
    assert isinstance(move, Wait)
    assert move.until > later(30)
    assert isinstance(walk.next(later(60)).move, Do)


def test_a_daily_limit_uses_up_no_attempt():
    outcome = after(errors.DailyLimit("Used up.", later(3600)), attempt=3, chance=0.0)
    walk = Walk(flow_of(action("a")), {}, {"a": outcome})
    assert walk.next(NOW).move == Wait("a", later(3602), "Used up.")
    move = walk.next(later(3602)).move
    assert isinstance(move, Do)
    assert (move.attempt, move.inputs) == (3, {"x": 1})


def test_eight_attempts_outlast_an_app_that_is_away_for_ten_seconds():
    """Even where chance makes most waits short: the sum of the middle ones is what counts."""
    at, outcome = NOW, started({})
    for attempt in range(1, 8):
        outcome = after_error(
            started({}, attempt), errors.RetryLater("Away."), OnError(), at, chance=0.1
        )
        at = outcome.at
    assert outcome.state is State.LATER
    assert at - NOW > timedelta(seconds=10)


outcomes = st.builds(
    Outcome,
    st.sampled_from(State),
    st.none() | st.dictionaries(st.text(max_size=3), st.integers()),
    st.none() | st.text(max_size=5),
    st.none() | st.just(NOW),
    st.integers(0, 9),
    st.none() | st.dictionaries(st.text(max_size=3), st.booleans()),
)


@given(outcomes)
def test_an_outcome_is_stored_as_json_and_read_back(outcome):
    assert load(json.loads(json.dumps(stored(outcome)))) == outcome
