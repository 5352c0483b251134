"""Every listed trigger and action inside a flow, published and run against the sandbox."""

from __future__ import annotations

import shutil

import pytest

from tests.conformance.outcome import Verdict
from tests.e2e.stories_in_flows import FlowSteps, in_flows
from tests.engine.flows.stories_by_step import ACTIONS, told_by


@pytest.fixture(scope="module")
def told(sqlite_template, tmp_path_factory):
    """All stories, told by flows once."""
    path = tmp_path_factory.mktemp("flows") / "instep.db"
    return told_by(FlowSteps, in_flows(f"sqlite:///{shutil.copy(sqlite_template, path)}"))


@pytest.mark.parametrize("action", ACTIONS)
def test_a_listed_action_does_in_a_flow_what_its_story_asks_for(told, action):
    steps, outcomes = told
    assert (outcomes[action].verdict, outcomes[action].note) == (Verdict.PASSED, "")
    assert steps.ran[action]
