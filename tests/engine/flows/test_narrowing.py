"""A list is read no further than needed, and nothing at its edges is passed over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.catalogue import get
from instep.engine.flows.triggers.narrowing import narrowed, reaches_back, window, with_ties

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
CONVERSATIONS = get("conversations.search")


def talk(*times):
    return {"conversations": [{"id": f"c{each}", "sort": [each]} for each in times]}


def test_contacts_are_asked_for_by_their_time_of_change_beside_the_filters_that_are_there():
    mine = {"field": "city", "operator": "eq", "value": "London"}

    asked = narrowed(get("contacts.search"), {"filters": [mine]}, "2026-03-04T14:00:00Z")

    assert asked["filters"][0] == mine
    assert asked["filters"][1]["value"] == {"gte": "2026-03-04T14:00:00Z"}
    assert asked["sort"] == [{"field": "dateUpdated", "direction": "asc"}]


def test_a_whole_read_leaves_nothing_out():
    assert "filters" not in narrowed(get("contacts.search"), {}, None)
    assert narrowed(get("businesses.list"), {"limit": 5}, None) == {"limit": 5}


@pytest.mark.parametrize(
    ("reply", "since", "reaches"),
    [
        (talk(1772632800001, 1772632800000), "2026-03-04T14:00:00Z", False),
        (talk(1772632800001, 1772632799999), "2026-03-04T14:00:00Z", True),
        (talk(1772632800001, 1), None, False),
        (talk(), "2026-03-04T14:00:00Z", False),
        ({"conversations": [{"id": "c1"}]}, "2026-03-04T14:00:00Z", False),
    ],
)
def test_conversations_are_read_back_to_the_last_poll(reply, since, reaches):
    assert reaches_back(CONVERSATIONS, reply, since) is reaches


def test_the_next_page_begins_with_the_moment_the_last_one_ended_with():
    assert with_ties(CONVERSATIONS, {}, {"startAfterDate": 100}) == {"startAfterDate": 101}


def test_a_page_of_one_moment_is_not_read_for_ever():
    assert with_ties(CONVERSATIONS, {"startAfterDate": 101}, {"startAfterDate": 100}) == {
        "startAfterDate": 100
    }


def test_days_that_nobody_names_move_along():
    events, slots = get("calendars.list_events"), get("calendars.free_slots")

    assert window(events, {}, NOW) == {
        "startTime": "1772496000000",  # 3 March
        "endTime": "1804204800000",  # a year later
    }
    assert window(slots, {}, NOW)["startDate"] == "1772668800000"  # 5 March
    assert window(slots, {"startDate": 1}, NOW) == {}
    assert window(get("contacts.search"), {}, NOW) == {}
