from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from instep.sandbox import invent
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from tests.sandbox.ghl_caller import V2, V3


async def page(ghl, version=V2, **query):
    query = {"locationId": ghl.location, **query}
    return await ghl.call("GET", "/contacts/", version=version, params=query)


async def test_both_cursors_together_lead_through_all_pages(ghl):
    ghl.app.load(invent(45, seed=1))
    met, cursors, numbers = [], {}, []
    while True:
        answer = await page(ghl, **cursors)
        meta = answer.body["meta"]
        met += answer.body["contacts"]
        numbers.append((meta["prevPage"], meta["currentPage"], meta["nextPage"]))
        assert (answer.body["count"], meta["total"]) == (45, 45)
        if meta["nextPageUrl"] is None:
            break
        cursors = {"startAfter": meta["startAfter"], "startAfterId": meta["startAfterId"]}
    assert numbers == [(None, 1, 2), (1, 2, 3), (2, 3, None)]
    assert len({contact["id"] for contact in met}) == len(met) == 45
    assert [c["dateAdded"] for c in met] == sorted((c["dateAdded"] for c in met), reverse=True)


@pytest.mark.parametrize("left_out", ["startAfter", "startAfterId"])
async def test_one_cursor_alone_leads_back_to_the_first_page(ghl, left_out):
    ghl.app.load(invent(30, seed=1))
    first = (await page(ghl)).body
    cursors = {name: first["meta"][name] for name in ("startAfter", "startAfterId")}
    del cursors[left_out]
    assert (await page(ghl, **cursors)).body["contacts"] == first["contacts"]


async def test_the_next_pages_address_works(ghl):
    ghl.app.load(invent(30, seed=1))
    first = (await page(ghl, limit=25)).body
    parts = urlsplit(first["meta"]["nextPageUrl"])
    second = await ghl.call("GET", f"{parts.path}?{parts.query}")
    assert len(second.body["contacts"]) == 5


async def test_names_are_lower_cased_with_the_raw_ones_beside_them(ghl):
    await ghl.create(firstName="Ada", lastName="Lovelace")
    contact = (await page(ghl)).body["contacts"][0]
    assert (contact["firstName"], contact["firstNameRaw"]) == ("ada", "Ada")
    assert (contact["lastName"], contact["lastNameRaw"]) == ("lovelace", "Lovelace")


async def test_it_still_answers_in_v3(ghl):
    assert (await page(ghl, version=V3)).status == 200


async def test_free_text_narrows_the_list(ghl):
    await ghl.create(firstName="Ada", email="ada@x.org")
    await ghl.create(firstName="Grace")
    answer = await page(ghl, query="ADA@")
    assert [contact["firstNameRaw"] for contact in answer.body["contacts"]] == ["Ada"]


async def test_more_than_a_hundred_is_refused(ghl):
    answer = await page(ghl, limit=101)
    assert (answer.status, answer.message) == (400, "limit must not be greater than 100")
    assert (await page(ghl, limit="many")).status == 422
    assert (await page(ghl, limit=0)).status == 422


async def test_contacts_of_a_business_are_listed(ghl):
    ids = [(await ghl.create(firstName=f"Number {number}"))["id"] for number in range(5)]
    business = await ghl.business(name="Acme")
    body = {"locationId": ghl.location, "ids": ids[:4], "businessId": business}
    assert (await ghl.call("POST", "/contacts/bulk/business", json=body)).body["success"]
    path, query = f"/contacts/business/{business}", {"locationId": ghl.location, "limit": 3}
    first = await ghl.call("GET", path, params=query)
    rest = await ghl.call("GET", path, params=query | {"skip": 3})
    assert (len(first.body["contacts"]), first.body["count"]) == (3, 4)
    found = [*first.body["contacts"], *rest.body["contacts"]]
    assert {contact["id"] for contact in found} == set(ids[:4])
    assert {contact["businessId"] for contact in found} == {business}
    await ghl.call("POST", "/contacts/bulk/business", json={**body, "businessId": None})
    assert (await ghl.call("GET", path, params=query)).body["contacts"] == []


async def test_a_bulk_change_with_an_unknown_contact_changes_none(ghl):
    known = (await ghl.create(firstName="Ada"))["id"]
    business = await ghl.business(name="Acme")
    body = {"locationId": ghl.location, "ids": [known, "unknown"], "businessId": business}
    assert (await ghl.call("POST", "/contacts/bulk/business", json=body)).status == 400
    assert "businessId" not in await ghl.get(known)


async def test_a_business_page_in_v3_begins_after_a_position(ghl):
    ids = []
    for number in range(3):
        ghl.app.faults.switch_on(f"clock_skew={number}")  # no two at the same time
        ids.append((await ghl.create(firstName=f"Number {number}"))["id"])
    business = await ghl.business(name="Acme")
    body = {"locationId": ghl.location, "ids": ids, "businessId": business}
    await ghl.call("POST", "/contacts/bulk/business", json=body)
    middle = ghl.app.services.part(AddressBook).get(ids[1])
    query = [("locationId", ghl.location), ("startAfter", str(middle["dateAdded"]))]
    query.append(("startAfter", middle["id"]))
    path = f"/contacts/business/{business}"
    answer = await ghl.call("GET", path, version=V3, params=query)
    assert [contact["id"] for contact in answer.body["contacts"]] == ids[:1]
