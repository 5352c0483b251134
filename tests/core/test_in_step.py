"""One sentence for how everything stands."""

from __future__ import annotations

import pytest

from instep.core.in_step import Trouble, Work, judge

MONDAY = 1_767_600_000_000  # 2026-01-05 08:00:00 UTC


def test_everything_is_in_step_when_nothing_is_in_trouble_and_nothing_waits():
    verdict = judge([], Work(syncs=2, flows=1, connections=2))
    assert (verdict.state, verdict.sentence) == ("in_step", "Everything is in step.")


@pytest.mark.parametrize(
    ("work", "state", "words"),
    [
        (Work(), "empty", "connect an app"),
        (Work(connections=2), "empty", "no sync or flow is set up"),
        (Work(syncs=1, begun=("people",)), "working", "the first run of people is under way"),
        (Work(syncs=1, flows=1, asleep=2), "paused", "every sync and flow is paused"),
        (Work(syncs=1, waiting=1), "working", "1 change that is on the way"),
        (Work(syncs=1, waiting=1200), "working", "1,200 changes that are on the way"),
        (Work(syncs=2, asleep=1), "in_step", "Everything is in step."),
    ],
)
def test_what_is_no_trouble_is_told_too(work, state, words):
    verdict = judge([], work)
    assert verdict.state == state
    assert words in verdict.sentence


def test_one_trouble_is_told_whole_with_what_to_do():
    stopped = Trouble(
        "sync", "people", MONDAY, "Half of side B is gone.", "instep sync status people"
    )
    verdict = judge([stopped], Work(syncs=1, waiting=5))
    assert verdict.state == "trouble"
    assert verdict.sentence == (
        "Not everything is in step: sync people, since 2026-01-05 08:00:00 UTC: "
        "Half of side B is gone."
    )
    assert (verdict.since, verdict.advice) == (MONDAY, "instep sync status people")


def test_of_many_troubles_the_oldest_comes_first_and_the_rest_are_counted():
    troubles = [
        Trouble("flow", f"flow-{hour}", MONDAY + hour * 3_600_000, f"Trouble {hour}.")
        for hour in (4, 2, 0, 3, 1)
    ]
    undated = Trouble("sync", "people", None, "3 records wait for a person.")
    verdict = judge([undated, *troubles], Work(syncs=1))
    assert verdict.troubles[0].name == "flow-0"
    assert verdict.troubles[-1] is undated
    assert "6 things are in trouble (flow flow-0, flow flow-1, flow flow-2 and 3 more)" in (
        verdict.sentence
    )
    assert verdict.sentence.endswith("First: Trouble 0.")
