from __future__ import annotations

import asyncio
import re

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, serving

ADA = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "Ada.Lovelace@Example.com",
    "phone": "(201) 555-0123",
    "address1": "12 St James's Square",
    "city": "Jersey City",
    "state": "NJ",
    "postalCode": "07030",
    "country": "US",
    "website": "https://ada.example",
    "companyName": "Analytical Engines",
    "timezone": "America/New_York",
    "source": "public api",
    "dateOfBirth": "12/10/1985",
    "tags": ["VIP", " Broker ", "vip"],
    "gender": "female",
    "dnd": False,
}


STATES = "active, inactive, permanent"


async def test_a_contact_is_created_and_read_back(ghl):
    created = await ghl.create(**ADA)
    assert re.fullmatch(r"[0-9A-Za-z]{20}", created["id"])
    read = await ghl.get(created["id"])
    assert read["locationId"] == ghl.location
    assert (read["firstName"], read["firstNameLowerCase"]) == ("Ada", "ada")
    assert (read["lastName"], read["lastNameLowerCase"]) == ("Lovelace", "lovelace")
    assert read["name"] == "Ada Lovelace"
    assert (read["email"], read["emailLowerCase"]) == (ADA["email"], "ada.lovelace@example.com")
    assert read["phone"] == "+12015550123"
    assert read["tags"] == ["vip", "broker"]
    assert read["dateOfBirth"] == "1985-12-10"
    for name in ("address1", "city", "state", "postalCode", "country", "website", "companyName"):
        assert read[name] == ADA[name]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", read["dateAdded"])


async def test_the_dated_versions_answer_a_create_with_the_birthday_as_a_moment(ghl):
    created = await ghl.create(**ADA)
    assert created["dateOfBirth"] == "1985-12-10T00:00:00.000Z"
    assert (created["birthMonth"], created["birthDay"]) == (12, 10)
    body = {"locationId": ghl.location, "email": "b@x.org", "dateOfBirth": "1985-12-10"}
    answer = await ghl.call("POST", "/contacts/", version=V3, json=body)
    assert answer.body["contact"]["dateOfBirth"] == "1985-12-10"
    assert "birthMonth" not in answer.body["contact"]


@pytest.mark.parametrize(
    "text",
    [
        *("1990/09/25", "09/25/1990", "1990-09-25", "09-25-1990"),
        *("1990.09.25", "09.25.1990", "1990_09_25", "09_25_1990"),
    ],
)
async def test_a_birthday_is_taken_in_eight_forms(ghl, text):
    contact = await ghl.create(email="a@x.org", dateOfBirth=text)
    assert contact["dateOfBirth"].startswith("1990-09-25")


@pytest.mark.parametrize("text", ["25/09/1990", "1990-9-25", "1990-02-30", "1990/09-25", "soon", 7])
async def test_a_birthday_in_another_form_is_refused(ghl, text):
    body = {"locationId": ghl.location, "email": "a@x.org", "dateOfBirth": text}
    assert (await ghl.call("POST", "/contacts/", json=body)).status == 422


async def test_one_name_becomes_two(ghl):
    contact = await ghl.create(name="Ada King Lovelace")
    assert (contact["firstName"], contact["lastName"]) == ("Ada", "King Lovelace")


async def test_an_update_changes_what_it_names_and_moves_the_time_of_change(ghl):
    before = await ghl.get((await ghl.create(**ADA))["id"])
    answer = await ghl.put(before["id"], city="London", state=None, postalCode="")
    assert answer.status == 200
    after = answer.body["contact"]
    assert after["city"] == "London"
    assert "state" not in after
    assert "postalCode" not in after
    assert after["dateAdded"] == before["dateAdded"]
    assert after["dateUpdated"] > before["dateUpdated"]
    changed = {"city", "state", "postalCode", "dateUpdated"}
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }
    assert await ghl.get(before["id"]) == after


async def test_every_change_of_a_contact_has_a_later_time(ghl):
    contact = await ghl.create(email="a@x.org")
    calls = [ghl.put(contact["id"], city=f"Town {number}") for number in range(30)]
    times = [answer.body["contact"]["dateUpdated"] for answer in await asyncio.gather(*calls)]
    assert len(set(times)) == 30


async def test_an_update_overwrites_the_tags(ghl):
    contact = await ghl.create(email="a@x.org", tags=["one", "two"])
    answer = await ghl.put(contact["id"], tags=["Three"])
    assert answer.body["contact"]["tags"] == ["three"]


@pytest.mark.parametrize(
    ("version", "done"), [(V2, {"succeded": True}), (V3, {"succeded": True, "succeeded": True})]
)
async def test_a_deleted_contact_is_gone(ghl, version, done):
    contact = await ghl.create(email="a@x.org")
    path = f"/contacts/{contact['id']}"
    answer = await ghl.call("DELETE", path, version=version)
    assert answer.status == 200
    assert {k: v for k, v in answer.body.items() if k != "traceId"} == done
    for method, body in (("GET", None), ("PUT", {"city": "x"}), ("DELETE", None)):
        answer = await ghl.call(method, path, json=body)
        assert answer.status == 400
        assert answer.message == f"Contact with id {contact['id']} not found"


@pytest.mark.parametrize(("version", "done"), [(V2, "succeded"), (V3, "succeeded")])
async def test_the_dated_versions_misspell_success(ghl, version, done):
    contact = await ghl.create(email="a@x.org")
    answer = await ghl.put(contact["id"], version, city="x")
    assert {"succeded", "succeeded"} & set(answer.body) == {done}


async def test_a_number_without_country_code_is_completed_with_the_locations_country():
    async with serving(GoHighLevel(country="GB", pace=1_000)) as ghl:
        contact = await ghl.create(phone="020 7946 0018")
        assert contact["phone"] == "+442079460018"


async def test_an_invalid_number_is_kept_as_written_or_refused_by_a_switch(ghl):
    assert (await ghl.create(phone="12 34"))["phone"] == "12 34"
    ghl.app.settings.reject_invalid_phone = True
    body = {"locationId": ghl.location, "phone": "56 78"}
    answer = await ghl.call("POST", "/contacts/", json=body)
    assert (answer.status, answer.message) == (400, "Invalid phone number")


async def test_somebody_without_name_email_or_phone_is_nobody(ghl):
    body = {"locationId": ghl.location, "city": "London", "email": ""}
    answer = await ghl.call("POST", "/contacts/", json=body)
    assert answer.status == 400
    assert answer.body["statusCode"] == 422


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({"locationId": 5}, ["locationId must be a string"]),
        ({"colour": "red"}, ["property colour should not exist"]),
        ({"businessId": "x"}, ["property businessId should not exist"]),
        ({"firstName": 5}, ["firstName must be a string"]),
        ({"gender": None}, ["gender must be a string"]),
        ({"dnd": "yes"}, ["dnd must be a boolean value"]),
        ({"tags": "vip"}, ["tags must be an array"]),
        ({"tags": ["vip", 7]}, ["each value in tags must be a string"]),
        ({"email": "nobody"}, ["email must be an email"]),
        ({"customFields": {}}, ["customFields must be an array"]),
        (
            {"customFields": [{"id": "x", "odd": 1}]},
            ["customFields.0.property odd should not exist"],
        ),
        (
            {"dndSettings": {"SMS": {"status": "on"}}},
            [f"dndSettings.SMS.status must be one of the following values: {STATES}"],
        ),
        (
            {"dndSettings": {"sms": {"status": "active"}}},
            ["dndSettings.property sms should not exist"],
        ),
        ({"dndSettings": []}, ["nested property dndSettings must be either object or array"]),
        (
            {"firstName": 5, "odd": 1},
            ["property odd should not exist", "firstName must be a string"],
        ),
    ],
)
async def test_a_body_of_the_wrong_shape_is_refused_with_all_its_faults(ghl, body, messages):
    whole = {"locationId": ghl.location, "email": "a@x.org", **body}
    answer = await ghl.call("POST", "/contacts/", json=whole)
    assert answer.status == 422
    assert answer.body["error"] == "Unprocessable Entity"
    assert answer.message == messages


async def test_a_create_without_a_location_is_refused(ghl):
    answer = await ghl.call("POST", "/contacts/", json={"email": "a@x.org"})
    assert answer.status == 422
    assert answer.message == ["locationId should not be empty", "locationId must be a string"]


@pytest.mark.parametrize("name", ["locationId", "gender", "companyName", "id", "dateAdded"])
async def test_an_update_refuses_what_its_schema_does_not_have(ghl, name):
    contact = await ghl.create(email="a@x.org")
    answer = await ghl.put(contact["id"], **{name: "x"})
    assert answer.status == 422
    assert answer.message == [f"property {name} should not exist"]
    assert "dateUpdated" in contact
    assert (await ghl.get(contact["id"]))["dateUpdated"] == contact["dateUpdated"]


@pytest.mark.parametrize(
    "raw", [b"{", b"[1]", b'{"email": NaN}', b'{"email": 1e999}', b'{"email": "\\ud800"}', b"\xff"]
)
async def test_a_body_that_is_no_json_object_is_refused(ghl, raw):
    headers = {"Content-Type": "application/json"}
    answer = await ghl.call("POST", "/contacts/", data=raw, headers=headers)
    assert answer.status == 400
    assert isinstance(answer.message, str)


async def test_channels_are_named_as_the_version_names_them(ghl):
    contact = await ghl.create(
        email="a@x.org", dndSettings={"SMS": {"status": "active"}, "GMB": {"status": "inactive"}}
    )
    v2 = await ghl.get(contact["id"])
    v3 = await ghl.get(contact["id"], version=V3)
    assert v2["dndSettings"] == {"SMS": {"status": "active"}, "GMB": {"status": "inactive"}}
    assert v3["dndSettings"] == {"sms": {"status": "active"}, "gmb": {"status": "inactive"}}
    answer = await ghl.put(contact["id"], V3, dndSettings={"whatsApp": {"status": "active"}})
    assert set(answer.body["contact"]["dndSettings"]) == {"sms", "gmb", "whatsApp"}


async def test_a_permanent_channel_stays(ghl):
    contact = await ghl.create(email="a@x.org", dndSettings={"SMS": {"status": "permanent"}})
    answer = await ghl.put(contact["id"], dndSettings={"SMS": {"status": "inactive"}})
    assert answer.status == 400
    assert answer.message == "Not authorized to update permanent dnd setting for SMS"


async def test_custom_fields_are_written_by_id_or_key_and_read_by_id(ghl):
    number, kind = await ghl.field("Policy number"), await ghl.field("Policy type")
    premium, interests = await ghl.field("Annual premium"), await ghl.field("Interests")
    contact = await ghl.create(
        email="a@x.org",
        customFields=[
            {"id": number, "field_value": "P-1"},
            {"key": "policy_type", "field_value": "Life"},
            {"key": "contact.annual_premium", "field_value": 99.5},
            {"key": "interests", "field_value": ["Cars", "Sailing"]},
            {"key": "no_such_field", "field_value": "x"},
        ],
    )
    read = await ghl.get(contact["id"])
    assert {each["id"]: each["value"] for each in read["customFields"]} == {
        number: "P-1",
        kind: "Life",
        premium: 99.5,
        interests: ["Cars", "Sailing"],
    }
    assert all(set(each) == {"id", "value"} for each in read["customFields"])


async def test_custom_fields_that_are_not_named_stay(ghl):
    number, adviser = await ghl.field("Policy number"), await ghl.field("Adviser")
    contact = await ghl.create(email="a@x.org", customFields=[{"id": number, "field_value": "P-1"}])
    await ghl.put(contact["id"], V3, customFields=[{"id": adviser, "fieldValue": "Grace"}])
    answer = await ghl.put(contact["id"], customFields=[{"id": number, "field_value": ""}])
    assert answer.body["contact"]["customFields"] == [{"id": adviser, "value": "Grace"}]


async def test_the_dated_versions_do_not_know_field_value_in_camel_case(ghl):
    contact = await ghl.create(email="a@x.org")
    answer = await ghl.put(contact["id"], customFields=[{"key": "adviser", "fieldValue": "Grace"}])
    assert answer.status == 422


async def test_tags_are_added_and_removed_by_difference(ghl):
    contact = await ghl.create(email="a@x.org", tags=["one"])
    path = f"/contacts/{contact['id']}/tags"
    added = await ghl.call("POST", path, json={"tags": ["Two", "ONE", "three"]})
    assert (added.status, added.body["tags"]) == (201, ["one", "two", "three"])
    removed = await ghl.call("DELETE", path, json={"tags": ["TWO", "never there"]})
    assert (removed.status, removed.body["tags"]) == (200, ["one", "three"])
    read = await ghl.get(contact["id"])
    assert read["tags"] == ["one", "three"]
    assert read["dateUpdated"] > contact["dateUpdated"]


async def test_a_tag_once_used_stays_defined_for_the_location(ghl):
    contact = await ghl.create(email="a@x.org", tags=["Passing"])
    await ghl.call("DELETE", f"/contacts/{contact['id']}/tags", json={"tags": ["passing"]})
    answer = await ghl.call("GET", f"/locations/{ghl.location}/tags")
    assert [(tag["name"], tag["locationId"]) for tag in answer.body["tags"]] == [
        ("passing", ghl.location)
    ]


@pytest.mark.parametrize("body", [None, {}, {"tags": "x"}, {"tags": [1]}])
async def test_tags_must_be_a_list_of_words(ghl, body):
    contact = await ghl.create(email="a@x.org")
    answer = await ghl.call("POST", f"/contacts/{contact['id']}/tags", json=body)
    assert answer.status == 422


async def test_a_location_says_what_contacts_refer_to(ghl):
    answer = await ghl.call("GET", f"/locations/{ghl.location}")
    location = answer.body["location"]
    assert (location["id"], location["companyId"]) == (ghl.location, ghl.told["company_id"])
    assert location["country"] == "US"
    assert location["settings"]["allowDuplicateContact"] is False
    answer = await ghl.call("GET", f"/locations/{ghl.location}/customFields?model=contact")
    fields = answer.body["customFields"]
    assert len(fields) >= 10
    assert all(field["fieldKey"].startswith("contact.") for field in fields)
    answer = await ghl.call("GET", f"/locations/{ghl.location}/customFields?model=opportunity")
    fields = answer.body["customFields"]
    assert fields
    assert all(field["fieldKey"].startswith("opportunity.") for field in fields)
    answer = await ghl.call("GET", f"/locations/{ghl.location}/customFields?model=cat")
    assert answer.status == 422
