"""Ids of our own rows."""

from __future__ import annotations

import re

from instep.store.ids import new_id


def test_an_id_says_what_it_is():
    assert re.fullmatch(r"con_[0-9a-f]{21}", new_id("con"))


def test_ids_are_never_the_same():
    assert len({new_id("con") for _ in range(10_000)}) == 10_000


def test_ids_sort_by_the_time_they_were_made(monkeypatch):
    made = []
    for seconds in (0, 1, 36**3, 1_790_000_000, 1_790_000_001):
        monkeypatch.setattr("instep.store.ids.time.time_ns", lambda at=seconds: at * 10**9)
        made.append(new_id("con"))
    assert made == sorted(made)
