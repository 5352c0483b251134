from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving


async def bulk(ghl, kind, *ids, version=V2, **values):
    body = {"contacts": list(ids), "tags": ["New"], "locationId": ghl.location, **values}
    path = f"/contacts/bulk/tags/update/{kind}"
    return await ghl.call("POST", path, version=version, json=body)


async def tags_of(ghl, contact_id):
    return (await ghl.get(contact_id))["tags"]


async def defined(ghl):
    tags = (await ghl.call("GET", f"/locations/{ghl.location}/tags")).body["tags"]
    return [tag["name"] for tag in tags]


async def define(ghl, name, version=V2):
    path = f"/locations/{ghl.location}/tags"
    return await ghl.call("POST", path, version=version, json={"name": name})


@pytest.mark.parametrize("version", [V2, V3])
async def test_tags_of_many_contacts_are_added_and_removed_at_once(ghl, version):
    one = (await ghl.create(firstName="Ada", tags=["old"]))["id"]
    two = (await ghl.create(firstName="Grace", tags=["new"]))["id"]
    answer = await bulk(ghl, "add", one, two, version=version)
    assert (answer.status, answer.body["succeded"], answer.body["errorCount"]) == (201, True, 0)
    assert ("succeeded" in answer.body) is (version == V3)
    assert answer.body["responses"][0] == {
        "contactId": one,
        "message": "Tags updated",
        "type": "success",
        "oldTags": ["old"],
        "tagsAdded": ["new"],
        "tagsRemoved": [],
    }
    assert (await tags_of(ghl, one), await tags_of(ghl, two)) == (["old", "new"], ["new"])
    answer = await bulk(ghl, "remove", one, two, version=version)
    assert [each["tagsRemoved"] for each in answer.body["responses"]] == [["new"], ["new"]]
    assert (await tags_of(ghl, one), await tags_of(ghl, two)) == (["old"], [])


async def test_what_cannot_be_tagged_is_told_and_the_others_are_tagged(ghl):
    agency = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "firstName": "Far"}
    far = (await ghl.call("POST", "/contacts/", token=agency, json=body)).body["contact"]["id"]
    gone, known = [(await ghl.create(firstName=name))["id"] for name in ("Gone", "Ada")]
    await ghl.call("DELETE", f"/contacts/{gone}")
    answer = await bulk(ghl, "add", "abcdef", gone, far, known)
    assert answer.body["errorCount"] == 3
    assert [each["message"] for each in answer.body["responses"]] == [
        "contact id is not a valid firebase id",
        "contact is deleted",
        "contact does not belong to location",
        "Tags updated",
    ]
    assert await tags_of(ghl, known) == ["new"]
    there = await ghl.call("GET", f"/contacts/{far}", token=agency)
    assert there.body["contact"]["tags"] == []


async def test_all_tags_can_be_removed_but_not_added(ghl):
    contact = (await ghl.create(firstName="Ada", tags=["a", "b"]))["id"]
    assert (await bulk(ghl, "add", contact, removeAllTags=True)).status == 400
    answer = await bulk(ghl, "remove", contact, tags=[], removeAllTags=True)
    assert answer.body["responses"][0]["tagsRemoved"] == ["a", "b"]
    assert await tags_of(ghl, contact) == []


async def test_a_type_that_is_neither_is_refused_as_is_a_foreign_location(ghl):
    contact = (await ghl.create(firstName="Ada"))["id"]
    assert (await bulk(ghl, "%7Btype%7D", contact)).status == 422
    assert (await bulk(ghl, "add", contact, locationId=ghl.other_location)).status == 403
    assert (await bulk(ghl, "add", contact, tags="new")).status == 422


async def test_only_changed_contacts_fire_events(ghl):
    one = (await ghl.create(firstName="Ada"))["id"]
    two = (await ghl.create(firstName="Grace", tags=["new"]))["id"]
    with listening(ghl) as told:
        await bulk(ghl, "add", one, two)
    assert [(kind, record["id"]) for kind, record in told] == [
        ("ContactUpdate", one),
        ("ContactTagUpdate", one),
    ]


@pytest.mark.parametrize("version", [V2, V3])
async def test_users_follow_a_contact_and_stop(ghl, version):
    contact = (await ghl.create(firstName="Ada"))["id"]
    path = f"/contacts/{contact}/followers"
    await ghl.call("POST", path, version=version, json={"followers": ["u1"]})
    answer = await ghl.call("POST", path, version=version, json={"followers": ["u2", "u1", "u2"]})
    assert (answer.status, answer.body["followers"]) == (201, ["u1", "u2"])
    assert answer.body["followersAdded"] == ["u2"]
    found = await ghl.search(filters=[{"field": "followers", "operator": "eq", "value": "u2"}])
    assert found.body["contacts"][0]["followers"] == ["u1", "u2"]
    answer = await ghl.call("DELETE", path, version=version, json={"followers": ["u1", "u9"]})
    assert (answer.status, answer.body["followers"]) == (200, ["u2"])
    assert answer.body["followersRemoved"] == ["u1"]
    assert (await ghl.call("POST", path, version=version, json={})).status == 422


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_tag_is_defined_renamed_and_removed(ghl, version):
    made = await define(ghl, " VIP ", version)
    tag = made.body["tag"]
    assert (made.status, tag["name"], tag["locationId"]) == (200, "vip", ghl.location)
    here = f"/locations/{ghl.location}/tags/{tag['id']}"
    assert (await ghl.call("GET", here, version=version)).body["tag"] == tag
    renamed = await ghl.call("PUT", here, version=version, json={"name": "Key client"})
    assert renamed.body["tag"] == {**tag, "name": "key client"}
    assert await defined(ghl) == ["key client"]
    gone = await ghl.call("DELETE", here, version=version)
    assert (gone.status, gone.body["succeded"]) == (200, True)
    assert await defined(ghl) == []
    for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        assert (await ghl.call(method, here, version=version, json=body)).status == 400


async def test_a_name_is_taken_once_and_may_not_be_blank(ghl):
    one = (await define(ghl, "one")).body["tag"]
    await define(ghl, "two")
    assert (await define(ghl, "One")).status == 400
    here = f"/locations/{ghl.location}/tags/{one['id']}"
    assert (await ghl.call("PUT", here, json={"name": "two"})).status == 400
    assert (await ghl.call("PUT", here, json={"name": "ONE"})).body["tag"] == one
    assert (await define(ghl, " ")).status == 422


async def test_contacts_follow_their_tags(ghl):
    contact = (await ghl.create(firstName="Ada", tags=["a", "b", "c"]))["id"]
    tags = (await ghl.call("GET", f"/locations/{ghl.location}/tags")).body["tags"]
    here = f"/locations/{ghl.location}/tags/{tags[1]['id']}"
    with listening(ghl) as told:
        await ghl.call("PUT", here, json={"name": "bee"})
        assert await tags_of(ghl, contact) == ["a", "bee", "c"]
        await ghl.call("DELETE", here)
        assert await tags_of(ghl, contact) == ["a", "c"]
    assert [kind for kind, _ in told] == ["ContactUpdate", "ContactTagUpdate"] * 2
    assert await defined(ghl) == ["a", "c"]


async def test_a_removed_tag_stays_removed_and_can_be_used_again(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        tag = (await define(ghl, "one")).body["tag"]
        await ghl.call("DELETE", f"/locations/{ghl.location}/tags/{tag['id']}")
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert await defined(ghl) == []
        await ghl.create(firstName="Ada", tags=["one"])
        assert await defined(ghl) == ["one"]
