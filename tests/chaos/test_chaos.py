"""Chaos in small, on both databases: real processes, killed, under everything the sandbox has."""

from __future__ import annotations

import pytest

from tests.chaos.seeds import PAST
from tests.chaos.trial import Size, undergo


@pytest.mark.crash
def test_chaos_loses_doubles_and_repeats_nothing(database_url, tmp_path):
    seed = PAST[0] if database_url.startswith("sqlite") else PAST[1]
    trial = undergo(database_url, tmp_path, seed, Size(people=20, rounds=5, doings=6, kills=1))
    assert trial.verdict.troubles == []
