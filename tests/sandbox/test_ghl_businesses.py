from __future__ import annotations

import re

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving


async def move(ghl, business_id, *ids, **values):
    body = {"locationId": ghl.location, "ids": list(ids), "businessId": business_id, **values}
    return await ghl.call("POST", "/contacts/bulk/business", json=body)


async def listed(ghl, **query):
    query = {"locationId": ghl.location, **query}
    return (await ghl.call("GET", "/businesses/", params=query)).body["businesses"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_business_lives_from_creation_to_deletion(ghl, version):
    body = {"locationId": ghl.location, "name": "Acme", "city": "Bath"}
    made = await ghl.call("POST", "/businesses/", version=version, json=body)
    assert (made.status, made.body["success"]) == (201, True)
    business = made.body["buiseness"]
    assert re.fullmatch("[0-9a-f]{24}", business["id"])
    here = f"/businesses/{business['id']}"
    assert (await ghl.call("GET", here, version=version)).body["business"] == business
    changed = await ghl.call("PUT", here, version=version, json={"name": "Acme Ltd"})
    after = changed.body["buiseness"]
    assert (changed.status, after["name"], after["city"]) == (200, "Acme Ltd", "Bath")
    assert after["updatedAt"] > business["updatedAt"]
    assert after["createdAt"] == business["createdAt"]
    gone = await ghl.call("DELETE", here, version=version)
    assert (gone.status, gone.body["success"]) == (200, True)
    for method, sent in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        assert (await ghl.call(method, here, version=version, json=sent)).status == 400


async def test_businesses_are_listed_by_page(ghl):
    ids = [await ghl.business(name=f"Number {number}") for number in range(5)]
    assert [each["id"] for each in await listed(ghl)] == ids
    assert [each["id"] for each in await listed(ghl, limit=2, skip=2)] == ids[2:4]


async def test_a_name_is_needed_and_the_location_may_not_be_changed(ghl):
    answer = await ghl.call("POST", "/businesses/", json={"locationId": ghl.location})
    assert (answer.status, "name should not be empty" in answer.message) == (422, True)
    business = await ghl.business(name="Acme")
    answer = await ghl.call("PUT", f"/businesses/{business}", json={"locationId": "x"})
    assert (answer.status, answer.message) == (422, ["property locationId should not exist"])


async def test_another_locations_business_is_out_of_reach(ghl):
    agency = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "name": "Far"}
    far = await ghl.call("POST", "/businesses/", token=agency, json=body)
    far = far.body["buiseness"]["id"]
    assert (await ghl.call("GET", f"/businesses/{far}")).status == 403
    assert (await ghl.call("GET", f"/businesses/{far}", token=agency)).status == 200
    assert (await ghl.call("GET", "/businesses/", params={"locationId": "x"})).status == 403
    contact = (await ghl.create(firstName="Ada"))["id"]
    assert (await move(ghl, far, contact)).status == 403
    body = {"locationId": ghl.location, "ids": [contact], "businessId": far}
    answer = await ghl.call("POST", "/contacts/bulk/business", token=agency, json=body)
    assert (answer.status, answer.message) == (400, f"Business with id {far} not found")


async def test_reading_and_writing_are_scopes_of_their_own(ghl):
    token = ghl.told["private_integration_token"]
    ghl.app.services.credentials.set_scopes(token, ["businesses.readonly"])
    assert await listed(ghl) == []
    body = {"locationId": ghl.location, "name": "x"}
    assert (await ghl.call("POST", "/businesses/", json=body)).status == 401


async def test_contacts_move_into_a_business_and_out_again(ghl):
    one, two = [(await ghl.create(firstName=name))["id"] for name in ("Ada", "Grace")]
    business = await ghl.business(name="Acme")
    with listening(ghl) as told:
        answer = await move(ghl, business, one, two)
    assert (answer.status, answer.body["success"], answer.body["ids"]) == (200, True, [one, two])
    assert (await ghl.get(one))["businessId"] == business
    assert [kind for kind, _ in told] == ["ContactUpdate"] * 2
    with listening(ghl) as told:
        await move(ghl, business, one)
    assert told == []
    await move(ghl, None, one)
    assert "businessId" not in await ghl.get(one)
    assert (await ghl.get(two))["businessId"] == business


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"businessId": "unknown"}, 400),
        ({"ids": ["unknown"]}, 400),
        ({"ids": "unknown"}, 422),
        ({"locationId": "unknown"}, 403),
    ],
)
async def test_a_move_that_cannot_be_is_refused(ghl, values, status):
    contact = (await ghl.create(firstName="Ada"))["id"]
    business = await ghl.business(name="Acme")
    assert (await move(ghl, business, contact, **values)).status == status
    assert "businessId" not in await ghl.get(contact)


async def test_a_move_must_say_where_to(ghl):
    body = {"locationId": ghl.location, "ids": []}
    answer = await ghl.call("POST", "/contacts/bulk/business", json=body)
    assert answer.status == 422


async def test_a_business_that_goes_leaves_its_contacts_behind(ghl):
    contact = (await ghl.create(firstName="Ada"))["id"]
    business = await ghl.business(name="Acme")
    await move(ghl, business, contact)
    with listening(ghl) as told:
        await ghl.call("DELETE", f"/businesses/{business}")
    assert [(kind, record["id"]) for kind, record in told] == [("ContactUpdate", contact)]
    assert "businessId" not in await ghl.get(contact)


async def test_contacts_are_found_by_the_name_their_business_has_now(ghl):
    contact = await ghl.create(firstName="Ada")
    business = await ghl.business(name="Acme")
    await move(ghl, business, contact["id"])
    before = await ghl.get(contact["id"])
    await ghl.call("PUT", f"/businesses/{business}", json={"name": "Bexley Ltd"})

    async def total(name):
        wanted = {"field": "businessName", "operator": "eq", "value": name}
        return (await ghl.search(filters=[wanted])).body["total"]

    assert (await total("Bexley Ltd"), await total("Acme")) == (1, 0)
    assert await ghl.get(contact["id"]) == before


async def test_businesses_and_their_contacts_are_there_after_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        contact = (await ghl.create(firstName="Ada"))["id"]
        business = await ghl.business(name="Acme")
        await move(ghl, business, contact)
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert [each["name"] for each in await listed(ghl)] == ["Acme"]
        assert (await ghl.get(contact))["businessId"] == business
