from __future__ import annotations

import pytest

from instep.connectors.gohighlevel.opportunities import Opportunities
from instep.core.errors import RecordRejected, RetryLater
from instep.core.records import Write
from instep.sdk.request import Reply
from instep.sdk.resource import Account

OPPORTUNITIES = Opportunities(Account("ve9EPM428h8vShlRW1KT", "US", {}))


def page(first, size, **meta):
    rows = [{"id": f"o{n}"} for n in range(first, first + size)]
    return Reply(200, {}, {"opportunities": rows, "meta": meta})


def test_the_search_writes_its_parameters_with_underscores_and_takes_every_status():
    assert OPPORTUNITIES.list().query == {
        "location_id": "ve9EPM428h8vShlRW1KT",
        "limit": "100",
        "status": "all",
        "order": "added_asc",
    }


def test_both_cursors_travel_to_the_next_page():
    reply = page(0, 100, total=150, startAfter=1628008053263, startAfterId="o99")

    following = OPPORTUNITIES.next(OPPORTUNITIES.list(), reply)

    assert following.query["startAfter"] == "1628008053263"
    assert following.query["startAfterId"] == "o99"
    assert following.carry == {"read": "100", "first": "o0"}
    assert OPPORTUNITIES.next(following, page(100, 50, total=150, startAfterId="o149")) is None


@pytest.mark.parametrize("reply", [page(0, 0, total=0), page(0, 3, total=3), page(0, 3)])
def test_a_page_that_completes_the_total_is_the_last(reply):
    assert OPPORTUNITIES.next(OPPORTUNITIES.list(), reply) is None


def test_a_short_page_that_does_not_complete_the_total_is_not_the_last():
    reply = page(0, 60, total=90, startAfter=1, startAfterId="o59")

    assert OPPORTUNITIES.next(OPPORTUNITIES.list(), reply).query["startAfterId"] == "o59"


def test_a_page_that_comes_twice_is_an_error_not_an_end():
    reply = page(0, 100, total=300, startAfter=1, startAfterId="o99")
    second = OPPORTUNITIES.next(OPPORTUNITIES.list(), reply)

    with pytest.raises(RetryLater, match="same page"):
        OPPORTUNITIES.next(second, reply)


@pytest.mark.parametrize(
    ("sent", "read"), [(500, "500"), (12.5, "12.5"), (1e6, "1000000"), ("7", "7"), (None, None)]
)
def test_a_value_of_money_is_read_as_plain_digits(sent, read):
    reply = Reply(200, {}, {"opportunity": {"id": "o1", "monetaryValue": sent}})

    assert OPPORTUNITIES.record(reply).values["value"] == read


def test_writing_speaks_in_numbers_and_open_is_how_it_begins():
    request = OPPORTUNITIES.create({"name": "Renewal", "value": "1250.50", "source": "x"})

    assert request.json == {
        "locationId": "ve9EPM428h8vShlRW1KT",
        "status": "open",
        "name": "Renewal",
        "monetaryValue": 1250.5,
    }
    (put,) = OPPORTUNITIES.update("o1", Write({"value": None, "status": "won"}), None)
    assert put.json == {"monetaryValue": 0, "status": "won"}


@pytest.mark.parametrize(
    ("values", "complaint"),
    [({"value": "much"}, "no number"), ({"status": "all"}, "it has abandoned, lost, open, won")],
)
def test_what_it_could_not_keep_is_refused_before_it_is_sent(values, complaint):
    with pytest.raises(RecordRejected, match=complaint):
        OPPORTUNITIES.update("o1", Write(values), None)
