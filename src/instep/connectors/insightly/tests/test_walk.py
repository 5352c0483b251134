from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.connectors.insightly.walk import PAGE, first_page, next_page
from instep.core.errors import RetryLater
from instep.sdk.request import Reply, Request

PLENTY = 60


def page_of(ids, request):
    skip = int(request.query["skip"])
    return ids[skip : skip + PAGE], Reply(200, {"x-total-count": str(len(ids))})


@given(
    size=st.integers(0, 4 * PAGE + 2),
    rounds=st.lists(
        st.tuples(
            st.lists(st.integers(0, 4 * PAGE), max_size=700),
            st.lists(st.integers(1, 9 * PAGE), max_size=40),
        ),
        max_size=12,
    ),
)
def test_every_contact_that_stays_is_seen_whatever_goes_and_comes_meanwhile(size, rounds):
    ids = list(range(10, 10 + 2 * size, 2))
    staying, seen = set(ids), set()
    changes = iter(rounds)
    request = first_page("/Contacts")
    for _ in range(PLENTY):
        rows, reply = page_of(ids, request)
        seen.update(rows)
        request = next_page(request, reply, rows)
        if request is None:
            break
        request = Request.load(request.dump())
        removed, added = next(changes, ((), ()))
        doomed = {ids[place] for place in removed if place < len(ids)}
        staying -= doomed
        ids = sorted((set(ids) - doomed) | set(added))
    assert request is None
    assert staying <= seen


def test_quiet_pages_overlap_by_one_row():
    request = next_page(first_page("/Contacts"), Reply(200, {}), range(1, PAGE + 1))

    assert request.query["skip"] == str(PAGE - 1)


def test_a_removed_row_makes_it_step_back():
    second = next_page(first_page("/Contacts"), Reply(200, {}), range(1, PAGE + 1))

    again = next_page(second, Reply(200, {}), range(PAGE + 1, 2 * PAGE))

    assert again.query["skip"] == "0"


def test_a_truncated_page_is_not_the_last():
    reply = Reply(200, {"x-total-count": "300"})

    assert next_page(first_page("/Contacts"), reply, range(1, 101)).query["skip"] == "99"


@pytest.mark.parametrize("ids", [[], [1]])
def test_records_that_are_counted_but_not_sent_are_an_error(ids):
    with pytest.raises(RetryLater, match="counts 300 records in /Contacts"):
        next_page(first_page("/Contacts"), Reply(200, {"x-total-count": "300"}), ids)


def test_an_empty_list_has_one_page():
    assert next_page(first_page("/Contacts"), Reply(200, {"x-total-count": "0"}), []) is None
