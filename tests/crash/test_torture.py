"""The crash test in small: a real worker process, killed a few times, on both databases."""

from __future__ import annotations

import pytest

from tests.crash.ordeal import Plan, undergo


@pytest.mark.crash
def test_a_killed_worker_loses_and_doubles_nothing(database_url, tmp_path):
    outcome = undergo(database_url, tmp_path, Plan(kills=3, contacts=40, seed=7, edits=4))
    assert outcome.verdict.troubles == []
    assert outcome.in_step
