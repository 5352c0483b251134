from __future__ import annotations

import pytest

from instep.connectors.insightly import connector
from instep.connectors.insightly.contacts import Contacts
from instep.core.records import Write
from instep.sdk.request import Reply
from instep.sdk.resource import Account

ACCOUNT = Account("", "AU", {})

CONTACT = {
    "CONTACT_ID": 301,
    "FIRST_NAME": "Rubika",
    "LAST_NAME": "Deo",
    "EMAIL_ADDRESS": "Rubika@Deos.example",
    "PHONE": None,
    "PHONE_MOBILE": "+61 491 570 006",
    "ADDRESS_MAIL_STREET": "1 High St",
    "ADDRESS_MAIL_CITY": None,
    "ADDRESS_MAIL_COUNTRY": "Australia",
    "DATE_OF_BIRTH": "1990-09-25 00:00:00",
    "EMAIL_OPTED_OUT": True,
    "ORGANISATION_ID": 88,
    "DATE_UPDATED_UTC": "2026-04-09 16:58:14",
    "TAGS": [{"TAG_NAME": "vip"}, {"TAG_NAME": "Broker"}],
    "LINKS": [],
}


@pytest.fixture
def contacts():
    return Contacts(ACCOUNT)


def test_it_lists_by_offset_and_asks_for_the_total(contacts):
    request = contacts.list()

    assert (request.method, request.path) == ("GET", "/Contacts")
    assert request.query == {"top": "500", "skip": "0", "count_total": "true"}


@pytest.mark.parametrize(
    "since", ["2026-04-09T16:58:14Z", "2026-04-09T16:58:14.900Z", "2026-04-09T18:58:14+02:00"]
)
def test_changes_ask_one_second_earlier_in_the_format_of_queries(contacts, since):
    request = contacts.changes(since)

    assert request.path == "/Contacts/Search"
    assert request.query["updated_after_utc"] == "2026-04-09T16:58:13Z"


def test_it_reads_a_contact_with_its_version(contacts):
    record = contacts.record(Reply(200, {"etag": 'W/"7"'}, CONTACT))

    assert (record.id, record.version) == ("301", 'W/"7"')
    assert record.changed_at == "2026-04-09T16:58:14Z"
    assert record.values == {
        "first_name": "Rubika",
        "last_name": "Deo",
        "email": "Rubika@Deos.example",
        "phone": "+61 491 570 006",
        "address": "1 High St",
        "city": None,
        "state": None,
        "postal_code": None,
        "country": "Australia",
        "date_of_birth": "1990-09-25 00:00:00",
        "tags": ("Broker", "vip"),
        "opted_out": True,
        "business_id": "88",
    }


def test_a_landline_stands_in_for_a_missing_mobile(contacts):
    (record,) = contacts.records(Reply(200, {}, [CONTACT | {"PHONE_MOBILE": "", "PHONE": "02 1"}]))

    assert record.values["phone"] == "02 1"


def test_the_etag_of_a_list_is_nobodys_version(contacts):
    (record,) = contacts.records(Reply(200, {"etag": 'W/"list"'}, [CONTACT]))

    assert record.version is None


def test_it_finds_by_exact_email_or_mobile_only(contacts):
    query = contacts.find("email", "a@b.example").query

    assert (query["field_name"], query["field_value"]) == ("EMAIL_ADDRESS", "a@b.example")
    assert contacts.find("phone", "+61491570006").query["field_name"] == "PHONE_MOBILE"
    assert contacts.find("city", "Perth") is None


def test_create_sends_filled_fields_with_tags_and_dates_in_the_bodys_format(contacts):
    request = contacts.create(
        {"first_name": "Ann", "city": None, "tags": ("a",), "date_of_birth": "1990-09-25"}
    )

    assert (request.method, request.path) == ("POST", "/Contacts")
    assert request.json == {
        "FIRST_NAME": "Ann",
        "TAGS": [{"TAG_NAME": "a"}],
        "DATE_OF_BIRTH": "1990-09-25 00:00:00",
    }
    assert not request.safe_to_repeat


def test_update_puts_the_id_in_the_body_guards_it_and_sends_each_tag_alone(contacts):
    write = Write({"city": None}, add={"tags": ("a", "b")}, remove={"tags": ("c",)})

    put, *tags = contacts.update("301", write, 'W/"7"')

    assert (put.method, put.path) == ("PUT", "/Contacts")
    assert put.json == {"CONTACT_ID": 301, "ADDRESS_MAIL_CITY": None}
    assert put.headers == {"If-Match": 'W/"7"'}
    assert [(r.method, r.path, r.json) for r in tags] == [
        ("POST", "/Contacts/301/Tags", {"TAG_NAME": "a"}),
        ("POST", "/Contacts/301/Tags", {"TAG_NAME": "b"}),
        ("DELETE", "/Contacts/301/Tags", {"TAG_NAME": "c"}),
    ]


def test_an_update_of_tags_alone_puts_nothing(contacts):
    assert [r.method for r in contacts.update("301", Write(add={"tags": ("a",)}), "v")] == ["POST"]


def test_the_answer_to_a_put_names_values_and_the_new_version(contacts):
    values, version = contacts.updated([Reply(200, {"etag": 'W/"8"'}, CONTACT)])

    assert values["tags"] == ("Broker", "vip")
    assert version == 'W/"8"'


@pytest.mark.parametrize("body", [{"TAG_NAME": "a"}, None, [{"TAG_NAME": "a"}]])
def test_after_a_tags_own_call_tags_and_version_are_unknown(contacts, body):
    values, version = contacts.updated(
        [Reply(200, {"etag": 'W/"8"'}, CONTACT), Reply(201, {}, body)]
    )

    assert "tags" not in values
    assert values["first_name"] == "Rubika"
    assert version is None


def test_consent_is_only_read(contacts):
    (field,) = [each for each in contacts.fields if each.name == "opted_out"]

    assert field.readonly


def test_the_connection_needs_pod_and_key():
    needed = [each.name for each in connector.settings if each.required]

    assert needed == ["pod", "api_key"]
