"""From page to page: which arguments lead on, and when there is nothing more."""

from __future__ import annotations

import pytest

from instep.catalogue import all_operations, get
from instep.catalogue.paging import next_arguments, records_in, with_size

MESSAGES = {"lastMessageId": "m2", "nextPage": True, "messages": [{"id": "m1"}, {"id": "m2"}]}


@pytest.mark.parametrize(
    ("identifier", "given", "reply", "more"),
    [
        # facts: ghl 6.3
        (
            "contacts.search",
            {"pageLimit": 1},
            {"contacts": [{"id": "a", "searchAfter": [1, "a"]}]},
            {"searchAfter": [1, "a"]},
        ),
        # facts: ghl 6.2
        (
            "contacts.list",
            {},
            {"contacts": [{"id": "a"}], "meta": {"startAfter": 1, "startAfterId": "a"}},
            {"startAfter": 1, "startAfterId": "a"},
        ),
        ("contacts.list", {}, {"contacts": [{"id": "a"}], "meta": {"startAfter": 1}}, None),
        # facts: ghl 6.10
        ("conversations.list_messages", {}, MESSAGES, {"lastMessageId": "m2"}),
        ("conversations.list_messages", {}, {"messages": MESSAGES}, {"lastMessageId": "m2"}),
        ("conversations.list_messages", {}, {**MESSAGES, "nextPage": False}, None),
        (
            "conversations.search",
            {},
            {"conversations": [{"id": "a", "sort": [17]}]},
            {"startAfterDate": 17},
        ),
        ("locations.search", {"skip": 10}, {"locations": [{"id": "a"}, {"id": "b"}]}, {"skip": 12}),
        ("opportunities.search_advanced", {}, {"opportunities": [{"id": "a"}]}, {"page": 2}),
        (
            "calendars.list_appointment_notes",
            {"offset": 0},
            {"notes": [{"id": "a"}], "hasMore": False},
            None,
        ),
        ("contacts.search", {}, {"contacts": []}, None),
        ("contacts.get", {}, {"contact": {"id": "a"}}, None),
    ],
)
def test_the_next_page_follows_from_this_one(identifier, given, reply, more):
    expected = None if more is None else {**given, **more}
    assert next_arguments(get(identifier), given, reply) == expected


def test_a_cursor_that_does_not_move_ends_the_list():
    reply = {"contacts": [{"id": "a", "searchAfter": [1]}]}
    assert next_arguments(get("contacts.search"), {"searchAfter": [1]}, reply) is None


def test_a_token_leads_on_wherever_it_stands():
    operation = next(
        each
        for each in all_operations()
        if each.paging and each.paging.kind == "token" and each.items
    )
    reply = {operation.items: [{"id": "a"}], "pagination": {"nextPageToken": "t"}}
    assert next_arguments(operation, {}, reply) == {operation.paging.parameters[0]: "t"}


def test_records_are_found_where_the_catalogue_says():
    assert records_in(get("contacts.list_tasks"), {"tasks": [1, 2]}) == [1, 2]
    assert records_in(get("calendars.list_notifications"), [1]) == [1]
    assert (
        records_in(get("conversations.list_messages"), {"messages": MESSAGES})
        == MESSAGES["messages"]
    )
    assert records_in(get("contacts.list_tasks"), "not json") == []
    assert records_in(get("contacts.get"), {"contact": {}}) == []


@pytest.mark.parametrize(
    ("identifier", "given", "most", "size"),
    [
        ("contacts.search", {}, None, {"pageLimit": 100}),
        ("contacts.search", {}, 5, {"pageLimit": 5}),
        ("contacts.search", {"pageLimit": 7}, 500, {"pageLimit": 7}),
        ("calendars.list_appointment_notes", {}, None, {"limit": 20, "offset": 0}),
        ("contacts.list_tasks", {}, 5, {}),
    ],
)
def test_the_first_page_has_a_size(identifier, given, most, size):
    assert with_size(get(identifier), given, most) == size
