"""What may be written over as it was last read, and what is read once more before."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from instep.engine.deleting_records import is_fresh
from instep.sdk.resource import Cursor

NOW = 1_000_000


@pytest.mark.parametrize(
    ("age", "version", "guarded", "late", "fresh"),
    [
        (0, "7", True, False, True),
        (0, None, True, False, False),  # the app would guard the write, if we knew its version
        (0, None, False, False, True),  # there is nothing to know
        (0, "7", True, True, False),
        (60_000, "7", True, False, False),
        (60_000, None, False, False, False),
    ],
)
def test_a_record_is_written_over_only_if_what_we_know_of_it_is_new_and_whole(
    age, version, guarded, late, fresh
):
    cursor = Cursor(overlap_seconds=0, ordered=True, late=late)
    side = SimpleNamespace(resource=SimpleNamespace(cursor=cursor, guarded=guarded))
    target = SimpleNamespace(read_at=NOW - age, version=version)
    assert is_fresh(SimpleNamespace(now=lambda: NOW), side, target) is fresh
