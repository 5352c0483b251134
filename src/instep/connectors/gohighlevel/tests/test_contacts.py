from __future__ import annotations

import json
from dataclasses import replace

import pytest

from instep.connectors.gohighlevel import connector
from instep.connectors.gohighlevel.contacts import PAGE, Contacts
from instep.core.errors import RetryLater
from instep.core.records import Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

ACCOUNT = Account("ve9EPM428h8vShlRW1KT", "US", {})

CONTACT = {
    "id": "seD4PfOuKoVMLkEZqohJ",
    "locationId": ACCOUNT.id,
    "firstName": "Rubika",
    "lastName": "Deo",
    "firstNameLowerCase": "rubika",
    "email": "rubika@deos.example",
    "phone": "+18832327657",
    "address1": "3535 1st St N",
    "country": "US",
    "dateOfBirth": "1990-09-25T00:00:00.000Z",
    "dnd": False,
    "tags": ["vip", "broker"],
    "dateAdded": "2021-07-02T05:18:26.704Z",
    "dateUpdated": "2021-08-02T05:18:26.704Z",
}


@pytest.fixture
def contacts():
    return Contacts(ACCOUNT)


def page(first, size, total):
    rows = [{"id": f"c{n}", "searchAfter": [n, f"c{n}"]} for n in range(first, first + size)]
    return Reply(200, {}, {"contacts": rows, "total": total})


def test_it_lists_through_search_oldest_change_first(contacts):
    request = contacts.list()

    assert (request.method, request.path) == ("POST", "/contacts/search")
    assert request.json == {
        "locationId": ACCOUNT.id,
        "pageLimit": 500,
        "sort": [{"field": "dateUpdated", "direction": "asc"}],
    }
    assert request.safe_to_repeat


def test_changes_add_a_filter_that_leaves_out_the_moment_itself(contacts):
    request = contacts.changes("2026-01-02T03:04:05.006Z")

    assert request.json["filters"] == [
        {"field": "dateUpdated", "operator": "range", "value": {"gt": "2026-01-02T03:04:05.006Z"}}
    ]


def test_a_full_page_is_followed_by_one_after_its_last_contact(contacts):
    following = contacts.next(contacts.list(), page(0, PAGE, 1_201))

    assert following.json["searchAfter"] == [499, "c499"]
    assert "page" not in following.json
    assert following.json["sort"] == contacts.list().json["sort"]


def test_a_page_token_survives_being_stored(contacts):
    following = contacts.next(contacts.list(), page(0, PAGE, 1_201))

    assert Request.load(json.loads(json.dumps(following.dump()))) == following


def test_a_short_page_that_completes_the_total_is_the_last(contacts):
    second = contacts.next(contacts.list(), page(0, PAGE, 700))

    assert contacts.next(second, page(PAGE, 200, 700)) is None


def test_a_truncated_page_is_not_taken_for_the_last(contacts):
    following = contacts.next(contacts.list(), page(0, 120, 700))

    assert following.json["searchAfter"] == [119, "c119"]


def test_an_empty_page_is_the_last(contacts):
    assert contacts.next(contacts.list(), page(0, 0, 0)) is None


def test_a_page_that_comes_twice_is_an_error_since_contacts_may_be_missing(contacts):
    second = contacts.next(contacts.list(), page(0, PAGE, 1_201))

    with pytest.raises(RetryLater):
        contacts.next(second, page(0, PAGE, 1_201))


def test_a_full_page_is_not_the_last_although_the_index_counts_no_further(contacts):
    request = replace(contacts.list(), carry={"read": "9500"})

    assert contacts.next(request, page(9_500, PAGE, 10_000)).json["searchAfter"] == [9_999, "c9999"]


def test_it_reads_a_contact_with_its_empty_fields(contacts):
    record = contacts.record(Reply(200, {}, {"contact": CONTACT}))

    assert record.id == "seD4PfOuKoVMLkEZqohJ"
    assert record.changed_at == "2021-08-02T05:18:26.704Z"
    assert record.version is None
    assert record.values == {
        "first_name": "Rubika",
        "last_name": "Deo",
        "email": "rubika@deos.example",
        "phone": "+18832327657",
        "address": "3535 1st St N",
        "city": None,
        "state": None,
        "postal_code": None,
        "country": "US",
        "date_of_birth": "1990-09-25T00:00:00.000Z",
        "website": None,
        "company": None,
        "tags": ("broker", "vip"),
        "opted_out": False,
        "source": None,
        "assigned_to": None,
        "business_id": None,
    }


def test_search_has_its_own_word_for_the_address(contacts):
    row = {"id": "c1", "address": "1 High St", "firstName": "Ann"}

    (record,) = contacts.records(Reply(200, {}, {"contacts": [row], "total": 1}))

    assert record.values["address"] == "1 High St"


def test_what_a_search_result_cannot_tell_was_not_read_as_empty(contacts):
    row = {"id": "c1", "firstNameLowerCase": "ann"}

    (record,) = contacts.records(Reply(200, {}, {"contacts": [row], "total": 1}))

    assert not {"website", "first_name"} & record.values.keys()
    assert (record.values["last_name"], record.values["phone"]) == (None, None)


@pytest.mark.parametrize(("found", "ids"), [(CONTACT, [CONTACT["id"]]), (None, [])])
def test_it_reads_what_the_duplicate_search_found(contacts, found, ids):
    records = contacts.records(Reply(200, {}, {"contact": found, "traceId": "t"}))

    assert [record.id for record in records] == ids


def test_it_finds_by_email_and_phone_only(contacts):
    assert contacts.find("email", "a@b.example").query == {
        "locationId": ACCOUNT.id,
        "email": "a@b.example",
    }
    assert contacts.find("phone", "+15551234567").query["number"] == "+15551234567"
    assert contacts.find("city", "Dolomite") is None


def test_an_id_cannot_lead_to_another_address(contacts):
    assert contacts.get("../locations/x").path == "/contacts/..%2Flocations%2Fx"


def test_create_sends_filled_fields_only_with_the_location_and_the_tags(contacts):
    request = contacts.create(
        {"first_name": "Ann", "phone": None, "city": "", "tags": ("a", "b"), "opted_out": False}
    )

    assert (request.method, request.path) == ("POST", "/contacts/")
    assert request.json == {
        "locationId": ACCOUNT.id,
        "firstName": "Ann",
        "tags": ["a", "b"],
        "dnd": False,
    }
    assert not request.safe_to_repeat


def test_update_puts_plain_fields_and_sends_tags_as_a_difference(contacts):
    write = Write({"city": "Rome"}, add={"tags": ("new",)}, remove={"tags": ("old",)})

    requests = contacts.update("c1", write, None)

    assert [(r.method, r.path, r.json) for r in requests] == [
        ("PUT", "/contacts/c1", {"city": "Rome"}),
        ("POST", "/contacts/c1/tags", {"tags": ["new"]}),
        ("DELETE", "/contacts/c1/tags", {"tags": ["old"]}),
    ]
    assert all(request.safe_to_repeat for request in requests)


def test_an_update_leaves_out_what_can_only_be_created(contacts):
    assert contacts.update("c1", Write({"company": "Acme"}), None) == []


def test_update_of_tags_alone_needs_no_put(contacts):
    assert [r.method for r in contacts.update("c1", Write(add={"tags": ("new",)}), None)] == [
        "POST"
    ]


def test_an_emptied_field_is_null_or_empty_as_its_schema_allows(contacts):
    (put,) = contacts.update("c1", Write({"phone": None, "country": None}), None)

    assert put.json == {"phone": None, "country": ""}


def test_the_answers_to_an_update_are_read_back(contacts):
    values, version = contacts.updated(
        [
            Reply(200, {}, {"succeded": True, "contact": {"id": "c1", "city": "Rome", "tags": []}}),
            Reply(201, {}, {"tags": ["new", "old"]}),
            Reply(200, {}, {"tags": ["new"]}),
        ]
    )

    assert values == {"city": "Rome", "tags": ("new",)}
    assert version is None


@pytest.mark.parametrize("spelling", ["succeded", "succeeded"])
def test_an_update_that_answers_no_contact_names_no_value(contacts, spelling):
    assert contacts.updated([Reply(200, {}, {spelling: True})]) == ({}, None)


def test_verify_asks_for_one_contact_of_the_location():
    request = connector.verify(ACCOUNT)

    assert request.json["locationId"] == ACCOUNT.id
    assert request.json["pageLimit"] == 1


@pytest.mark.parametrize(
    ("business_id", "sent"),
    [("63b7ec34ea409a9a8bd2a4ff", "63b7ec34ea409a9a8bd2a4ff"), (None, None)],
)
def test_a_contacts_business_is_set_by_a_call_of_its_own(contacts, business_id, sent):
    put, move = contacts.update("c1", Write({"city": "Rome", "business_id": business_id}), None)

    assert put.json == {"city": "Rome"}
    assert (move.method, move.path) == ("POST", "/contacts/bulk/business")
    assert move.json == {"locationId": ACCOUNT.id, "ids": ["c1"], "businessId": sent}
    assert move.safe_to_repeat


def test_a_contact_is_not_created_with_a_business(contacts):
    assert "businessId" not in contacts.create({"first_name": "Ann", "business_id": "b1"}).json


def test_a_contact_can_be_deleted(contacts):
    assert contacts.delete("c1") == Request("DELETE", "/contacts/c1", repeatable=True)
