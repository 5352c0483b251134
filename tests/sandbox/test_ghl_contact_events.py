from __future__ import annotations

import pytest

from instep.sandbox import invent
from instep.sandbox.gohighlevel.contacts.notes import Notes
from instep.sandbox.gohighlevel.lifecycle import Stage
from tests.sandbox.ghl_caller import listening

ADA = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@x.org",
    "dateOfBirth": "1990-12-31",
    "tags": ["one"],
}


def kinds(told):
    return [kind for kind, _ in told]


async def test_a_new_contact_is_told_with_the_documented_fields(ghl):
    field = await ghl.field("Policy number")
    with listening(ghl) as told:
        values = [{"id": field, "field_value": "P-1"}]
        contact = await ghl.create(**ADA, customFields=values)
    ((kind, record),) = told
    assert kind == "ContactCreate"
    assert record["name"] == "Ada Lovelace"
    assert record["dateOfBirth"] == "1990-12-31T00:00:00.000Z"
    assert record["customFields"] == [{"id": field, "value": "P-1"}]
    assert (record["id"], record["locationId"]) == (contact["id"], ghl.location)
    assert (record["tags"], record["dnd"], record["attachments"]) == (["one"], False, [])
    assert record["dateAdded"] == contact["dateAdded"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"city": "London"}, ["ContactUpdate"]),
        ({"tags": ["one", "two"]}, ["ContactUpdate", "ContactTagUpdate"]),
        ({"dnd": True}, ["ContactUpdate", "ContactDndUpdate"]),
        (
            {"dndSettings": {"SMS": {"status": "active"}}},
            ["ContactUpdate", "ContactDndUpdate"],
        ),
        (
            {"tags": [], "dnd": True},
            ["ContactUpdate", "ContactTagUpdate", "ContactDndUpdate"],
        ),
        ({"firstName": "Ada", "tags": ["One"]}, []),
    ],
)
async def test_a_change_is_told_once_for_each_thing_it_touches(ghl, change, expected):
    contact = await ghl.create(**ADA)
    with listening(ghl) as told:
        assert (await ghl.put(contact["id"], **change)).status == 200
    assert kinds(told) == expected
    with listening(ghl) as told:
        await ghl.put(contact["id"], **change)
    assert told == []


async def test_an_upsert_tells_what_it_was(ghl):
    body = {"locationId": ghl.location, **ADA}
    with listening(ghl) as told:
        for changes in ({}, {}, {"city": "London"}):
            await ghl.call("POST", "/contacts/upsert", json=body | changes)
    assert kinds(told) == ["ContactCreate", "ContactUpdate"]


async def test_tags_are_told_where_they_change(ghl):
    path = f"/contacts/{(await ghl.create(**ADA))['id']}/tags"
    with listening(ghl) as told:
        await ghl.call("POST", path, json={"tags": ["one"]})
        await ghl.call("DELETE", path, json={"tags": ["two"]})
        assert told == []
        await ghl.call("DELETE", path, json={"tags": ["one"]})
    assert kinds(told) == ["ContactUpdate", "ContactTagUpdate"]


async def test_what_is_refused_is_not_told(ghl):
    contact = await ghl.create(**ADA)
    other = await ghl.create(email="grace@x.org")
    with listening(ghl) as told:
        body = {"locationId": ghl.location, "email": contact["email"]}
        assert (await ghl.call("POST", "/contacts/", json=body)).status == 400
        assert (await ghl.put(other["id"], email=contact["email"])).status == 400
        assert (await ghl.put(other["id"], locationId="x")).status == 422
    assert told == []


async def test_a_deletion_tells_what_the_contact_was(ghl):
    contact = await ghl.create(**ADA)
    with listening(ghl) as told:
        await ghl.call("DELETE", f"/contacts/{contact['id']}")
        await ghl.call("DELETE", f"/contacts/{contact['id']}")
    assert [(kind, record["email"]) for kind, record in told] == [("ContactDelete", "ada@x.org")]


async def test_people_who_are_loaded_were_there_all_along(ghl):
    with listening(ghl) as told:
        assert ghl.app.load(invent(20, seed=1)) == 20
    assert told == []


async def test_what_a_removed_location_had_goes_with_it_untold(ghl):
    contact = (await ghl.create(**ADA))["id"]
    path = f"/contacts/{contact}"
    await ghl.call("POST", f"{path}/notes", json={"body": "Called"})
    business = await ghl.business(name="Acme")
    services = ghl.app.services
    with listening(ghl) as told:
        services.lifecycle.announce("location", Stage.DELETED, {"id": ghl.location})
    assert told == []
    assert (await ghl.call("GET", path)).status == 400
    assert (await ghl.call("GET", f"/businesses/{business}")).status == 400
    assert (await ghl.search()).body["total"] == 0
    assert services.part(Notes).kept.count() == 0
