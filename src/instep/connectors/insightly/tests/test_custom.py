from __future__ import annotations

from dataclasses import replace

import pytest

from instep.connectors.insightly.contacts import Contacts
from instep.connectors.insightly.emulator import InsightlyApp
from instep.connectors.insightly.notes import Notes
from instep.connectors.insightly.tests.caller import Caller
from instep.core.errors import RecordRejected
from instep.core.records import FieldType, Write
from instep.sandbox.server import Sandbox
from instep.sdk.request import Reply
from instep.sdk.resource import Account

ACCOUNT = Account("", "US", {"timezone": "America/Chicago"})


def told(label, kind, *options, **more):
    return {
        "FIELD_NAME": f"{label.upper()}__c",
        "FIELD_LABEL": label,
        "FIELD_TYPE": kind,
        "CUSTOM_FIELD_OPTIONS": [{"OPTION_VALUE": word} for word in options],
        **more,
    }


def with_fields(*several):
    fields = Contacts(ACCOUNT).custom_fields(Reply(200, {}, [*several]))
    return Contacts(replace(ACCOUNT, custom={"contact": tuple(fields)}))


def sent(resource, **values):
    write = Write({f"custom.{name}": value for name, value in values.items()})
    [put] = resource.update("7", write, None)
    return [each["FIELD_VALUE"] for each in put.json["CUSTOMFIELDS"]]


def test_the_instance_is_asked_for_the_fields_of_each_kind_that_can_have_some():
    assert Contacts(ACCOUNT).ask_custom_fields().path == "/CustomFields/Contacts"
    assert Notes(ACCOUNT).ask_custom_fields() is None


@pytest.mark.parametrize(
    ("kind", "type_", "readonly"),
    [
        ("TEXT", FieldType.TEXT, False),
        ("MULTILINETEXT", FieldType.LONG_TEXT, False),
        ("Multi-Line Text", FieldType.LONG_TEXT, False),
        ("NUMERIC", FieldType.NUMBER, False),
        ("BIT", FieldType.BOOLEAN, False),
        ("DATETIME", FieldType.MOMENT, False),
        ("MULTISELECT", FieldType.WORDS, False),
        ("AUTONUMBER", FieldType.TEXT, True),
        ("LOOKUP", FieldType.TEXT, True),
    ],
)
def test_each_type_becomes_one_of_ours_and_what_is_not_known_is_only_read(kind, type_, readonly):
    (field,) = [each for each in with_fields(told("It", kind)).fields if each.custom]

    assert (field.name, field.path) == ("custom.It", "IT__c")
    assert (field.type, field.readonly) == (type_, readonly)


def test_what_the_instance_does_not_let_be_edited_is_only_read():
    (field,) = [
        each for each in with_fields(told("It", "TEXT", EDITABLE=False)).fields if each.custom
    ]

    assert field.readonly


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("MULTISELECT", "Sailing; Cars", ("Cars", "Sailing")),
        ("MULTISELECT", ["Sailing", "Cars"], ("Cars", "Sailing")),
        ("DATETIME", "2026-03-04 09:00:00", "2026-03-04T15:00:00Z"),
        ("BIT", True, True),
        ("CURRENCY", 1250.5, 1250.5),
        ("AUTONUMBER", 7, "7"),
        ("TEXT", None, None),
    ],
)
def test_values_are_read_as_their_type_has_them(kind, raw, value):
    row = {"CONTACT_ID": 7, "CUSTOMFIELDS": [{"FIELD_NAME": "IT__c", "FIELD_VALUE": raw}]}

    assert with_fields(told("It", kind)).record(Reply(200, {}, row)).values["custom.It"] == value


def test_a_row_that_does_not_tell_custom_fields_leaves_them_unread():
    contacts = with_fields(told("It", "TEXT"))

    assert "custom.It" not in contacts.record(Reply(200, {}, {"CONTACT_ID": 7})).values
    row = {"CONTACT_ID": 7, "CUSTOMFIELDS": []}
    assert contacts.record(Reply(200, {}, row)).values["custom.It"] is None


def test_values_are_sent_as_their_type_wants_them():
    contacts = with_fields(
        told("Likes", "MULTISELECT", "Cars", "Sailing"),
        told("Day", "DATE"),
        told("At", "DATETIME"),
        told("Sum", "CURRENCY"),
        told("Kind", "DROPDOWN", "Home", "Motor"),
    )

    assert sent(contacts, Likes=("cars", "sailing"), Day="2026-03-04") == [
        *("Cars;Sailing", "2026-03-04 00:00:00")
    ]
    assert sent(contacts, At="2026-03-04T15:00:00Z", Sum="99", Kind="motor") == [
        *("2026-03-04 09:00:00", 99, "Motor")
    ]
    assert sent(contacts, Likes=(), Sum=None) == [None, None]


def test_what_does_not_fit_is_refused_before_it_is_sent():
    contacts = with_fields(told("Kind", "DROPDOWN", "Home", "Motor"), told("Sum", "NUMERIC"))

    with pytest.raises(RecordRejected, match="has no custom.Kind 'Boat'; it has Home, Motor"):
        sent(contacts, Kind="Boat")
    with pytest.raises(RecordRejected, match="'much' is no number, which custom.Sum has to be"):
        sent(contacts, Sum="much")


@pytest.fixture
async def call():
    app = InsightlyApp(pace=1_000)
    async with Sandbox([app]) as sandbox:
        caller = Caller(sandbox.url("insightly"), app.api_key)
        yield caller
        await caller.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOE_SIZE__c", "44"),
        ("POLICY_TYPE__c", "Boat"),
        ("INTERESTS__c", "Cars;Boats"),
        ("ANNUAL_PREMIUM__c", "1250.5"),
        ("RENEWAL_DATE__c", "2026-03-04"),
        ("SMOKER__c", "yes"),
        ("POLICY_NUMBER__c", "x" * 256),
        ("CUSTOMER_NUMBER__c", "7"),
    ],
)
async def test_the_emulator_refuses_values_that_do_not_fit(call, name, value):
    rows = [{"FIELD_NAME": name, "FIELD_VALUE": value}]
    reply = await call("POST", "/Contacts", {"FIRST_NAME": "Ann", "CUSTOMFIELDS": rows})

    assert (reply.status, name in reply.body["Message"]) == (400, True)
    assert (await call("GET", "/Contacts")).body == []


async def test_the_emulator_changes_only_the_custom_fields_that_are_named(call):
    rows = [
        {"FIELD_NAME": "POLICY_NUMBER__c", "FIELD_VALUE": "P-1"},
        {"FIELD_NAME": "ADVISER__c", "FIELD_VALUE": "Bea"},
    ]
    made = await call("POST", "/Contacts", {"FIRST_NAME": "Ann", "CUSTOMFIELDS": rows})
    change = [{"FIELD_NAME": "ADVISER__c", "FIELD_VALUE": None}]
    body = {"CONTACT_ID": made.body["CONTACT_ID"], "CUSTOMFIELDS": change}
    after = await call("PUT", "/Contacts", body)

    assert made.body["CUSTOMFIELDS"] == rows
    assert after.body["CUSTOMFIELDS"] == rows[:1]


async def test_the_emulator_declares_more_than_ten_fields_of_contacts(call):
    reply = await call("GET", "/CustomFields/Contacts")

    assert len({each["FIELD_NAME"] for each in reply.body}) == len(reply.body) > 10
    assert (await call("GET", "/CustomFields/Ships")).status == 404
