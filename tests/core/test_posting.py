"""What an answer to a webhook that was posted means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.posting import (
    ATTEMPTS,
    PAUSES,
    REFUSED_ATTEMPTS,
    SCHEDULE,
    Answer,
    Next,
    judge,
    pause,
    told,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CHANCES = st.floats(0, 1, exclude_max=True)


def judged(status, attempt=1, chance=0.0, retry_at=None):
    return judge(Answer(status, retry_at=retry_at), attempt, NOW, chance)


@given(st.integers(200, 299), st.integers(1, ATTEMPTS))
def test_every_2xx_is_a_yes(status, attempt):
    assert judged(status, attempt).next is Next.SENT


@given(st.integers(1, ATTEMPTS))
def test_gone_stops_all_of_the_connection(attempt):
    assert judged(410, attempt).next is Next.STOPPED
    assert judge(Answer(None, "no secret", ours=True), attempt, NOW, 0).next is Next.STOPPED


@pytest.mark.parametrize("status", [None, 500, 502, 503, 504, 429, 408])
def test_what_may_pass_is_tried_until_the_schedule_ends(status):
    waits = [judged(status, attempt).wait for attempt in range(1, ATTEMPTS)]
    assert waits == [*SCHEDULE]
    last = judged(status, ATTEMPTS)
    assert (last.next, last.wait) == (Next.DEAD, None)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 405, 422])
def test_a_no_is_tried_less_often(status):
    nexts = [judged(status, attempt).next for attempt in range(1, REFUSED_ATTEMPTS + 1)]
    assert nexts == [Next.WAITING] * (REFUSED_ATTEMPTS - 1) + [Next.DEAD]


@pytest.mark.parametrize("status", [None, 429, 502, 503, 504])
def test_a_receiver_that_cannot_answer_is_left_alone_altogether(status):
    assert judged(status).busy
    assert judged(status, ATTEMPTS).busy


@pytest.mark.parametrize("status", [200, 400, 404, 408, 410, 500])
def test_a_fault_with_one_record_holds_up_no_other(status):
    assert not judged(status).busy


@given(CHANCES, st.integers(1, ATTEMPTS - 1))
def test_chance_makes_a_wait_longer_by_a_fifth_at_most(chance, attempt):
    wait = judged(500, attempt, chance).wait
    assert SCHEDULE[attempt - 1] <= wait <= SCHEDULE[attempt - 1] * 1.2


def test_the_receivers_word_makes_it_later_and_never_sooner():
    assert judged(429, retry_at=NOW + timedelta(seconds=90)).wait == 90
    assert judged(429, retry_at=NOW + timedelta(seconds=1)).wait == SCHEDULE[0]
    assert judged(503, retry_at=NOW - timedelta(hours=1)).wait == SCHEDULE[0]


def test_pauses_grow_and_stay_at_the_longest():
    assert [pause(rounds) for rounds in range(1, 7)] == [*PAUSES, PAUSES[-1], PAUSES[-1]]


@pytest.mark.parametrize(
    ("status", "word"), [(410, "replay"), (302, "redirects"), (404, "does not take"), (500, "500.")]
)
def test_each_answer_is_told_in_words(status, word):
    said = told(status, "hooks.example.com:443")
    assert said.startswith(f"hooks.example.com:443 answered {status}")
    assert word in said


def test_of_a_yes_there_is_nothing_to_tell():
    assert told(204, "hooks.example.com:443") == ""
