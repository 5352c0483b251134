from __future__ import annotations

import pytest

from instep.connectors.gohighlevel import connector
from instep.connectors.gohighlevel.events import KINDS, hint_of
from instep.sdk.webhooks import Hint


def hint(event, **body):
    return hint_of({"type": event, "locationId": "l1", **body}, "w1")


@pytest.mark.parametrize(
    ("event", "resource", "deleted"),
    [
        ("ContactCreate", "contact", False),
        ("ContactUpdate", "contact", False),
        ("ContactTagUpdate", "contact", False),
        ("ContactDndUpdate", "contact", False),
        ("ContactDelete", "contact", True),
        ("NoteCreate", "note", False),
        ("NoteUpdate", "note", False),
        ("NoteDelete", "note", True),
        ("TaskCreate", "task", False),
        ("TaskComplete", "task", False),
        ("TaskDelete", "task", True),
        ("OpportunityCreate", "opportunity", False),
        ("OpportunityStageUpdate", "opportunity", False),
        ("OpportunityMonetaryValueUpdate", "opportunity", False),
        ("OpportunityDelete", "opportunity", True),
        ("UserCreate", "user", False),
        ("RecordDelete", "object_record", True),
    ],
)
def test_an_event_says_which_record_to_read_again(event, resource, deleted):
    assert hint(event, id="x1", contactId="c1") == Hint(
        "w1", event, resource, "x1", "c1", "l1", deleted=deleted
    )


@pytest.mark.parametrize("event", ["AppointmentCreate", "AppointmentUpdate", "AppointmentDelete"])
def test_an_appointment_stands_inside_its_event(event):
    told = hint(event, appointment={"id": "a1", "contactId": "c1"})

    assert (told.resource, told.record_id, told.parent_id) == ("appointment", "a1", "c1")
    assert told.deleted is (event == "AppointmentDelete")


def test_a_location_is_its_own_account():
    told = hint_of({"type": "LocationUpdate", "id": "l2", "companyId": "k1"}, "w1")

    assert (told.resource, told.record_id, told.account_id) == ("location", "l2", "l2")


@pytest.mark.parametrize(
    ("body", "account_id"),
    [
        ({"type": "INSTALL", "appId": "a1", "companyId": "k1", "locationId": "l1"}, "l1"),
        ({"type": "INSTALL", "appId": "a1", "companyId": "k1"}, None),
        ({"type": "UNINSTALL", "appId": "a1", "companyId": "k1", "locationId": "l1"}, "l1"),
    ],
)
def test_an_installation_may_be_of_the_whole_agency(body, account_id):
    told = hint_of(body, "w1")

    assert (told.resource, told.record_id, told.account_id) == ("installation", "a1", account_id)
    assert not told.deleted


@pytest.mark.parametrize(
    ("body", "record_id", "parent_id"),
    [
        ({"type": "OutboundMessage", "messageId": "m1", "contactId": "c1"}, "m1", "c1"),
        ({"type": "InboundMessage", "emailMessageId": "e1"}, "e1", None),
        ({"type": "InvoicePaid", "_id": "i1"}, "i1", None),
        ({"type": "ObjectSchemaCreate", "key": "custom_objects.pets"}, "custom_objects.pets", None),
    ],
)
def test_other_records_are_named_by_what_they_call_their_id(body, record_id, parent_id):
    told = hint_of(body, "w1")

    assert (told.record_id, told.parent_id) == (record_id, parent_id)


def test_an_order_names_its_location_otherwise():
    body = {"type": "OrderCreate", "_id": "o1", "altId": "l1", "altType": "location"}

    assert hint_of(body, "w1").account_id == "l1"


@pytest.mark.parametrize("event", ["LCEmailStats", "SomethingNew", "", None, 7, ["ContactCreate"]])
def test_what_is_not_known_is_no_error_and_has_no_resource(event):
    told = hint(event, id="x1")

    assert (told.resource, told.record_id, told.deleted) == (None, None, False)
    assert told.account_id == "l1"


@pytest.mark.parametrize("odd", [None, 7, "", {"id": "x"}, ["x"]])
def test_an_id_that_is_no_text_is_not_an_id(odd):
    told = hint("ContactUpdate", id=odd, contactId=odd)

    assert (told.resource, told.record_id, told.parent_id) == ("contact", None, None)


def test_every_resource_that_changes_by_itself_has_its_events():
    silent = {"business", "calendar", "tag"}  # GoHighLevel has no webhooks for these

    assert {each.canonical for each in connector.resources} - silent <= set(KINDS.values())
