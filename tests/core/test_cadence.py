"""How often a sync reads by itself: as wanted, unless its app's quota says less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.cadence import FOR_POLLS, FOR_SCANS, Budget, cadence, night_after

FREE = Budget("Insightly", daily=1_000, machines=900)
UNKNOWN = Budget("GoHighLevel")
NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp() * 1000)
DAY = 86_400_000


def _shared(budget, syncs, *, poll=1.0, scan=1.0):
    return Budget(budget.app, budget.daily, budget.machines, syncs, poll, scan)


def test_without_a_known_quota_a_sync_polls_as_often_as_was_wanted():
    wanted = cadence(300, [UNKNOWN, UNKNOWN])
    assert (wanted.seconds, wanted.nights, wanted.sentence) == (300, 1, "polls every 5 minutes")


def test_a_small_quota_makes_polls_rarer_and_says_why():
    slowed = cadence(60, [UNKNOWN, FREE])
    assert slowed.seconds == 86_400 / 450
    assert slowed.sentence == "polls every 3 minutes: Insightly allows 1,000 calls a day"


def test_syncs_that_share_a_credential_share_its_quota():
    slowed = cadence(300, [UNKNOWN, _shared(FREE, 5)])
    assert slowed.seconds == 960
    assert slowed.sentence == (
        "polls every 16 minutes: Insightly allows 1,000 calls a day, shared by 5 syncs"
    )


def test_a_large_quota_slows_nobody_down():
    assert cadence(60, [UNKNOWN, Budget("GoHighLevel", 200_000, 180_000, 20)]).seconds == 60


def test_polls_of_several_pages_come_less_often():
    assert cadence(60, [_shared(FREE, 1, poll=4.0)]).seconds == 4 * 86_400 / 450


def test_an_account_too_large_for_its_quota_is_read_wholly_on_fewer_nights():
    assert cadence(60, [FREE]).nights == 1
    assert cadence(60, [_shared(FREE, 1, scan=500.0), UNKNOWN]).nights == 3


@given(
    daily=st.integers(10, 10_000_000),
    reserve=st.floats(0, 0.5),
    syncs=st.integers(1, 200),
    poll=st.floats(0, 500),
    scan=st.floats(0, 5_000),
    every=st.integers(60, 900),
)
def test_polls_and_scans_together_never_use_more_than_their_shares(
    daily, reserve, syncs, poll, scan, every
):
    machines = daily - int(daily * reserve)
    found = cadence(every, [Budget("App", daily, machines, syncs, poll, scan)])
    a_day = 86_400 / found.seconds * max(poll, 1) * syncs
    assert a_day <= FOR_POLLS * machines * (1 + 1e-9)
    assert max(scan, 1) * syncs / found.nights <= FOR_SCANS * machines * (1 + 1e-9)
    assert found.seconds >= every


@given(now=st.integers(0, 4_000_000_000_000), name=st.text(max_size=20), nights=st.integers(1, 9))
def test_the_night_is_in_the_small_hours_and_half_a_day_away_at_least(now, name, nights):
    at = night_after(now, name, nights)
    assert 1 <= datetime.fromtimestamp(at / 1000, UTC).hour < 5
    assert DAY / 2 <= at - now - (nights - 1) * DAY < 1.5 * DAY


def test_a_sync_reads_everything_once_a_night_though_it_begins_late():
    first = night_after(NOON, "syn_1")
    late = first + int(timedelta(hours=3).total_seconds() * 1000)
    assert night_after(late, "syn_1") == first + DAY


def test_syncs_do_not_all_read_everything_at_the_same_time():
    assert len({night_after(NOON, f"syn_{number}") for number in range(50)}) == 50


@pytest.mark.parametrize(
    ("seconds", "said"), [(45, "45 seconds"), (60, "minute"), (540, "9 minutes")]
)
def test_the_time_between_polls_is_said_in_words(seconds, said):
    assert cadence(seconds, [UNKNOWN]).sentence == f"polls every {said}"
