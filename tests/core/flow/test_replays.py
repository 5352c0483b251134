"""Which runs can be done again, and what is taken away of what they came to."""

from __future__ import annotations

import pytest

from instep.core.flow.outcomes import Outcome, State, done
from instep.core.flow.replays import refusal, without_stop


@pytest.mark.parametrize("state", ["dead", "stopped"])
@pytest.mark.parametrize("from_start", [False, True])
def test_a_run_that_failed_can_be_done_again_either_way(state, from_start):
    assert refusal(state, from_start=from_start, has_copy=False) is None


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_a_run_without_a_failed_step_can_be_done_again_from_the_start_only(state):
    assert refusal(state, from_start=True, has_copy=False) is None
    assert "from the start" in refusal(state, from_start=False, has_copy=False)


@pytest.mark.parametrize("from_start", [False, True])
@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("ready", "under way"),
        ("waiting", "under way"),
        ("held", "under way"),
        ("unknown", "answer"),
    ],
)
def test_what_is_open_or_in_doubt_is_not_done_again(state, why, from_start):
    assert why in refusal(state, from_start=from_start, has_copy=False)


def test_a_run_that_has_a_copy_is_not_done_again():
    assert "Another run" in refusal("dead", from_start=False, has_copy=True)


def test_the_failed_step_is_taken_away_and_what_was_done_stays():
    outcomes = {"a": done({}), "b": Outcome(State.FAILED, error="No.")}
    assert without_stop(outcomes, "b") == {"a": done({})}


def test_a_step_that_may_have_arrived_is_kept_to_be_looked_up():
    doubt = Outcome(State.UNKNOWN, error="No answer.", attempt=3, inputs={"n": 1})
    left = without_stop({"a": doubt}, "a")
    assert left == {"a": Outcome(State.STARTED, attempt=1, inputs={"n": 1})}
