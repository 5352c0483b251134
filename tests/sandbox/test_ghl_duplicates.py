from __future__ import annotations

import asyncio

import pytest

from instep.sandbox import invent
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook


async def add(ghl, **values):
    return await ghl.call("POST", "/contacts/", json={"locationId": ghl.location, **values})


async def upsert(ghl, **values):
    body = {"locationId": ghl.location, **values}
    answer = await ghl.call("POST", "/contacts/upsert", json=body)
    assert answer.status == 200, answer
    return answer.body["new"], answer.body["contact"]


async def duplicate(ghl, **query):
    query = {"locationId": ghl.location, **query}
    answer = await ghl.call("GET", "/contacts/search/duplicate", params=query)
    assert answer.status == 200
    return answer.body["contact"]


@pytest.mark.parametrize(
    ("again", "field"),
    [
        ({"email": "ADA@x.org"}, "email"),
        ({"phone": "(201) 555 0123", "email": "other@x.org"}, "phone"),
        ({"phone": "2015550123", "email": "ada@x.org"}, "email"),
    ],
)
async def test_a_duplicate_is_refused_and_says_of_whom(ghl, again, field):
    ada = await ghl.create(name="Ada Lovelace", email="ada@x.org", phone="+12015550123")
    answer = await add(ghl, **again)
    assert answer.status == 400
    assert answer.message == "This location does not allow duplicated contacts."
    assert answer.body["statusCode"] == 400
    assert answer.body["meta"] == {
        "contactId": ada["id"],
        "contactName": "Ada Lovelace",
        "matchingField": field,
    }


async def test_the_location_may_prefer_the_phone(ghl):
    ghl.app.settings.duplicate_order = ("phone", "email")
    await ghl.create(email="ada@x.org", phone="+12015550123")
    answer = await add(ghl, email="ada@x.org", phone="+12015550123")
    assert answer.body["meta"]["matchingField"] == "phone"


async def test_the_location_may_allow_duplicates(ghl):
    ghl.app.settings.allow_duplicate_contact = True
    await ghl.create(email="ada@x.org")
    assert (await add(ghl, email="ada@x.org")).status == 201
    location = await ghl.call("GET", f"/locations/{ghl.location}")
    assert location.body["location"]["settings"]["allowDuplicateContact"] is True


async def test_the_other_location_may_have_the_same_person(ghl):
    await ghl.create(email="ada@x.org")
    token = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "email": "ada@x.org"}
    assert (await ghl.call("POST", "/contacts/", json=body, token=token)).status == 201


async def test_an_update_may_not_make_a_duplicate(ghl):
    await ghl.create(email="ada@x.org")
    bob = await ghl.create(email="bob@x.org")
    answer = await ghl.put(bob["id"], email="Ada@x.org")
    assert (answer.status, answer.body["meta"]["matchingField"]) == (400, "email")
    assert (await ghl.put(bob["id"], email="BOB@x.org")).status == 200


async def test_an_upsert_creates_and_then_updates(ghl):
    new, ada = await upsert(ghl, email="ada@x.org", firstName="Ada", tags=["One"])
    assert new
    new, again = await upsert(ghl, email="ADA@x.org", lastName="Lovelace", tags=["two"])
    assert not new
    assert again["id"] == ada["id"]
    assert (again["firstName"], again["lastName"]) == ("Ada", "Lovelace")
    assert again["tags"] == ["two"]


async def test_an_upsert_that_meets_two_contacts_changes_the_first_and_ignores_the_second(ghl):
    ada = await ghl.create(email="ada@x.org", phone="+12015550123")
    bob = await ghl.create(email="bob@x.org", phone="+12015550124")
    new, met = await upsert(ghl, email="ada@x.org", phone="+12015550124", city="London")
    assert (new, met["id"], met["phone"], met["city"]) == (
        False,
        ada["id"],
        "+12015550123",
        "London",
    )
    assert (await ghl.get(bob["id"]))["phone"] == "+12015550124"


async def test_an_upsert_silently_drops_the_gender_of_a_contact_that_is_there(ghl):
    _, ada = await upsert(ghl, email="ada@x.org", gender="female")
    await upsert(ghl, email="ada@x.org", gender="male")
    kept = ghl.app.services.part(AddressBook).get(ada["id"])
    assert kept["gender"] == "female"


@pytest.mark.parametrize(("allowed", "new"), [(True, True), (False, False)])
async def test_an_upsert_may_be_told_to_create_where_duplicates_are_allowed(ghl, allowed, new):
    await ghl.create(email="ada@x.org")
    ghl.app.settings.allow_duplicate_contact = allowed
    assert (await upsert(ghl, email="ada@x.org", createNewIfDuplicateAllowed=True))[0] is new
    assert (await upsert(ghl, email="ada@x.org", createNewIfDuplicateAllowed=False))[0] is False


async def test_upserts_at_once_make_one_contact(ghl):
    outcomes = await asyncio.gather(
        *(upsert(ghl, email="ada@x.org", city=f"Town {number}") for number in range(40))
    )
    assert sum(new for new, _ in outcomes) == 1
    assert len({contact["id"] for _, contact in outcomes}) == 1
    assert ghl.app.services.part(AddressBook).contacts.count() == 1


async def test_creates_at_once_make_one_contact(ghl):
    answers = await asyncio.gather(*(add(ghl, email="ada@x.org") for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [201] + [400] * 19


async def test_a_duplicate_is_found_by_email_then_by_phone(ghl):
    ada = await ghl.create(email="ada@x.org", phone="+12015550123")
    bob = await ghl.create(email="bob@x.org", phone="+12015550124")
    assert (await duplicate(ghl, email="ADA@x.org"))["id"] == ada["id"]
    assert (await duplicate(ghl, number="(201) 555-0124"))["id"] == bob["id"]
    both = {"email": "ada@x.org", "number": "+12015550124"}
    assert (await duplicate(ghl, **both))["id"] == ada["id"]
    assert (await duplicate(ghl, email="none@x.org", number="+12015550124"))["id"] == bob["id"]
    assert await duplicate(ghl, email="none@x.org") is None
    assert await duplicate(ghl) is None


@pytest.mark.parametrize(("allowed", "met"), [(False, "bob"), (True, "ada")])
async def test_where_duplicates_are_allowed_the_email_decides(ghl, allowed, met):
    ghl.app.settings.duplicate_order = ("phone", "email")
    ghl.app.settings.allow_duplicate_contact = allowed
    await ghl.create(email="ada@x.org", phone="+12015550123")
    await ghl.create(email="bob@x.org", phone="+12015550124")
    found = await duplicate(ghl, email="ada@x.org", number="+12015550124")
    assert found["email"] == f"{met}@x.org"


async def test_people_are_loaded_once(ghl):
    people = invent(50, seed=2)
    assert ghl.app.load(people) == 50
    assert ghl.app.load([*people, *invent(10, seed=3)]) == 10
    found = await duplicate(ghl, email=people[7].email)
    assert (found["firstName"], found["phone"], found["tags"]) == (
        people[7].first_name,
        people[7].phone,
        list(people[7].tags),
    )


@pytest.mark.parametrize("switch", [True, False])
async def test_a_locations_own_setting_goes_before_the_switch(ghl, switch):
    ghl.app.settings.allow_duplicate_contact = switch
    await ghl.create(email="ada@x.org")
    bob = await ghl.create(email="bob@x.org")
    body = {"companyId": ghl.told["company_id"], "settings": {"allowDuplicateContact": not switch}}
    agency = ghl.told["agency_private_integration_token"]
    path = f"/locations/{ghl.location}"
    assert (await ghl.call("PUT", path, token=agency, json=body)).status == 200

    assert (await add(ghl, email="ada@x.org")).status == (400 if switch else 201)
    assert (await ghl.put(bob["id"], email="ada@x.org")).status == (400 if switch else 200)
    again = await upsert(ghl, email="ada@x.org", createNewIfDuplicateAllowed=True)
    assert again[0] is not switch
    elsewhere = {"locationId": ghl.other_location, "email": "ada@x.org"}
    for status in (201, 201 if switch else 400):
        answer = await ghl.call("POST", "/contacts/", token=agency, json=elsewhere)
        assert answer.status == status
