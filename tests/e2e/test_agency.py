"""An agency installs the app, its locations are worked in, and the agency takes it out again."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest

from instep import ConnectionBroken, GoHighLevel, LocationDenied, MemoryTokens
from instep.connectors.gohighlevel import connector
from instep.sdk.webhooks import Incoming
from tests.e2e.browser import BACK, allow, consent_page

SCOPES = ("contacts.readonly", "contacts.write", "oauth.readonly", "oauth.write")


@pytest.fixture
async def ghl(ghl, receiver):
    """A marketplace app with a webhook URL that nobody has installed yet."""
    wanted = {"webhook_url": receiver.url, "installed_everywhere": False}
    assert (await ghl.call("PUT", "/_sandbox/app", json=wanted)).status == 200
    return ghl


@pytest.fixture
async def agency(ghl):
    """The client of an app, before and after anybody allowed it anything."""
    client = GoHighLevel.oauth(
        client_id=ghl.told["client_id"],
        client_secret=ghl.told["client_secret"],
        tokens=MemoryTokens(),
        company_id=ghl.told["company_id"],
        base_url=ghl.told["url"],
    )
    async with client:
        yield client


async def install(ghl, agency):
    """What the agency's owner does in a browser, and what the app makes of it."""
    code = await allow(consent_page(ghl.told, *SCOPES), ghl.told["company_id"])
    await agency.exchange(code, BACK)


async def uninstall(ghl, account):
    """What the owner does on the app's page."""
    async with aiohttp.ClientSession() as browser:
        url = f"{ghl.told['url']}/_sandbox/app/uninstall"
        async with browser.post(url, data={"account": account}) as page:
            assert page.status == 200


def proven(ghl, told):
    """The body of a webhook, once the connector has proven it."""
    now = datetime.now(UTC)
    keys = {"ed25519": ghl.told["webhook_public_key"]}
    hint = connector.webhooks.read(Incoming(told.headers, told.raw, now), keys, now)
    app_id = ghl.told["client_id"].partition("-")[0]
    assert (hint.resource, hint.record_id) == ("installation", app_id)
    return told.body


async def heard(ghl, receiver, number, since=0):
    told = await receiver.wait_for(number)
    return [proven(ghl, each) for each in told[since:]]


async def installed_in(ghl, agency):
    query = {"companyId": ghl.told["company_id"], "appId": ghl.told["client_id"].split("-")[0]}
    return {each["_id"] async for each in agency.oauth.list_installed_locations(**query)}


async def test_an_agency_installs_and_its_locations_are_told_one_by_one(ghl, receiver, agency):
    await install(ghl, agency)
    told = await heard(ghl, receiver, 3)
    assert {each["type"] for each in told} == {"INSTALL"}
    assert {each["companyId"] for each in told} == {ghl.told["company_id"]}
    assert {each.get("locationId") for each in told} == {None, *ghl.told["location_ids"]}
    assert await installed_in(ghl, agency) == {*ghl.told["location_ids"]}


async def test_the_agencys_token_opens_each_location_and_no_location_sees_another(ghl, agency):
    await install(ghl, agency)
    for number, location in enumerate(ghl.told["location_ids"]):
        made = await agency.at(location).contacts.create(email=f"person{number}@example.com")
        assert made["contact"]["locationId"] == location
    for number, location in enumerate(ghl.told["location_ids"]):
        there = [each["email"] async for each in agency.at(location).contacts.search()]
        assert there == [f"person{number}@example.com"]
    with pytest.raises(LocationDenied):
        await agency.at(ghl.location).contacts.create(
            email="lost@example.com", locationId=ghl.other_location
        )


async def test_a_location_that_takes_the_app_out_is_closed_and_the_other_stays_open(
    ghl, receiver, agency
):
    await install(ghl, agency)
    for location in ghl.told["location_ids"]:
        await agency.at(location).contacts.create(email="ann@example.com")
    await uninstall(ghl, ghl.location)
    with pytest.raises(ConnectionBroken):
        await agency.at(ghl.location).contacts.create(email="late@example.com")
    await agency.at(ghl.other_location).contacts.create(email="late@example.com")
    assert await installed_in(ghl, agency) == {ghl.other_location}


async def test_an_agency_that_takes_the_app_out_closes_everything_and_says_so(
    ghl, receiver, agency
):
    await install(ghl, agency)
    for location in ghl.told["location_ids"]:
        await agency.at(location).contacts.create(email="ann@example.com")
    told = [each.event for each in await receiver.wait_for(5)]
    assert sorted(told) == ["ContactCreate"] * 2 + ["INSTALL"] * 3
    await uninstall(ghl, ghl.told["company_id"])
    [bye] = await heard(ghl, receiver, 6, since=5)
    assert (bye["type"], bye["companyId"]) == ("UNINSTALL", ghl.told["company_id"])
    assert "locationId" not in bye
    for location in ghl.told["location_ids"]:
        with pytest.raises(ConnectionBroken):
            await agency.at(location).contacts.create(email="late@example.com")
    with pytest.raises(ConnectionBroken):
        await installed_in(ghl, agency)


async def test_an_agency_that_comes_back_works_on_with_the_same_client(ghl, agency):
    await install(ghl, agency)
    await agency.at(ghl.location).contacts.create(email="ann@example.com")
    await uninstall(ghl, ghl.told["company_id"])
    await install(ghl, agency)
    found = [each["email"] async for each in agency.at(ghl.location).contacts.search()]
    assert found == ["ann@example.com"]
