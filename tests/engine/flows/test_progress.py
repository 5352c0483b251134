"""A cursor holds good after every page."""

from __future__ import annotations

import pytest

from instep.catalogue import get
from instep.connectors.gohighlevel import connector
from instep.core.errors import UserError
from instep.core.flow.arrivals import Watch
from instep.engine.flows.triggers.operation_polls import OperationPolls
from instep.engine.flows.triggers.progress import Page, Progress
from instep.engine.operation_services import Line
from instep.sdk.clock import SystemClock
from instep.sdk.request import Reply
from instep.sdk.resource import Account

WATCH = Watch(("id",))
BEGAN = "2026-03-04T14:00:00Z"


def page(following=None, *, slips=False, began=BEGAN):
    return Page([], WATCH, began, following, slips)


def test_a_time_through_counts_from_its_first_page():
    at = Progress().after(page({"n": 2})).after(page(None, began="2026-03-04T15:00:00Z"))

    assert (at.since, at.whole_at, at.is_under_way) == (BEGAN, BEGAN, False)


def test_a_narrowed_time_through_does_not_count_as_whole():
    at = Progress(since="2026-03-03T00:00:00Z", whole_at="2026-03-03T00:00:00Z")

    after = at.through(whole=False).after(page())

    assert (after.since, after.whole_at) == (BEGAN, "2026-03-03T00:00:00Z")


def test_a_baseline_that_slips_is_read_twice_and_stays_the_baseline():
    at = Progress().after(page({"n": 2}, slips=True)).after(page(slips=True))
    assert (at.is_baseline, at.is_under_way, at.following) == (True, True, None)

    again = at.after(page({"n": 2}, slips=True)).after(page(slips=True))
    assert (again.is_baseline, again.is_under_way) == (False, False)


def test_only_a_baseline_is_read_twice():
    at = Progress(since=BEGAN).after(page({"n": 2}, slips=True)).after(page(slips=True))

    assert not at.is_under_way


def test_a_cursor_is_read_back_as_it_was():
    at = Progress().after(page({"n": 2, "more": [1, "x"]}))

    assert Progress.load(at.dump()) == at


@pytest.mark.parametrize("nonsense", ["", "nonsense", "[]", '{"other": 1}', "3", '"text"'])
def test_what_is_no_cursor_is_refused_in_words(nonsense):
    with pytest.raises(UserError, match="Reset the trigger"):
        Progress.load(nonsense)


class SamePage:
    """An app that hands out its first page whatever it is asked (facts: ghl 7 row 1)."""

    def __init__(self):
        self.calls = 0

    async def send(self, request, purpose):
        self.calls += 1
        contacts = [{"id": f"c{each}"} for each in range(100)]
        meta = {"startAfterId": f"c{self.calls}", "startAfter": self.calls}
        return Reply(200, {}, {"contacts": contacts, "meta": meta})


async def test_an_app_that_repeats_its_first_page_is_left():
    client = SamePage()
    line = Line(connector, Account("l1", "US", {}), client)
    polls = OperationPolls(SystemClock())

    pages = [each async for each in polls.pages(line, get("contacts.list"), {}, None)]

    assert (client.calls, len(pages), pages[-1].more) == (2, 2, False)
