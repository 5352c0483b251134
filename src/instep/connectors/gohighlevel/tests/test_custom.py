from __future__ import annotations

from dataclasses import replace

import pytest

from instep.connectors.gohighlevel.contacts import Contacts
from instep.core.errors import RecordRejected
from instep.core.records import FieldType, Write
from instep.sdk.request import Reply
from instep.sdk.resource import Account

ACCOUNT = Account("loc1", "US", {})
CONTACTS = Contacts(ACCOUNT)


def declared(*told):
    return CONTACTS.custom_fields(Reply(200, {}, {"customFields": [*told]}))


def told(number, name, kind, **more):
    key = name.lower().replace(" ", "_")
    return {
        "id": f"f{number}",
        "name": name,
        "fieldKey": f"contact.{key}",
        "dataType": kind,
        **more,
    }


def with_fields(*several):
    return Contacts(replace(ACCOUNT, custom={"contact": tuple(declared(*several))}))


INTERESTS = told(1, "Interests", "CHECKBOX", picklistOptions=["Cars", "Sailing"])


def test_the_location_is_asked_for_the_fields_of_contacts():
    request = CONTACTS.ask_custom_fields()

    assert (request.method, request.path) == ("GET", "/locations/loc1/customFields")
    assert request.query == {"model": "contact"}


@pytest.mark.parametrize(
    ("kind", "type_", "readonly"),
    [
        ("TEXT", FieldType.TEXT, False),
        ("LARGE_TEXT", FieldType.LONG_TEXT, False),
        ("NUMERICAL", FieldType.NUMBER, False),
        ("MONETORY", FieldType.NUMBER, False),
        ("DATE", FieldType.DATE, False),
        ("PHONE", FieldType.PHONE, False),
        ("RADIO", FieldType.TEXT, False),
        ("CHECKBOX", FieldType.WORDS, False),
        ("MULTIPLE_OPTIONS", FieldType.WORDS, False),
        ("FILE_UPLOAD", FieldType.LONG_TEXT, True),
        ("SIGNATURE", FieldType.LONG_TEXT, True),
        ("TEXTBOX_LIST", FieldType.LONG_TEXT, True),
        ("HOLOGRAM", FieldType.LONG_TEXT, True),
    ],
)
def test_each_type_becomes_one_of_ours_and_what_is_not_known_is_only_read(kind, type_, readonly):
    [field] = declared(told(1, "It", kind))

    assert (field.name, field.path, field.custom) == ("custom.It", "f1", True)
    assert (field.type, field.readonly) == (type_, readonly)


def test_fields_that_share_a_name_are_told_apart_by_their_keys():
    names = [
        each.name
        for each in declared(
            told(1, "Policy", "TEXT"),
            {**told(2, "policy", "TEXT"), "fieldKey": "contact.policy_2"},
            told(3, "  Other   one ", "TEXT"),
            {"id": "f4", "dataType": "TEXT"},
        )
    ]

    assert names == [
        "custom.Policy (contact.policy)",
        "custom.policy (contact.policy_2)",
        "custom.Other one",
        "custom.f4",
    ]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("CHECKBOX", ["Sailing", "Cars"], ("Cars", "Sailing")),
        ("CHECKBOX", "Cars", ("Cars",)),
        ("CHECKBOX", [], None),
        ("DATE", 1_772_582_400_000, "2026-03-04"),
        ("DATE", "2026-03-04", "2026-03-04"),
        ("MONETORY", 1250.5, "1250.5"),
        ("TEXT", "", None),
        (
            "FILE_UPLOAD",
            {"u1": {"url": "https://x.example/a"}, "u2": {}},
            "https://x.example/a\nu2",
        ),
        ("TEXTBOX_LIST", ["one", "two"], "one\ntwo"),
        ("TEXTBOX_LIST", {"a": "one"}, "a"),
        ("HOLOGRAM", True, "True"),
    ],
)
def test_values_are_read_as_their_type_has_them(kind, raw, value):
    contacts = with_fields(told(1, "It", kind))
    body = {"contact": {"id": "c1", "customFields": [{"id": "f1", "value": raw}, {"id": "gone"}]}}

    read = contacts.record(Reply(200, {}, body)).values["custom.It"]
    assert (str(read) if kind == "HOLOGRAM" else read) == value


def test_a_contact_without_custom_values_has_them_empty_and_an_answer_that_is_silent_tells_none():
    contacts = with_fields(INTERESTS)

    assert (
        contacts.record(Reply(200, {}, {"contact": {"id": "c1"}})).values["custom.Interests"]
        is None
    )
    values, _ = contacts.updated([Reply(200, {}, {"contact": {"id": "c1", "city": "Rome"}})])
    assert values == {"city": "Rome"}


def test_choices_are_sent_in_the_letters_of_their_option():
    [put] = with_fields(INTERESTS).update(
        "c1", Write({"custom.Interests": ("cars", "SAILING")}), None
    )

    assert put.json == {"customFields": [{"id": "f1", "field_value": ["Cars", "Sailing"]}]}


def test_a_choice_that_is_not_there_is_refused_unless_the_field_takes_any():
    write = Write({"custom.Interests": ("boats",)})
    with pytest.raises(
        RecordRejected, match="has no custom.Interests 'boats'; it has Cars, Sailing"
    ):
        with_fields(INTERESTS).update("c1", write, None)

    [put] = with_fields({**INTERESTS, "isAllowedCustomOption": True}).update("c1", write, None)
    assert put.json["customFields"][0]["field_value"] == ["boats"]


def test_an_emptied_field_gets_an_empty_text_or_list_and_a_file_is_never_sent():
    contacts = with_fields(INTERESTS, told(2, "Sum", "MONETORY"), told(3, "Scan", "FILE_UPLOAD"))
    names = ("custom.Interests", "custom.Sum", "custom.Scan")

    [put] = contacts.update("c1", Write(dict.fromkeys(names)), None)
    assert put.json == {
        "customFields": [{"id": "f1", "field_value": []}, {"id": "f2", "field_value": ""}]
    }
    assert "customFields" not in contacts.create(dict.fromkeys(names)).json


def test_a_number_that_is_none_is_refused():
    with pytest.raises(RecordRejected, match="'much' is no number, which custom.Sum has to be"):
        with_fields(told(1, "Sum", "MONETORY")).create({"custom.Sum": "much"})
