"""A flow is told in words: what starts it, and what its steps do."""

from __future__ import annotations

import pytest

from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.engine.flows.flow_told import steps_in_words


def told(*steps):
    document = {"id": "told", "trigger": {"kind": "manual"}, "steps": [*steps]}
    return steps_in_words(read_flow(document, FlowLanguage()).flow)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (120, "2 minutes"),
        (5_400, "90 minutes"),
        (3_600, "1 hour"),
        (86_400, "1 day"),
        (604_800, "7 days"),
    ],
)
def test_a_wait_is_told_in_the_largest_unit_that_it_is_whole_in(seconds, words):
    assert told({"id": "rest", "kind": "delay", "seconds": seconds}) == [f"rest: waits {words}"]


def test_what_stands_within_a_step_is_indented_below_it():
    within = {"id": "rest", "kind": "delay", "seconds": 60}
    lines = told({"id": "all", "kind": "for_each", "items": "{{trigger.tags}}", "steps": [within]})
    assert lines == ["all: for each of {{trigger.tags}}", "  rest: waits 1 minute"]
