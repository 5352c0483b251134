from __future__ import annotations

import pytest

from tests.sandbox.ghl_caller import V3
from tests.sandbox.test_ghl_oauth import authorise, exchange, refresh, tokens
from tests.sandbox.webhook_receiver import receiving


@pytest.fixture
async def receiver():
    async with receiving() as each:
        yield each


@pytest.fixture
async def ghl(ghl, receiver):
    """The app has a webhook URL and is installed nowhere."""
    wanted = {"webhook_url": receiver.url, "installed_everywhere": False}
    assert (await ghl.call("PUT", "/_sandbox/app", json=wanted)).status == 200
    return ghl


async def uninstall(ghl, account):
    return await ghl.call("POST", "/_sandbox/app/uninstall", json={"account": account})


async def installed(ghl, token, version="2021-07-28", **more):
    path = "/oauth/installed-locations" if version == V3 else "/oauth/installedLocations"
    app_id = ghl.told["client_id"].partition("-")[0]
    query = {"companyId": ghl.told["company_id"], "appId": app_id, **more}
    answer = await ghl.call("GET", path, version=version, token=token, params=query)
    listed = answer.body["items" if version == V3 else "locations"]
    return [each["_id"] for each in listed]


async def test_consent_installs_and_the_app_is_told_before_the_exchange(ghl, receiver):
    code = (await authorise(ghl))["code"]
    [told] = await receiver.wait_for(1)
    assert {
        "type": "INSTALL",
        "locationId": ghl.location,
        "companyId": ghl.told["company_id"],
        "isWhitelabelCompany": False,
    }.items() <= told.body.items()
    assert told.body["companyName"]
    assert (await exchange(ghl, grant_type="authorization_code", code=code)).status == 200
    assert (await ghl.call("GET", "/_sandbox/app")).body["installed"] == [ghl.location]


async def test_the_app_can_be_told_after_the_exchange_of_its_code(ghl, receiver):
    ghl.app.settings.change({"install_webhook": "after"})
    code = (await authorise(ghl))["code"]
    assert (await ghl.call("GET", "/_sandbox/webhooks")).body["total"] == 0
    assert (await exchange(ghl, grant_type="authorization_code", code=code)).status == 200
    assert await receiver.events(1) == ["INSTALL"]


async def test_a_second_consent_is_no_second_installation(ghl, receiver):
    await authorise(ghl)
    await authorise(ghl)
    assert (await ghl.call("GET", "/_sandbox/webhooks")).body["total"] == 1


async def test_an_agency_tells_of_itself_and_of_each_location(ghl, receiver):
    await authorise(ghl, ghl.told["company_id"])
    told = [each.body for each in await receiver.wait_for(3)]
    assert {each["type"] for each in told} == {"INSTALL"}
    places = {each.get("locationId") for each in told}
    assert places == {None, *ghl.told["location_ids"]}


async def test_only_where_it_is_installed_is_the_app_told(ghl, receiver):
    await authorise(ghl)
    for location in (ghl.other_location, ghl.location):
        with ghl.app.state.transaction():
            ghl.app.services.events.fire("TaskDelete", location, {"id": location})
    told = await receiver.wait_for(2)
    assert [each.body.get("locationId") for each in told] == [ghl.location, ghl.location]
    assert {each.event for each in told} == {"INSTALL", "TaskDelete"}


async def test_taking_the_app_out_revokes_its_tokens_there_and_tells_it(ghl, receiver):
    here = await tokens(ghl)
    elsewhere = await tokens(ghl, ghl.other_location)
    pending = (await authorise(ghl))["code"]
    answer = await uninstall(ghl, ghl.location)
    assert answer.body["installed"] == [ghl.other_location]
    refused = await ghl.call("GET", "/contacts/x", token=here["access_token"])
    assert (refused.status, refused.message) == (401, "Invalid token: access token is invalid")
    assert (await refresh(ghl, here["refresh_token"])).status == 400
    assert (await exchange(ghl, grant_type="authorization_code", code=pending)).status == 400
    assert (await refresh(ghl, elsewhere["refresh_token"])).status == 200
    told = (await receiver.wait_for(3))[2].body
    assert (told["type"], told["locationId"]) == ("UNINSTALL", ghl.location)
    assert "companyId" not in told
    private = await ghl.call("GET", "/contacts/x")
    assert private.status == 400  # its token is no part of the app


async def test_taking_the_app_out_of_the_agency_revokes_everything(ghl, receiver):
    agency = await tokens(ghl, ghl.told["company_id"])
    location = await tokens(ghl)
    assert (await uninstall(ghl, ghl.told["company_id"])).body["installed"] == []
    for each in (agency, location):
        assert (await refresh(ghl, each["refresh_token"])).status == 400
    told = (await receiver.wait_for(4))[3].body
    assert (told["type"], told["companyId"]) == ("UNINSTALL", ghl.told["company_id"])
    assert "locationId" not in told


async def test_an_app_that_was_everywhere_stays_in_the_other_locations(ghl):
    await ghl.call("PUT", "/_sandbox/app", json={"installed_everywhere": True})
    told = (await uninstall(ghl, ghl.location)).body
    assert told["installed"] == [ghl.other_location]
    assert told["installed_everywhere"] is False


@pytest.mark.parametrize("version", ["2021-07-28", V3])
async def test_an_agency_sees_where_it_is_installed_and_gets_tokens_only_there(ghl, version):
    agency = (await tokens(ghl, ghl.told["company_id"]))["access_token"]
    assert await installed(ghl, agency, version) == ghl.told["location_ids"]
    await uninstall(ghl, ghl.location)
    assert await installed(ghl, agency, version) == [ghl.other_location]
    assert await installed(ghl, agency, version, isInstalled="false") == [ghl.location]
    data = {"companyId": ghl.told["company_id"], "locationId": ghl.location}
    answer = await ghl.call("POST", "/oauth/locationToken", token=agency, data=data)
    assert answer.status == 403


async def test_it_is_installed_and_taken_out_by_hand(ghl, receiver):
    path = "/_sandbox/app/install"
    answer = await ghl.call("POST", path, json={"account": ghl.location})
    assert answer.body["installed"] == [ghl.location]
    form = {"account": ghl.location}
    answer = await ghl.call("POST", "/_sandbox/app/uninstall", data=form, allow_redirects=False)
    assert answer.status == 303
    assert await receiver.events(2) == ["INSTALL", "UNINSTALL"]


@pytest.mark.parametrize("verb", ["install", "uninstall"])
@pytest.mark.parametrize("body", [{"account": "nowhere"}, {"account": 1}, {}])
async def test_an_account_that_is_not_there_is_refused(ghl, verb, body):
    assert (await ghl.call("POST", f"/_sandbox/app/{verb}", json=body)).status == 400


async def test_what_is_not_installed_cannot_be_taken_out(ghl):
    answer = await uninstall(ghl, ghl.location)
    assert (answer.status, "not installed" in answer.body["error"]) == (400, True)
