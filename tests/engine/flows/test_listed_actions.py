"""Every listed action is carried out as a step does it, on a sandbox on a real port.

What each is given, and what has to come of it, is told by the conformance stories.
"""

from __future__ import annotations

import pytest

from tests.conformance.outcome import Verdict
from tests.engine.flows.stories_by_step import ACTIONS, Steps, told_by


@pytest.fixture(scope="module")
def outcomes():
    return told_by(Steps)[1]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_listed_action_does_in_a_step_what_its_story_asks_for(outcomes, action):
    outcome = outcomes[action]
    assert (outcome.verdict, outcome.note) == (Verdict.PASSED, "")


def test_there_are_69_listed_actions():
    assert len(ACTIONS) == 69


async def test_what_is_made_of_others_calls_the_one_that_fits(actor):
    made = await actor.call("contacts.create", email="ann@find.example", firstName="Ann")
    by_id = await actor.call("contacts.find", contactId=made["contact"]["id"])
    by_mail = await actor.call("contacts.find", email="ann@find.example")
    assert by_id["contact"]["firstName"] == "Ann"
    assert by_mail["contact"]["id"] == made["contact"]["id"]
