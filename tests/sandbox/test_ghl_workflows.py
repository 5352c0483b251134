from __future__ import annotations

import uuid

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.workflows.automations import Automations
from instep.sandbox.gohighlevel.workflows.enrolments import CAMPAIGN, WORKFLOW, Enrolments
from tests.sandbox.ghl_caller import V2, V3, listening, serving


async def listed(ghl, what, version=V2, **query):
    query = {"locationId": ghl.location, **query}
    answer = await ghl.call("GET", f"/{what}/", version=version, params=query)
    assert answer.status == 200, answer
    return answer.body[what]


def joined(ghl, contact_id, kind):
    found = ghl.app.services.part(Enrolments).of(contact_id, kind)
    return [enrolment["target"] for enrolment in found]


@pytest.fixture
async def contact(ghl):
    return (await ghl.create(firstName="Ada"))["id"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_there_are_published_workflows_and_drafts(ghl, version):
    workflows = await listed(ghl, "workflows", version)
    assert {each["status"] for each in workflows} == {"published", "draft"}
    assert {uuid.UUID(each["id"]).version for each in workflows} == {4}
    assert {each["locationId"] for each in workflows} == {ghl.location}


@pytest.mark.parametrize("version", [V2, V3])
async def test_campaigns_are_listed_by_status(ghl, version):
    everything = await listed(ghl, "campaigns", version)
    published = await listed(ghl, "campaigns", version, status="published")
    draft = await listed(ghl, "campaigns", version, status="draft")
    assert 0 < len(published) < len(everything) == len(published) + len(draft)


async def test_the_lists_are_of_one_location_that_must_be_in_reach(ghl):
    for what in ("workflows", "campaigns"):
        query = {"locationId": ghl.other_location}
        assert (await ghl.call("GET", f"/{what}/", params=query)).status == 403
        agency = ghl.told["agency_private_integration_token"]
        there = await ghl.call("GET", f"/{what}/", params=query, token=agency)
        here = await listed(ghl, what)
        assert not {each["id"] for each in here} & {each["id"] for each in there.body[what]}


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_contact_joins_and_leaves_a_workflow(ghl, contact, version):
    workflow = (await listed(ghl, "workflows"))[0]["id"]
    path = f"/contacts/{contact}/workflow/{workflow}"
    body = {"eventStartTime": "2031-06-23T03:30:00+01:00"}
    flags = {"succeded"} if version == V2 else {"succeded", "succeeded"}
    for _ in range(2):
        answer = await ghl.call("POST", path, version=version, json=body)
        assert (answer.status, set(answer.body) - {"traceId"}) == (200, flags)
        assert joined(ghl, contact, WORKFLOW) == [workflow]
    for _ in range(2):
        answer = await ghl.call("DELETE", path, version=version, json=body)
        assert (answer.status, set(answer.body) - {"traceId"}) == (200, flags)
        assert joined(ghl, contact, WORKFLOW) == []


@pytest.mark.parametrize(
    "time", ["2031-06-23T03:30:00", "2031-06-23", "tomorrow", "", 1_900_000_000_000, None]
)
async def test_the_time_of_an_event_needs_its_offset(ghl, contact, time):
    workflow = (await listed(ghl, "workflows"))[0]["id"]
    path = f"/contacts/{contact}/workflow/{workflow}"
    answer = await ghl.call("POST", path, json={"eventStartTime": time})
    assert answer.status == 422
    assert answer.message == ["eventStartTime must be a valid ISO 8601 date string"]
    assert joined(ghl, contact, WORKFLOW) == []


@pytest.mark.parametrize(("version", "everything"), [(V2, "removeAll"), (V3, "remove-all")])
async def test_a_contact_joins_campaigns_and_leaves_one_or_all(ghl, contact, version, everything):
    ids = [each["id"] for each in await listed(ghl, "campaigns")]
    path = f"/contacts/{contact}/campaigns"
    for campaign in ids:
        answer = await ghl.call("POST", f"{path}/{campaign}", version=version)
        assert answer.status == 201
    assert joined(ghl, contact, CAMPAIGN) == ids
    answer = await ghl.call("DELETE", f"{path}/{ids[0]}", version=version)
    assert (answer.status, answer.body["succeded"]) == (200, True)
    assert joined(ghl, contact, CAMPAIGN) == ids[1:]
    answer = await ghl.call("DELETE", f"{path}/{everything}", version=version)
    assert (answer.status, answer.body["succeded"]) == (200, True)
    assert joined(ghl, contact, CAMPAIGN) == []


async def test_joining_and_leaving_a_campaign_fires_an_event_once(ghl, contact):
    one, two, _ = [each["id"] for each in await listed(ghl, "campaigns")]
    path = f"/contacts/{contact}/campaigns"
    with listening(ghl) as told:
        for campaign in (one, one, two):
            await ghl.call("POST", f"{path}/{campaign}")
        for _ in range(2):
            await ghl.call("DELETE", f"{path}/{one}")
        for _ in range(2):
            await ghl.call("DELETE", f"{path}/removeAll")
    assert {kind for kind, _ in told} == {"CampaignStatusUpdate"}
    assert [(record["id"], record["status"]) for _, record in told] == [
        (one, "active"),
        (two, "active"),
        (one, "removed"),
        (two, "removed"),
    ]
    assert {record["contactId"] for _, record in told} == {contact}


async def test_what_is_unknown_or_of_another_location_is_refused(ghl, contact):
    agency = ghl.told["agency_private_integration_token"]
    query = {"locationId": ghl.other_location}
    workflows = await ghl.call("GET", "/workflows/", params=query, token=agency)
    far = workflows.body["workflows"][0]["id"]
    for path in (
        f"/contacts/{contact}/workflow/{far}",
        f"/contacts/{contact}/workflow/unknown",
        f"/contacts/{contact}/campaigns/unknown",
        "/contacts/unknown/workflow/unknown",
    ):
        for method in ("POST", "DELETE"):
            assert (await ghl.call(method, path, json={}, token=agency)).status == 400


async def test_listing_and_joining_need_their_scopes(ghl, contact):
    workflow = (await listed(ghl, "workflows"))[0]["id"]
    token = ghl.told["private_integration_token"]
    ghl.app.services.credentials.set_scopes(token, ["contacts.readonly"])
    for what in ("workflows", "campaigns"):
        query = {"locationId": ghl.location}
        assert (await ghl.call("GET", f"/{what}/", params=query)).status == 401
    path = f"/contacts/{contact}/workflow/{workflow}"
    assert (await ghl.call("POST", path, json={})).status == 401


async def test_what_a_contact_joined_is_kept_and_goes_with_it(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        contact = (await ghl.create(firstName="Ada"))["id"]
        campaign = (await listed(ghl, "campaigns"))[0]["id"]
        await ghl.call("POST", f"/contacts/{contact}/campaigns/{campaign}")
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert campaign in {each["id"] for each in await listed(ghl, "campaigns")}
        assert joined(ghl, contact, CAMPAIGN) == [campaign]
        await ghl.call("DELETE", f"/contacts/{contact}")
        assert joined(ghl, contact, CAMPAIGN) == []


async def test_a_location_added_later_has_its_own_until_it_is_removed(ghl):
    services = ghl.app.services
    later = {**services.company.locations[ghl.location], "id": "later"}
    services.lifecycle.announce("location", Stage.ADDED, later)
    automations = services.part(Automations)
    assert len(automations.workflows("later")) == len(automations.campaigns("later")) == 3
    services.lifecycle.announce("location", Stage.DELETED, later)
    assert automations.workflows("later") == automations.campaigns("later") == []
    assert len(automations.workflows(ghl.location)) == 3
