from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import DailyLimit
from instep.sdk.limits import Limits, Observed, Purpose
from instep.sdk.pacing import Pace, learn, lease, start

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC).timestamp()
MIDNIGHT = datetime(2026, 1, 3, tzinfo=UTC)

moves = st.lists(
    st.tuples(
        st.floats(0, 30),  # seconds until the lease
        st.integers(1, 12),  # permits wanted
        st.sampled_from(Purpose),
        st.floats(0, 20) | st.none(),  # seconds the app asks to pause just before
    ),
    max_size=40,
)
paces = st.builds(
    Limits,
    per_second=st.sampled_from([0.2, 2.1, 4.0, 9.6, 100.0]),
    burst=st.integers(1, 10),
    concurrency=st.just(4),
    daily=st.integers(0, 120) | st.none(),
)


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def lease_all(limits, plan):
    """Lease as planned; return the permits, each with its purpose, and the pace at the end."""
    pace, now, given_out = start(limits), NOW, []
    for later, wanted, purpose, pause in plan:
        now += later
        if pause is not None:
            pace = learn(pace, Observed(pause_until=at(now + pause)), now)
        try:
            permits, pace = lease(pace, wanted, purpose, now)
        except DailyLimit:
            continue
        given_out += [(permit, purpose, now) for permit in permits]
    return given_out, pace


@given(paces, moves)
def test_no_span_holds_more_than_the_burst_and_its_share_of_the_rate(limits, plan):
    times = [permit for permit, _, _ in lease_all(limits, plan)[0]]
    assert times == sorted(times)
    for first, begins in enumerate(times):
        for last in range(first, len(times)):
            most = limits.burst + limits.per_second * (times[last] - begins)
            assert last - first + 1 <= most + 1e-3


@given(paces, moves)
def test_no_permit_begins_before_it_was_asked_for(limits, plan):
    assert all(permit >= asked for permit, _, asked in lease_all(limits, plan)[0])


@given(paces, moves)
def test_a_day_never_holds_more_than_its_quota_and_machines_leave_the_reserve(limits, plan):
    given_out, _ = lease_all(limits, plan)
    if limits.daily is None:
        return
    machines = 0
    for number, (_, purpose, _) in enumerate(given_out, start=1):
        assert number <= limits.daily
        machines += purpose is not Purpose.PERSON
        assert machines <= limits.daily - int(limits.daily * 0.1)


@given(moves)
def test_nothing_is_called_during_a_pause(plan):
    pace = learn(start(Limits(4.0, 4, 4)), Observed(pause_until=at(NOW + 100)), NOW)
    for later, wanted, purpose, _ in plan:
        permits, pace = lease(pace, wanted, purpose, min(NOW + later, NOW + 99))
        assert min(permits) >= NOW + 100


def test_a_burst_comes_at_once_and_then_the_rate():
    permits, pace = lease(start(Limits(2.0, 3, 4)), 5, Purpose.READ, NOW)
    assert [permit - NOW for permit in permits] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert [permit - NOW for permit in lease(pace, 1, Purpose.READ, NOW)[0]] == [1.5]


def test_a_pause_saves_up_no_burst_beyond_the_usual():
    pace = learn(start(Limits(2.0, 3, 4)), Observed(pause_until=at(NOW + 60)), NOW)
    permits, _ = lease(pace, 5, Purpose.READ, NOW)
    assert [permit - NOW for permit in permits] == [60.0, 60.0, 60.0, 60.5, 61.0]


def test_people_may_use_what_machines_must_leave():
    pace = Pace(100.0, 10, daily=20, used_today=18, resets_at=MIDNIGHT.timestamp())
    with pytest.raises(DailyLimit, match="kept for people"):
        lease(pace, 1, Purpose.WRITE, NOW)
    permits, pace = lease(pace, 5, Purpose.PERSON, NOW)
    assert len(permits) == 2
    with pytest.raises(DailyLimit, match=r"quota of 20 calls is used up; .* 2026-01-03 00:00 UTC"):
        lease(pace, 1, Purpose.PERSON, NOW)


def test_a_used_up_day_says_when_it_goes_on():
    pace = learn(start(Limits(4.0, 4, 4, daily=100)), Observed(daily_left=0), NOW)
    with pytest.raises(DailyLimit) as caught:
        lease(pace, 1, Purpose.PERSON, NOW)
    assert caught.value.at == MIDNIGHT
    assert lease(pace, 1, Purpose.READ, MIDNIGHT.timestamp())[1].used_today == 1


def test_the_app_knows_better_when_its_day_ends():
    told = Observed(daily=100, daily_left=0, daily_resets_at=at(NOW + 60))
    pace = learn(start(Limits(4.0, 4, 4)), told, NOW)
    with pytest.raises(DailyLimit):
        lease(pace, 1, Purpose.PERSON, NOW + 59)
    assert lease(pace, 1, Purpose.PERSON, NOW + 60)[0]


def test_what_others_used_of_the_quota_counts():
    pace = learn(start(Limits(4.0, 4, 4, daily=100)), Observed(daily_left=40), NOW)
    assert pace.used_today == 60


def test_calls_on_their_way_are_not_given_back_by_a_late_reply():
    _, pace = lease(start(Limits(4.0, 4, 4, daily=100)), 8, Purpose.READ, NOW)
    assert learn(pace, Observed(daily_left=97), NOW).used_today == 8


def test_rate_and_burst_follow_the_headers():
    pace = learn(start(Limits(2.1, 4, 4)), Observed(per_second=9.6, burst=6), NOW)
    assert (pace.per_second, pace.burst) == (9.6, 6)


def test_a_used_up_burst_is_waited_for():
    pace = learn(start(Limits(2.0, 4, 4)), Observed(burst_left=1), NOW)
    permits, _ = lease(pace, 2, Purpose.READ, NOW)
    assert [permit - NOW for permit in permits] == [0.0, 0.5]


def test_a_longer_pause_is_not_cut_short():
    pace = learn(start(Limits(2.0, 4, 4)), Observed(pause_until=at(NOW + 60)), NOW)
    assert learn(pace, Observed(pause_until=at(NOW + 5)), NOW).paused_until == NOW + 60


def test_what_says_nothing_changes_nothing():
    _, pace = lease(start(Limits(2.0, 4, 4)), 1, Purpose.READ, NOW)
    assert learn(pace, Observed(), NOW + timedelta(hours=1).total_seconds()) == pace
