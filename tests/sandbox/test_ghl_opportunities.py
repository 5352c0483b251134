from __future__ import annotations

import re

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving
from tests.sandbox.ghl_opportunities import field, open_one, pipelines, put, read, wanted


async def test_a_location_has_pipelines_with_stages_in_order(ghl):
    found = await pipelines(ghl)
    assert [each["name"] for each in found] == ["Clients", "Renewals"]
    stages = found[0]["stages"]
    assert [each["position"] for each in stages] == list(range(len(stages)))
    assert re.fullmatch(r"[0-9a-f]{8}-.{27}", stages[0]["id"])
    assert {each["locationId"] for each in found} == {ghl.location}
    agency = ghl.told["agency_private_integration_token"]
    other = await pipelines(ghl, ghl.other_location, token=agency)
    assert not {each["id"] for each in found} & {each["id"] for each in other}


async def test_an_opportunity_begins_in_the_first_stage_and_is_read_back(ghl):
    first = (await pipelines(ghl))[0]
    made = await open_one(ghl, monetaryValue=1250.5, assignedTo="u1", source="web")
    assert made["pipelineStageId"] == first["stages"][0]["id"]
    assert (made["monetaryValue"], made["assignedTo"], made["source"]) == (1250.5, "u1", "web")
    assert made["contact"]["name"] == "Ada Lovelace"
    assert made["lastStageChangeAt"] == made["lastStatusChangeAt"] == made["createdAt"]
    answer = await read(ghl, made["id"])
    assert (answer.status, answer.body["opportunity"]) == (200, made)


async def test_a_value_that_is_not_given_is_nought(ghl):
    assert (await open_one(ghl))["monetaryValue"] == 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": "all"}, "status must be one of the following values: open, won, lost"),
        ({"monetaryValue": "much"}, "monetaryValue must be a number"),
        ({"monetaryValue": 10**30}, "monetaryValue must not be greater than"),
        ({"colour": "red"}, "property colour should not exist"),
        ({"forecastProbability": 20}, "property forecastProbability should not exist"),
        ({"customFields": [{"id": "x", "fieldValue": 1}]}, "property fieldValue should not exist"),
    ],
)
async def test_what_does_not_fit_is_refused(ghl, change, problem):
    body = await wanted(ghl, **change)
    answer = await ghl.call("POST", "/opportunities/", json=body)
    assert answer.status == 422
    assert any(problem in message for message in answer.message)


async def test_what_must_be_there_is_asked_for(ghl):
    answer = await ghl.call("POST", "/opportunities/", json={"locationId": ghl.location})
    assert answer.status == 422
    for name in ("pipelineId", "name", "status", "contactId"):
        assert f"{name} should not be empty" in answer.message


@pytest.mark.parametrize("name", ["pipelineId", "pipelineStageId", "contactId"])
async def test_a_place_or_contact_that_is_not_there_is_refused(ghl, name):
    body = await wanted(ghl, **{name: "nowhere"})
    answer = await ghl.call("POST", "/opportunities/", json=body)
    assert answer.status == 400
    assert "nowhere" in answer.message


async def test_a_contact_of_another_location_is_refused(ghl):
    agency = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "email": "a@x.org"}
    made = await ghl.call("POST", "/contacts/", token=agency, json=body)
    body = await wanted(ghl, contactId=made.body["contact"]["id"])
    assert (await ghl.call("POST", "/opportunities/", token=agency, json=body)).status == 403


async def test_a_second_opportunity_in_a_pipeline_is_a_duplicate(ghl):
    first = await open_one(ghl)
    await put(ghl, first["id"], status="won")
    body = await wanted(ghl, contactId=first["contactId"])
    answer = await ghl.call("POST", "/opportunities/", json=body)
    assert answer.status == 400
    assert {k: v for k, v in answer.body.items() if k != "traceId"} == {
        "statusCode": 400,
        "message": "Can not create duplicate opportunity for the contact.",
        "code": "OPPORTUNITY_NO_DUPLICATE",
        "meta": {"existingId": first["id"]},
        "error": "Bad Request",
    }
    other = (await pipelines(ghl))[1]["id"]
    second = await open_one(ghl, contactId=first["contactId"], pipelineId=other)
    answer = await put(ghl, second["id"], pipelineId=first["pipelineId"])
    assert answer.body["code"] == "OPPORTUNITY_NO_DUPLICATE"


async def test_the_switch_or_the_locations_own_setting_allows_duplicates(ghl):
    contact = (await open_one(ghl))["contactId"]
    await ghl.call("PUT", "/_sandbox/settings", json={"allow_duplicate_opportunity": True})
    await open_one(ghl, contactId=contact)
    await set_location(ghl, allowDuplicateOpportunity=False)
    body = await wanted(ghl, contactId=contact)
    assert (await ghl.call("POST", "/opportunities/", json=body)).status == 400
    await ghl.call("PUT", "/_sandbox/settings", json={"allow_duplicate_opportunity": False})
    await set_location(ghl, allowDuplicateOpportunity=True)
    await open_one(ghl, contactId=contact)


async def set_location(ghl, **settings):
    answer = await ghl.call(
        "PUT",
        f"/locations/{ghl.location}",
        token=ghl.told["agency_private_integration_token"],
        json={"companyId": ghl.told["company_id"], "settings": settings},
    )
    assert answer.status == 200, answer


async def test_an_update_moves_only_the_times_of_what_changed(ghl):
    made = await open_one(ghl)
    stages = (await pipelines(ghl))[0]["stages"]
    moved = (await put(ghl, made["id"], pipelineStageId=stages[2]["id"])).body["opportunity"]
    assert moved["pipelineStageId"] == stages[2]["id"]
    assert moved["lastStageChangeAt"] == moved["updatedAt"] > made["lastStageChangeAt"]
    assert moved["lastStatusChangeAt"] == made["lastStatusChangeAt"]
    won = (await put(ghl, made["id"], status="won")).body["opportunity"]
    assert won["lastStatusChangeAt"] == won["updatedAt"] > moved["updatedAt"]
    assert won["lastStageChangeAt"] == moved["lastStageChangeAt"]
    assert (won["name"], won["createdAt"]) == (made["name"], made["createdAt"])


async def test_another_pipeline_without_a_stage_means_its_first(ghl):
    made = await open_one(ghl)
    other = (await pipelines(ghl))[1]
    moved = (await put(ghl, made["id"], pipelineId=other["id"])).body["opportunity"]
    assert moved["pipelineStageId"] == other["stages"][0]["id"]
    answer = await put(ghl, made["id"], pipelineStageId=made["pipelineStageId"])
    assert answer.status == 400


@pytest.mark.parametrize(
    ("version", "done"), [(V2, {"succeded": True}), (V3, {"succeded": True, "success": True})]
)
async def test_status_and_deletion_answer_that_they_are_done(ghl, version, done):
    made = await open_one(ghl)
    query = {"locationId": ghl.location}
    reasons = await ghl.call("GET", "/opportunities/lost-reason", params=query)
    reason = reasons.body["lostReasons"][0]["id"]
    path, lost = f"/opportunities/{made['id']}", {"status": "lost", "lostReasonId": reason}
    answer = await ghl.call("PUT", f"{path}/status", version=version, json=lost)
    assert {k: v for k, v in answer.body.items() if k != "traceId"} == done
    assert (await read(ghl, made["id"])).body["opportunity"]["lostReasonId"] == reason
    unknown = {"status": "lost", "lostReasonId": "none"}
    assert (await ghl.call("PUT", f"{path}/status", json=unknown)).status == 400
    await ghl.call("PUT", f"{path}/status", json={"status": "open"})
    assert "lostReasonId" not in (await read(ghl, made["id"])).body["opportunity"]
    answer = await ghl.call("DELETE", path, version=version)
    assert {k: v for k, v in answer.body.items() if k != "traceId"} == done
    answer = await ghl.call("DELETE", path, version=version)
    assert (answer.status, answer.message) == (400, f"Opportunity with id {made['id']} not found")


async def test_lost_reasons_are_searched_and_paged(ghl):
    query = {"locationId": ghl.location, "query": "BROKER"}
    answer = await ghl.call("GET", "/opportunities/lost-reason", params=query)
    assert [each["name"] for each in answer.body["lostReasons"]] == ["Chose another broker"]
    query = {"locationId": ghl.location, "skip": 1, "limit": 1}
    answer = await ghl.call("GET", "/opportunities/lost-reason", params=query)
    assert [each["name"] for each in answer.body["lostReasons"]] == ["No answer"]
    assert answer.body["total"] == 3


@pytest.mark.parametrize(("version", "key"), [(V2, "field_value"), (V3, "fieldValue")])
async def test_custom_fields_are_written_by_id_or_key_and_read_by_id(ghl, version, key):
    lender, amount = await field(ghl, "Lender"), await field(ghl, "Loan amount")
    sent = [{"id": lender, key: "Acorn"}, {"key": "loan_amount", key: 5}, {"key": "x", key: 1}]
    made = await open_one(ghl, version, customFields=sent)
    shown = [{"id": lender, "fieldValue": "Acorn"}, {"id": amount, "fieldValue": 5}]
    assert made["customFields"] == shown
    one = [{"key": "opportunity.lender", key: ""}]
    after = (await put(ghl, made["id"], version, customFields=one)).body["opportunity"]
    assert after["customFields"] == shown[1:]


async def test_v3_keeps_a_forecast(ghl):
    body = {"forecastExpectedCloseDate": "04/23/2026", "forecastProbability": 20}
    made = await open_one(ghl, V3, **body)
    assert made["forecastExpectedCloseDate"] == "2026-04-23"
    assert made["forecastProbability"] == 20
    assert "forecastProbability" not in (await read(ghl, made["id"])).body["opportunity"]
    answer = await put(ghl, made["id"], V3, forecastExpectedCloseDate="soon")
    assert answer.status == 422


async def test_an_upsert_meets_the_contacts_opportunity_in_the_pipeline(ghl):
    body = await wanted(ghl, monetaryValue=5, followers=["u1", "u2"])
    first = await ghl.call("POST", "/opportunities/upsert", json=body)
    assert (first.status, first.body["new"]) == (200, True)
    assert first.body["opportunity"]["followers"] == ["u1", "u2"]
    more = {"status": "won", "followers": ["u1"], "followersActionType": "remove"}
    second = await ghl.call("POST", "/opportunities/upsert", json=body | more)
    assert second.body["new"] is False
    assert second.body["opportunity"]["id"] == first.body["opportunity"]["id"]
    assert second.body["opportunity"]["followers"] == ["u2"]
    assert second.body["opportunity"]["status"] == "won"
    by_id = {name: body[name] for name in ("locationId", "pipelineId")}
    by_id |= {"id": first.body["opportunity"]["id"], "name": "New", "isRemoveAllFollowers": True}
    third = await ghl.call("POST", "/opportunities/upsert", json=by_id)
    assert (third.body["opportunity"]["name"], third.body["opportunity"]["followers"]) == (
        "New",
        [],
    )


async def test_an_upsert_that_meets_nothing_needs_what_a_create_needs(ghl):
    body = await wanted(ghl)
    for name in ("contactId", "name"):
        less = {key: value for key, value in body.items() if key != name}
        answer = await ghl.call("POST", "/opportunities/upsert", json=less)
        assert (answer.status, answer.message) == (422, [f"{name} should not be empty"])
    answer = await ghl.call("POST", "/opportunities/upsert", json=body | {"id": "unknown"})
    assert answer.status == 400


async def test_followers_are_added_once_and_removed(ghl):
    path = f"/opportunities/{(await open_one(ghl))['id']}/followers"
    answer = await ghl.call("POST", path, json={"followers": ["u1", "u2", "u1"]})
    assert answer.status == 201
    assert answer.body["followers"] == answer.body["followersAdded"] == ["u1", "u2"]
    answer = await ghl.call("POST", path, json={"followers": ["u2", "u3"]})
    assert (answer.body["followers"], answer.body["followersAdded"]) == (["u1", "u2", "u3"], ["u3"])
    answer = await ghl.call("DELETE", path, json={"followers": ["u1", "u9"]})
    assert (answer.status, answer.body["followersRemoved"]) == (200, ["u1"])
    query = {"isRemoveAllFollowers": "true"}
    answer = await ghl.call("DELETE", path, params=query, json={"followers": []})
    assert (answer.body["followers"], answer.body["followersRemoved"]) == ([], ["u2", "u3"])
    many = {"followers": [f"u{number}" for number in range(11)]}
    assert (await ghl.call("POST", path, json=many)).status == 422


async def test_every_change_fires_its_events(ghl):
    body = await wanted(ghl)
    stages = (await pipelines(ghl))[0]["stages"]
    with listening(ghl) as told:
        made = (await ghl.call("POST", "/opportunities/", json=body)).body["opportunity"]
        await put(ghl, made["id"], name="Other")
        await put(ghl, made["id"], name="Other")
        changes = {"pipelineStageId": stages[1]["id"], "monetaryValue": 9, "assignedTo": "u1"}
        await put(ghl, made["id"], **changes)
        await ghl.call("PUT", f"/opportunities/{made['id']}/status", json={"status": "won"})
        await ghl.call("DELETE", f"/opportunities/{made['id']}")
    assert [kind.removeprefix("Opportunity") for kind, _ in told] == [
        *("Create", "Update", "Update", "StageUpdate", "MonetaryValueUpdate", "AssignedToUpdate"),
        *("Update", "StatusUpdate", "Delete"),
    ]
    record = told[5][1]
    assert (record["id"], record["locationId"]) == (made["id"], ghl.location)
    assert (record["monetaryValue"], record["assignedTo"]) == (9, "u1")
    assert record["dateAdded"] == made["createdAt"]


async def test_opportunities_go_with_their_contact(ghl):
    made = await open_one(ghl)
    kept = await open_one(ghl)
    await ghl.call("DELETE", f"/contacts/{made['contactId']}")
    assert (await read(ghl, made["id"])).status == 400
    assert (await read(ghl, kept["id"])).status == 200


async def test_a_missing_scope_and_another_location_are_refused(ghl):
    made = await open_one(ghl)
    agency = ghl.told["agency_private_integration_token"]
    there = (await pipelines(ghl, ghl.other_location, token=agency))[0]["id"]
    body = {"locationId": ghl.other_location, "email": "a@x.org"}
    contact = (await ghl.call("POST", "/contacts/", token=agency, json=body)).body["contact"]["id"]
    body = {"locationId": ghl.other_location, "pipelineId": there, "contactId": contact}
    body |= {"name": "x", "status": "open"}
    assert (await ghl.call("POST", "/opportunities/", json=body)).status == 403
    other = await ghl.call("POST", "/opportunities/", token=agency, json=body)
    assert (await read(ghl, other.body["opportunity"]["id"])).status == 403
    token = ghl.told["private_integration_token"]
    scopes = {"token": token, "scopes": ["opportunities.readonly"]}
    await ghl.call("PUT", "/_sandbox/scopes", json=scopes)
    assert (await put(ghl, made["id"], name="x")).status == 401
    assert (await read(ghl, made["id"])).status == 200


async def test_pipelines_and_opportunities_survive_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        made, before = await open_one(ghl), await pipelines(ghl)
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert (await read(ghl, made["id"])).body["opportunity"] == made
        assert await pipelines(ghl) == before


async def test_an_opportunity_cannot_lose_its_name(ghl):
    made = await open_one(ghl)
    answer = await put(ghl, made["id"], name=" ")
    assert (answer.status, answer.message) == (422, ["name should not be empty"])
