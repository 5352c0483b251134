from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.state import State
from tests.sandbox.ghl_caller import V2, V3, listening, serving
from tests.sandbox.ghl_opportunities import pipelines


def agency(ghl):
    return ghl.told["agency_private_integration_token"]


async def create(ghl, version=V2, **values):
    body = {"name": "Lakeside Brokers", "companyId": ghl.told["company_id"], **values}
    token = agency(ghl)
    answer = await ghl.call("POST", "/locations/", version=version, token=token, json=body)
    assert answer.status == 200, answer
    return answer.body


async def names(ghl, token=None, **query):
    answer = await ghl.call("GET", "/locations/search", token=token, params=query)
    assert answer.status == 200, answer
    return [each["name"] for each in answer.body["locations"]]


async def work_in(ghl, location):
    """Use all that a location has; return the names of what is there."""
    token, here = agency(ghl), {"locationId": location}
    body = here | {"firstName": "Ada", "tags": ["new"]}
    body["customFields"] = [{"key": "policy_number", "field_value": "P-1"}]
    made = await ghl.call("POST", "/contacts/", token=token, json=body)
    assert made.status == 201, made
    assert made.body["contact"]["customFields"][0]["value"] == "P-1"
    first = (await pipelines(ghl, location, token=token))[0]
    body = {**here, "pipelineId": first["id"], "contactId": made.body["contact"]["id"]}
    body |= {"name": "Loan", "status": "open"}
    assert (await ghl.call("POST", "/opportunities/", token=token, json=body)).status == 201
    tags = await ghl.call("GET", f"/locations/{location}/tags", token=token)
    assert [tag["name"] for tag in tags.body["tags"]] == ["new"]
    query = {"companyId": ghl.told["company_id"], **here}
    users = await ghl.call("GET", "/users/search", token=token, params=query)
    assert users.body["count"] == 2


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_new_location_can_be_worked_in_at_once(ghl, version):
    info = {"firstName": "Jo", "lastName": "Day", "email": "jo@x.org"}
    made = await create(
        ghl, version, country="AU", city="Sydney", prospectInfo=info, social={"yelp": "y"}
    )
    assert (made["name"], made["city"], made["email"]) == ("Lakeside Brokers", "Sydney", "jo@x.org")
    assert (made["country"], made["timezone"]) == ("AU", "Australia/Sydney")
    await work_in(ghl, made["id"])
    whole = await ghl.call("GET", f"/locations/{made['id']}", token=agency(ghl))
    assert whole.body["location"]["business"]["city"] == "Sydney"
    assert whole.body["location"]["social"] == {"yelp": "y"}
    assert (await ghl.call("GET", f"/locations/{made['id']}")).status == 403


async def test_a_new_location_survives_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        made, first = await create(ghl), ghl.location
        before = await pipelines(ghl, made["id"], token=agency(ghl))
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert ghl.location == first
        assert ghl.told["location_ids"][-1] == made["id"]
        assert await pipelines(ghl, made["id"], token=agency(ghl)) == before
        await work_in(ghl, made["id"])


async def test_only_an_agency_makes_and_changes_locations(ghl):
    body = {"name": "x", "companyId": ghl.told["company_id"]}
    for method, path in (("POST", "/locations/"), ("PUT", f"/locations/{ghl.location}")):
        answer = await ghl.call(method, path, json=body)
        assert (answer.status, answer.message) == (403, "Forbidden resource")
        other = body | {"companyId": "other"}
        assert (await ghl.call(method, path, token=agency(ghl), json=other)).status == 403
        answer = await ghl.call(method, path, token=agency(ghl), json={"name": "x"})
        assert "companyId should not be empty" in answer.message
    strange = body | {"country": "Utopia"}
    assert (await ghl.call("POST", "/locations/", token=agency(ghl), json=strange)).status == 422


async def test_an_update_changes_what_it_names(ghl):
    path, company = f"/locations/{ghl.location}", ghl.told["company_id"]
    before = (await ghl.call("GET", path)).body["location"]
    body = {"companyId": company, "city": "Bath", "settings": {"allowFacebookNameMerge": True}}
    answer = await ghl.call("PUT", path, token=agency(ghl), json=body)
    assert (answer.status, answer.body["city"]) == (200, "Bath")
    body = {"companyId": company, "settings": {"disableContactTimezone": True}}
    await ghl.call("PUT", path, token=agency(ghl), json=body)
    after = (await ghl.call("GET", path)).body["location"]
    assert after["name"] == before["name"]
    assert after["business"]["city"] == "Bath"
    assert after["settings"] == {
        "allowDuplicateContact": False,
        "allowDuplicateOpportunity": False,
        "allowFacebookNameMerge": True,
        "disableContactTimezone": True,
    }


async def test_locations_are_searched(ghl):
    await create(ghl, prospectInfo={"firstName": "J", "lastName": "D", "email": "Jo@x.org"})
    every = ["Harbour Brokers", "Hillside Brokers", "Lakeside Brokers"]
    assert await names(ghl, agency(ghl)) == every
    assert await names(ghl, agency(ghl), order="desc") == every[::-1]
    assert await names(ghl, agency(ghl), skip=1, limit=1) == every[1:2]
    assert await names(ghl, agency(ghl), email="jo@x.org") == every[2:]
    assert await names(ghl, agency(ghl), companyId=ghl.told["company_id"]) == every
    assert await names(ghl) == every[:1]
    query = {"companyId": "other"}
    assert (await ghl.call("GET", "/locations/search", params=query)).status == 403


async def test_a_deleted_location_is_gone_with_all_it_had(ghl):
    made = await create(ghl)
    path, query = f"/locations/{made['id']}", {"deleteTwilioAccount": "false"}
    answer = await ghl.call("DELETE", path, token=agency(ghl), params=query)
    assert answer.status == 200
    assert answer.body["message"] == f"Deleted location with id: {made['id']}"
    assert (await ghl.call("GET", path, token=agency(ghl))).status == 403
    assert "Lakeside Brokers" not in await names(ghl, agency(ghl))
    query = {"companyId": ghl.told["company_id"]}
    users = await ghl.call("GET", "/users/search", token=agency(ghl), params=query)
    assert users.body["count"] == 5
    query = {"deleteTwilioAccount": "false"}
    first = f"/locations/{ghl.location}"
    assert (await ghl.call("DELETE", first, token=agency(ghl), params=query)).status == 400


async def test_new_and_changed_locations_are_told_of(ghl):
    with listening(ghl) as told:
        made = await create(ghl, prospectInfo={"firstName": "J", "lastName": "D", "email": "j@x.y"})
        body = {"companyId": ghl.told["company_id"], "name": "Other"}
        await ghl.call("PUT", f"/locations/{made['id']}", token=agency(ghl), json=body)
    assert [kind for kind, _ in told] == ["LocationCreate", "LocationUpdate"]
    record = {"id": made["id"], "email": "j@x.y", "companyId": ghl.told["company_id"]}
    assert told[0][1] == {"locationId": made["id"], **record, "name": "Lakeside Brokers"}
    assert told[1][1]["name"] == "Other"


async def test_time_zones_are_named(ghl):
    answer = await ghl.call("GET", f"/locations/{ghl.location}/timezones")
    assert {"Europe/London", "US/Central"} <= set(answer.body["timezones"])


def test_a_change_that_fails_leaves_the_locations_as_they_were():
    company = Company(State(), "US")
    held, before = company.locations, dict(company.locations)

    def fail():
        with company.changing() as locations:
            locations["new"] = {"id": "new"}
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert company.locations is held
    assert held == before
