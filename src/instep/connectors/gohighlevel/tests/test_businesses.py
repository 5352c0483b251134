from __future__ import annotations

import pytest

from instep.connectors.gohighlevel.businesses import Businesses
from instep.core.errors import RecordRejected
from instep.core.records import Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

BUSINESSES = Businesses(Account("ve9EPM428h8vShlRW1KT", "US", {}))
ACME = {"id": "b1", "name": "Acme", "updatedAt": "2026-01-02T10:00:00.000Z"}


@pytest.mark.parametrize("key", ["business", "buiseness"])
def test_a_business_is_read_under_both_spellings(key):
    reply = Reply(201, {}, {"success": True, key: ACME})

    assert BUSINESSES.created(reply).id == "b1"
    assert BUSINESSES.record(reply).values["name"] == "Acme"
    assert BUSINESSES.record(reply).changed_at == "2026-01-02T10:00:00.000Z"
    assert BUSINESSES.updated([reply]) == ({"name": "Acme"}, None)


def test_pages_overlap_by_one_so_that_a_removal_leaves_none_out():
    page = Reply(200, {}, {"businesses": [{"id": f"b{n}"} for n in range(100)]})

    following = BUSINESSES.next(BUSINESSES.list(), page)

    assert following.query["skip"] == "99"
    assert BUSINESSES.next(following, Reply(200, {}, {"businesses": [{"id": "b99"}]})) is None


def test_writing_names_the_location_once():
    assert BUSINESSES.create({"name": "Acme", "city": None}).json == {
        "locationId": "ve9EPM428h8vShlRW1KT",
        "name": "Acme",
    }
    (put,) = BUSINESSES.update("b1", Write({"city": None, "country": "US"}), None)
    assert (put.path, put.json) == ("/businesses/b1", {"city": "", "country": "US"})
    assert BUSINESSES.delete("b1") == Request("DELETE", "/businesses/b1", repeatable=True)


def test_a_business_keeps_a_name():
    with pytest.raises(RecordRejected, match="without name"):
        BUSINESSES.update("b1", Write({"name": ""}), None)
