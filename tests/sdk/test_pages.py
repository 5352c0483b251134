from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import RetryLater
from instep.sdk.pages import LinkHeader, NextToken, Offset, PageNumber
from instep.sdk.request import Reply, Request

FIRST = Request("GET", "/rows", {"top": "3"})
SIZE = 3


def written_down(request):
    return Request.load(json.loads(json.dumps(request.dump())))


def rows_at(rows, request, parameter="skip"):
    skip = int(request.query.get(parameter, "0"))
    return rows[skip : skip + SIZE]


# Page numbers


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (2, 1), (3, 2), (7, 3)])
def test_page_numbers_end_with_a_page_that_is_not_full(count, pages):
    rows, read, seen = [str(n) for n in range(count)], [], 0
    request = FIRST
    while request is not None:
        seen += 1
        number = int(request.query.get("page", "1"))
        ids = rows[(number - 1) * SIZE : number * SIZE]
        read += ids
        request = PageNumber(SIZE).next(written_down(request), ids)
    assert (read, seen) == (rows, pages)


def test_page_numbers_end_when_the_app_sends_its_last_page_for_ever():
    second = PageNumber(SIZE).next(FIRST, ["a", "b", "c"])
    assert PageNumber(SIZE).next(second, ["a", "b", "c"]) is None


def test_a_page_keeps_what_the_resource_wanted_to_remember():
    request = PageNumber(SIZE).next(Request("GET", "/rows", carry={"since": "x"}), ["a", "b", "c"])
    assert request.carry == {"since": "x", "first": "a"}


# Offset


def test_an_offset_page_begins_on_the_last_row_of_the_one_before():
    second = Offset(SIZE).next(FIRST, ["a", "b", "c"])
    assert second.query == {"top": "3", "skip": "2"}


def test_an_offset_steps_back_when_its_place_has_moved():
    second = Offset(SIZE).next(FIRST, ["a", "b", "c"])
    third = Offset(SIZE).next(second, ["c", "d", "e"])
    back = Offset(SIZE).next(third, ["f", "g", "h"])
    assert (third.query["skip"], back.query["skip"]) == ("4", "2")
    assert Offset(SIZE).next(back, ["d", "e", "f"]).query["skip"] == "4"


@given(
    count=st.integers(0, 30),
    removals=st.lists(st.lists(st.integers(0, 29), max_size=6), max_size=12),
)
def test_an_offset_misses_no_row_that_was_there_all_the_time(count, removals):
    rows = [str(n) for n in range(count)]
    read, request, pages = set(), FIRST, 0
    while request is not None:
        ids = rows_at(rows, request)
        read.update(ids)
        request = Offset(SIZE).next(written_down(request), ids)
        if pages < len(removals):
            rows = [row for row in rows if int(row) not in removals[pages]]
        pages += 1
        assert pages < 500
    assert read >= set(rows)


# Tokens


def test_a_token_travels_in_the_query():
    paging = NextToken(("meta", "next"), "cursor")
    request = paging.next(FIRST, Reply(200, body={"meta": {"next": 42}}))
    assert request.query == {"top": "3", "cursor": "42"}


def test_the_last_rows_place_travels_in_the_body():
    paging = NextToken(("rows", -1, "sort"), "after", place="json")
    first = Request("POST", "/search", json={"limit": 3}, repeatable=True)
    body = {"rows": [{"sort": [1, "a"]}, {"sort": [2, "b"]}]}
    assert paging.next(first, Reply(200, body=body)).json == {"limit": 3, "after": [2, "b"]}


@pytest.mark.parametrize(
    "body", [None, "text", {}, {"meta": None}, {"meta": {"next": None}}, {"meta": {"next": ""}}]
)
def test_without_a_token_reading_ends(body):
    assert NextToken(("meta", "next"), "cursor").next(FIRST, Reply(200, body=body)) is None


def test_an_empty_page_has_no_last_row():
    paging = NextToken(("rows", -1, "sort"), "after", place="json")
    assert paging.next(FIRST, Reply(200, body={"rows": []})) is None


def test_a_token_that_does_not_move_on_is_an_error():
    paging = NextToken(("next",), "cursor")
    second = paging.next(FIRST, Reply(200, body={"next": "x"}))
    with pytest.raises(RetryLater, match="points to itself"):
        paging.next(second, Reply(200, body={"next": "x"}))


# Links


@pytest.mark.parametrize(
    "header",
    [
        '<https://a.example/rows?page=2>; rel="next"',
        "<https://a.example/rows?page=2>;rel=next",
        '<https://a.example/rows?page=9>; rel="last", <https://a.example/rows?page=2>; rel="next"',
        '<https://a.example/rows?page=2>; rel="next"; title="more, next", <https://b.example/>; rel="prev"',
        '<https://a.example/rows?page=2>; rel="next last"',
    ],
)
def test_a_link_leads_to_the_next_page(header):
    request = LinkHeader().next(FIRST, Reply(200, {"link": header}))
    assert (request.path, request.query) == ("https://a.example/rows?page=2", {})


@pytest.mark.parametrize(
    "headers", [{}, {"link": '<https://a.example/>; rel="prev"'}, {"link": "nonsense"}]
)
def test_without_a_next_link_reading_ends(headers):
    assert LinkHeader().next(FIRST, Reply(200, headers)) is None


def test_a_link_to_itself_is_an_error():
    link = {"link": '<https://a.example/rows>; rel="next"'}
    with pytest.raises(RetryLater):
        LinkHeader().next(LinkHeader().next(FIRST, Reply(200, link)), Reply(200, link))
