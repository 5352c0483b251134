"""One timeline of everything, in pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.core.person.timeline import Happening, read_place, stretch

TIMES = st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=30)


def happenings(times):
    return [
        Happening(f"note:{number}", "note", ("app",), "Title", at)
        for number, at in enumerate(times)
    ]


@given(TIMES, st.integers(1, 7))
def test_pages_hold_everything_once_in_order(times, limit):
    all_of_it = happenings(times)
    seen, before = [], None
    while True:
        page = stretch(all_of_it, before, limit)
        assert len(page.happenings) <= limit
        seen += page.happenings
        before = page.next
        if before is None:
            break
    dated = [each for each in all_of_it if each.at is not None]
    assert seen == sorted(dated, key=lambda each: each.place, reverse=True)


@pytest.mark.parametrize("text", ["", "x", "12", "12x:note", f"{2**70}:note:1", "²:note"])
def test_a_place_that_is_none_is_refused(text):
    with pytest.raises(UserError, match="no place on a timeline"):
        read_place(text)
