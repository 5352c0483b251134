from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving

KEY = "adviser_client"
SYSTEM = {"OPPORTUNITIES_CONTACTS_ASSOCIATION", "BUSINESSES_CONTACTS_ASSOCIATION"}


def wanted(ghl, **other):
    return {
        "locationId": ghl.location,
        "key": KEY,
        "firstObjectKey": "contact",
        "firstObjectLabel": "Adviser",
        "secondObjectKey": "contact",
        "secondObjectLabel": "Client",
        **other,
    }


async def make(ghl, **other):
    answer = await ghl.call("POST", "/associations/", json=wanted(ghl, **other))
    assert answer.status == 201, answer
    return answer.body


async def relate(ghl, association, first, second, **kwargs):
    body = {
        "locationId": ghl.location,
        "associationId": association["id"],
        "firstRecordId": first,
        "secondRecordId": second,
    }
    return await ghl.call("POST", "/associations/relations", json=body, **kwargs)


async def relations(ghl, record, **query):
    query = {"locationId": ghl.location, "skip": "0", "limit": "100", **query}
    return await ghl.call("GET", f"/associations/relations/{record}", params=query)


@pytest.fixture
async def pair(ghl):
    ada, bob = await ghl.create(email="a@x.org"), await ghl.create(email="b@x.org")
    return ada["id"], bob["id"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_an_association_is_made_found_renamed_and_deleted(ghl, version):
    with listening(ghl) as told:
        body = wanted(ghl)
        made = await ghl.call("POST", "/associations/", version=version, json=body)
        assert made.status == 201
        assert made.body.items() >= {**body, "associationType": "USER_DEFINED"}.items()
        path = f"/associations/{made.body['id']}"
        in_location = f"?locationId={ghl.location}"
        for other in (
            path,
            f"/associations/key/{KEY}{in_location}",
            f"/associations/objectKey/contact{in_location}",
            "/associations/objectKey/contact",
        ):
            found = await ghl.call("GET", other, version=version)
            assert (found.status, found.body["id"]) == (200, made.body["id"])
        labels = {"firstObjectLabel": "Mentor", "secondObjectLabel": "Pupil"}
        renamed = await ghl.call("PUT", path, version=version, json=labels)
        assert renamed.body.items() >= {**body, **labels}.items()
        gone = await ghl.call("DELETE", path, version=version)
        assert {k: v for k, v in gone.body.items() if k != "traceId"} == {
            "deleted": True,
            "id": made.body["id"],
            "message": "Association deleted successfully",
        }
    again = await ghl.call("DELETE", path, version=version)
    assert (again.status, again.message) == (400, "Association not found")
    assert [kind for kind, _ in told] == [
        "AssociationCreate",
        "AssociationUpdate",
        "AssociationDelete",
    ]
    assert told[1][1].items() >= {"key": KEY, "firstObjectLabel": "Mentor"}.items()


async def test_a_location_has_those_of_the_system_and_its_own(ghl):
    own = await make(ghl)
    agency = ghl.told["agency_private_integration_token"]
    answer = await ghl.call("GET", f"/associations/?locationId={ghl.location}")
    assert answer.body["associations"][0]["id"] == own["id"]
    assert {each["id"] for each in answer.body["associations"]} == {own["id"], *SYSTEM}
    assert answer.body["total"] == 3
    page = await ghl.call("GET", f"/associations/?locationId={ghl.location}&skip=1&limit=1")
    assert len(page.body["associations"]) == 1
    there = await ghl.call("GET", f"/associations/?locationId={ghl.other_location}", token=agency)
    assert {each["id"] for each in there.body["associations"]} == SYSTEM


async def test_those_of_the_system_stay_as_they_are(ghl):
    for identifier in SYSTEM:
        path = f"/associations/{identifier}"
        found = await ghl.call("GET", path)
        assert found.body["associationType"] == "SYSTEM_DEFINED"
        assert found.body["locationId"] == ghl.location
        labels = {"firstObjectLabel": "a", "secondObjectLabel": "b"}
        assert (await ghl.call("PUT", path, json=labels)).status == 400
        assert (await ghl.call("DELETE", path)).status == 400


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ({"secondObjectLabel": "Adviser"}, 422, "Both object labels can not be same"),
        ({"firstObjectKey": "planet"}, 422, "firstObjectKey must be contact, opportunity,"),
        ({"odd": 1}, 422, "property odd should not exist"),
        ({"key": 1}, 422, "key must be a string"),
        ({}, 400, "Association with key adviser_client already exists"),
    ],
)
async def test_a_wrong_association_is_refused(ghl, other, status, words):
    await make(ghl)
    answer = await ghl.call("POST", "/associations/", json=wanted(ghl, **other))
    said = answer.message[0] if status == 422 else answer.message
    assert answer.status == status
    assert said.startswith(words)


@pytest.mark.parametrize("version", [V2, V3])
async def test_two_records_are_related_and_parted(ghl, pair, version):
    association = await make(ghl)
    with listening(ghl) as told:
        made = await relate(ghl, association, *pair, version=version)
        assert made.status == 201
        expected = {
            "id": made.body["id"],
            "locationId": ghl.location,
            "associationId": association["id"],
            "firstObjectKey": "contact",
            "firstRecordId": pair[0],
            "secondObjectKey": "contact",
            "secondRecordId": pair[1],
        }
        assert made.body.items() >= {**expected, "key": KEY, "firstObjectLabel": "Adviser"}.items()
        for record in pair:
            listed = await relations(ghl, record)
            assert (listed.body["relations"], listed.body["total"]) == ([expected], 1)
        path = f"/associations/relations/{made.body['id']}?locationId={ghl.location}"
        assert (await ghl.call("DELETE", path, version=version)).body["id"] == made.body["id"]
        assert (await ghl.call("DELETE", path, version=version)).status == 400
    assert told == [("RelationCreate", expected), ("RelationDelete", expected)]
    assert (await relations(ghl, pair[0])).body["relations"] == []


async def test_two_records_are_related_once(ghl, pair):
    association = await make(ghl)
    assert (await relate(ghl, association, *pair)).status == 201
    for both in (pair, pair[::-1]):
        again = await relate(ghl, association, *both)
        assert again.status == 400
        assert again.message == (
            "Could not create relation: duplicate relation of object Ids for given association "
            f"{association['id']}"
        )
    other = await make(ghl, key="other")
    assert (await relate(ghl, other, *pair)).status == 201
    assert (await relations(ghl, pair[0])).body["total"] == 2
    named = await relations(ghl, pair[0], associationIds=other["id"])
    assert [each["associationId"] for each in named.body["relations"]] == [other["id"]]
    second = await relations(ghl, pair[0], skip="1", limit="1")
    assert [each["associationId"] for each in second.body["relations"]] == [other["id"]]


async def test_only_records_that_are_there_are_related(ghl, pair):
    association = await make(ghl)
    unknown = await relate(ghl, association, pair[0], "unknown")
    assert (unknown.status, unknown.message) == (400, "Contact with id unknown not found")
    assert (await relate(ghl, association, pair[0], pair[0])).status == 400
    assert (await relate(ghl, {"id": "unknown"}, *pair)).message == "Association not found"
    agency = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "email": "far@x.org"}
    far = await ghl.call("POST", "/contacts/", token=agency, json=body)
    foreign = await relate(ghl, association, pair[0], far.body["contact"]["id"])
    assert foreign.status == 403


async def test_a_business_is_related_under_the_systems_association(ghl, pair):
    business = await ghl.business(name="Acorn")
    system = {"id": "BUSINESSES_CONTACTS_ASSOCIATION"}
    assert (await relate(ghl, system, business, pair[0])).status == 201
    assert (await relate(ghl, system, "0" * 24, pair[1])).status != 201
    await ghl.call("DELETE", f"/businesses/{business}")
    assert (await relations(ghl, pair[0])).body["relations"] == []


async def test_an_opportunity_is_related_until_it_goes(ghl, pair):
    query = f"?locationId={ghl.location}"
    [pipeline, *_] = (await ghl.call("GET", f"/opportunities/pipelines{query}")).body["pipelines"]
    body = {
        "locationId": ghl.location,
        "pipelineId": pipeline["id"],
        "contactId": pair[0],
        "name": "Cover",
        "status": "open",
    }
    made = (await ghl.call("POST", "/opportunities/", json=body)).body["opportunity"]["id"]
    system = {"id": "OPPORTUNITIES_CONTACTS_ASSOCIATION"}
    assert (await relate(ghl, system, made, pair[1])).status == 201
    assert (await relate(ghl, system, "unknown", pair[1])).status == 400
    await ghl.call("DELETE", f"/opportunities/{made}")
    assert (await relations(ghl, pair[1])).body["relations"] == []


async def test_a_record_of_a_custom_object_is_taken_as_it_is(ghl, pair):
    car = await make(ghl, key="car", secondObjectKey="custom_objects.car")
    assert (await relate(ghl, car, pair[0], "any-record")).status == 201
    assert (await relations(ghl, "any-record")).body["total"] == 1


async def test_relations_go_with_their_association_and_with_their_records(ghl, pair):
    one, other = await make(ghl), await make(ghl, key="other")
    await relate(ghl, one, *pair)
    await relate(ghl, other, *pair)
    await ghl.call("DELETE", f"/associations/{one['id']}")
    left = (await relations(ghl, pair[0])).body["relations"]
    assert [each["associationId"] for each in left] == [other["id"]]
    await ghl.call("DELETE", f"/contacts/{pair[1]}")
    assert (await relations(ghl, pair[0])).body["relations"] == []


async def test_another_locations_association_is_out_of_reach(ghl):
    agency = ghl.told["agency_private_integration_token"]
    body = wanted(ghl, locationId=ghl.other_location)
    made = await ghl.call("POST", "/associations/", token=agency, json=body)
    path = f"/associations/{made.body['id']}"
    assert (await ghl.call("GET", path)).status == 403
    assert (await ghl.call("DELETE", path)).status == 403
    assert (await ghl.call("POST", "/associations/", json=body)).status == 403
    query = f"?locationId={ghl.other_location}"
    assert (await ghl.call("GET", f"/associations/{query}")).status == 403
    assert (
        await ghl.call("GET", f"/associations/key/{KEY}?locationId={ghl.location}")
    ).status == 400


async def test_each_operation_asks_for_its_scope(ghl):
    token = ghl.told["private_integration_token"]
    scopes = {"token": token, "scopes": ["contacts.readonly"]}
    await ghl.call("PUT", "/_sandbox/scopes", json=scopes)
    query = f"?locationId={ghl.location}"
    for method, path in (
        ("GET", f"/associations/{query}"),
        ("POST", "/associations/"),
        ("GET", "/associations/x"),
        ("PUT", "/associations/x"),
        ("DELETE", "/associations/x"),
        ("GET", f"/associations/key/x{query}"),
        ("GET", f"/associations/objectKey/x{query}"),
        ("POST", "/associations/relations"),
        ("GET", f"/associations/relations/x{query}"),
        ("DELETE", f"/associations/relations/x{query}"),
    ):
        answer = await ghl.call(method, path, json={})
        assert answer.message == "The token is not authorized for this scope.", path


async def test_associations_and_relations_survive_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        association = await make(ghl)
        ada, bob = await ghl.create(email="a@x.org"), await ghl.create(email="b@x.org")
        await relate(ghl, association, ada["id"], bob["id"])
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert (await relations(ghl, bob["id"])).body["total"] == 1
        assert (await ghl.call("GET", f"/associations/{association['id']}")).status == 200
