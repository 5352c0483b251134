from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from instep import GoHighLevel, WrongArguments
from instep.connectors.gohighlevel.client.fields import CustomFields

DEFINITIONS = [
    {"id": "f1", "name": "Policy number", "fieldKey": "contact.policy_number", "dataType": "TEXT"},
    {"id": "f2", "name": "Renewal date", "fieldKey": "contact.renewal_date", "dataType": "DATE"},
    {"id": "f3", "name": "Premium", "fieldKey": "contact.premium", "dataType": "MONETORY"},
    {
        "id": "f4",
        "name": "Interests",
        "fieldKey": "contact.interests",
        "dataType": "CHECKBOX",
        "picklistOptions": ["Cars", "Sailing"],
    },
    {"id": "f5", "name": "Twin", "fieldKey": "contact.twin", "dataType": "TEXT"},
    {"id": "f6", "name": "Twin", "fieldKey": "contact.twin_2", "dataType": "TEXT"},
]
FIELDS = CustomFields(DEFINITIONS)


@pytest.mark.parametrize(
    "name", ["Policy number", "policy NUMBER", "policy_number", "contact.policy_number", "f1"]
)
def test_a_field_is_found_by_name_key_and_id(name):
    assert FIELDS[name].id == "f1"


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("Policy number", "P-1", "P-1"),
        ("Policy number", 7, "7"),
        ("Renewal date", date(2026, 3, 1), "2026-03-01"),
        ("Renewal date", datetime(2026, 3, 1, 23, tzinfo=UTC), "2026-03-01"),
        ("Renewal date", "2026-03-01", "2026-03-01"),
        ("Premium", "1,250.50", 1250.5),
        ("Premium", 7.0, 7),
        ("Interests", ["cars", "Sailing"], ["Cars", "Sailing"]),
        ("Interests", "Cars", ["Cars"]),
        ("Policy number", None, None),
        ("Renewal date", "", ""),
    ],
)
def test_a_value_is_written_in_its_fields_type(name, value, sent):
    assert FIELDS.write({name: value}) == [{"id": FIELDS[name].id, "field_value": sent}]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"Policy nummer": 1}, "no custom field 'Policy nummer'. Did you mean 'Policy number'?"),
        ({"Twin": 1}, "Several custom fields are called 'Twin'; use a key: contact.twin, contact"),
        ({"Premium": "much"}, "Premium takes a number, and 'much' is none."),
        ({"Renewal date": "soon"}, "Renewal date takes a date, and 'soon' is none."),
        ({"Interests": ["Card"]}, "Interests has no option 'Card'. Did you mean 'cars'?"),
    ],
)
def test_what_does_not_fit_is_refused(values, sentence):
    with pytest.raises(WrongArguments) as error:
        FIELDS.write(values)
    assert sentence in str(error.value)


def test_values_are_read_by_name_and_in_their_types():
    contact = {
        "customFields": [
            {"id": "f1", "value": "P-1"},
            {"id": "f2", "value": "2026-03-01"},
            {"id": "f3", "value": "99.5"},
            {"id": "f4", "value": "Cars"},
            {"id": "f5", "value": "a"},
            {"id": "f6", "fieldValueString": "b"},
            {"id": "gone", "value": "c"},
        ]
    }
    assert FIELDS.read(contact) == {
        "Policy number": "P-1",
        "Renewal date": date(2026, 3, 1),
        "Premium": 99.5,
        "Interests": ["Cars"],
        "contact.twin": "a",
        "contact.twin_2": "b",
        "gone": "c",
    }


@pytest.mark.parametrize(
    ("value", "read"),
    [(1772323200000, date(2026, 3, 1)), ("soon", "soon"), (10**30, 10**30)],
)
def test_a_date_that_is_written_oddly_is_read_or_left(value, read):
    assert FIELDS.read({"customFields": [{"id": "f2", "value": value}]}) == {"Renewal date": read}


@pytest.mark.parametrize("version", ["v2", "v3"])
async def test_ten_fields_go_there_and_back(reach, version):
    async with GoHighLevel(**reach(version=version)) as ghl:
        fields = await ghl.custom_fields()
        values = {
            "Policy number": "P-1",
            "Policy type": "Life",
            "Cover notes": "Long",
            "Annual premium": 250,
            "Household size": 3,
            "Renewal date": date(2027, 3, 1),
            "Contact by": "Email",
            "Interests": ["Cars", "Sailing"],
            "Other insurers": ["Acorn"],
            "Second phone": "+12025550123",
            "Adviser": "Ada",
        }
        made = await ghl.contacts.create(email="ten@x.org", customFields=fields.write(values))
        contact = (await ghl.contacts.get(contactId=made["contact"]["id"]))["contact"]
        assert fields.read(contact) == values
        assert await ghl.custom_fields() is fields
        assert await ghl.custom_fields(fresh=True) is not fields
