"""Authorised on the app's own page, over HTTP, with the sandbox's GoHighLevel; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import sqlalchemy as sa

from instep.connectors import gohighlevel, insightly
from instep.core.people.roles import Role
from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.server import Sandbox
from instep.sdk.clock import ManualClock
from instep.store.schema.connections import authorisation
from tests.api.house import asked, house

ASK = "/api/authorisations"
ANSWER = "/api/authorisations/answer"


@pytest.fixture
async def ghl():
    """The sandbox's GoHighLevel, and what it tells of itself."""
    app = GoHighLevel(pace=1_000)
    async with Sandbox([app]) as sandbox:
        yield app, app.describe(sandbox.url("gohighlevel"))


@pytest.fixture
async def made(database_url, tmp_path):
    known = {each.name: each for each in (gohighlevel.connector, insightly.connector)}
    async with house(database_url, tmp_path, available=known) as it:
        yield it


def _typed(told, name="gohighlevel"):
    settings = {each: told[each] for each in ("client_id", "client_secret")}
    settings |= {"base_url": told["url"], "marketplace_url": told["url"]}
    return {"connector": "gohighlevel", "name": name, "auth": "oauth2", "settings": settings}


async def _allow(url, account):
    """Allow it on the sandbox's page, and return what the browser is sent back with."""
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(url, data={"account": account}, allow_redirects=False) as reply,
    ):
        assert reply.status == 302, await reply.text()
        back = urlsplit(reply.headers["location"])
    return back, {name: each[0] for name, each in parse_qs(back.query).items()}


async def _connected(admin, told, name="gohighlevel"):
    _, leaving = await asked(admin, "POST", ASK, _typed(told, name))
    _, query = await _allow(leaving["url"], told["location_id"])
    return await asked(admin, "POST", ANSWER, query)


async def test_the_location_chosen_on_the_page_is_the_connections(made, ghl):
    _, told = ghl
    admin = await made.machine()
    status, leaving = await asked(admin, "POST", ASK, _typed(told))
    assert status == 200, leaving
    assert leaving["redirect_uri"] == f"{made.url}/oauth/callback"
    assert leaving["scopes"] == ["contacts.readonly", "contacts.write"]
    back, query = await _allow(leaving["url"], told["location_id"])
    async with admin.get(f"{back.path}?{back.query}", allow_redirects=False) as led:
        assert led.status == 303
        assert led.headers["location"].startswith("/ui/connections/authorised#code=")

    status, connection = await asked(admin, "POST", ANSWER, query)
    assert (status, connection["account"]) == (200, told["location_id"]), connection
    assert (connection["auth"], connection["status"]) == ("oauth2", "working")
    status, twice = await asked(admin, "POST", ANSWER, query)
    assert (status, "Begin again" in twice["error"]) == (400, True)
    _, log = await asked(admin, "GET", "/api/audit")
    assert "begin_authorisation" not in str(log)
    assert told["client_secret"] not in str(log)


async def test_only_the_browser_it_was_begun_in_may_answer(made, ghl):
    _, told = ghl
    people = await made.people()
    admin = people[Role.ADMIN]
    other = await made.signed_in("admin")
    _, leaving = await asked(admin, "POST", ASK, _typed(told))
    _, query = await _allow(leaving["url"], told["location_id"])
    assert (await asked(people[Role.OPERATOR], "POST", ASK, _typed(told)))[0] == 403
    assert (await asked(people[Role.OPERATOR], "POST", ANSWER, query))[0] == 403
    assert (await asked(other, "POST", ANSWER, query))[0] == 400
    assert (await asked(admin, "POST", ANSWER, {**query, "state": "another"}))[0] == 400
    assert (await asked(admin, "POST", ANSWER, query))[0] == 200


async def test_an_answer_without_a_state_is_that_to_the_only_question(made, ghl):
    _, told = ghl
    admin = await made.machine()
    _, leaving = await asked(admin, "POST", ASK, _typed(told))
    _, query = await _allow(leaving["url"], told["location_id"])
    await asked(admin, "POST", ASK, _typed(told))
    bare = {"code": query["code"]}
    assert (await asked(admin, "POST", ANSWER, bare))[0] == 400  # it could be either's
    await asked(admin, "POST", ANSWER, {"code": "none", "state": query["state"]})
    status, connection = await asked(admin, "POST", ANSWER, bare)
    assert (status, connection["account"]) == (200, told["location_id"])


async def test_an_answer_that_comes_too_late_is_none(database_url, tmp_path, ghl):
    _, told = ghl
    clock = ManualClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    known = {"gohighlevel": gohighlevel.connector}
    async with house(database_url, tmp_path, clock, available=known) as made:
        machine = await made.machine()
        _, leaving = await asked(machine, "POST", ASK, _typed(told))
        _, query = await _allow(leaving["url"], told["location_id"])
        await clock.sleep(11 * 60)
        status, refused = await asked(machine, "POST", ANSWER, query)
        assert (status, refused["kind"]) == (400, "UserError")
        await asked(machine, "POST", ASK, _typed(told))
        with made.instep.db.read() as tx:
            assert len(tx.execute(sa.select(authorisation)).all()) == 1  # what was late is gone


async def test_a_whole_agency_is_no_account(made, ghl):
    _, told = ghl
    admin = await made.machine()
    _, leaving = await asked(admin, "POST", ASK, _typed(told))
    _, query = await _allow(leaving["url"], told["company_id"])
    status, refused = await asked(admin, "POST", ANSWER, query)
    assert status == 400
    assert "choose a single one" in refused["error"]
    assert (await asked(admin, "GET", "/api/connections"))[1] == []


async def test_a_taken_name_is_told_before_anybody_leaves(made, ghl):
    _, told = ghl
    admin = await made.machine()
    assert (await _connected(admin, told))[0] == 200
    status, refused = await asked(admin, "POST", ASK, _typed(told))
    assert (status, "choose another name" in refused["error"]) == (400, True)


async def test_a_connection_is_granted_anew_by_the_client_it_has(made, ghl):
    app, told = ghl
    admin = await made.machine()
    _, before = await _connected(admin, told)
    path = "/api/connections/gohighlevel/authorise"
    other = app.services.company
    status, leaving = await asked(admin, "POST", path, {"scopes": ["users.readonly"]})
    assert status == 200, leaving
    assert "users.readonly" in leaving["scopes"]
    _, query = await _allow(leaving["url"], other.location_id)
    status, after = await asked(admin, "POST", ANSWER, query)
    assert (status, after["id"], after["name"]) == (200, before["id"], before["name"])
    _, scopes = await asked(admin, "GET", "/api/connections/gohighlevel/scopes")
    assert "users.readonly" in scopes["granted"]


async def test_another_location_is_not_taken_for_the_same_connection(made, ghl):
    app, told = ghl
    admin = await made.machine()
    await _connected(admin, told)
    elsewhere = next(each for each in told["location_ids"] if each != told["location_id"])
    assert elsewhere in app.services.company.locations
    _, leaving = await asked(admin, "POST", "/api/connections/gohighlevel/authorise", {})
    _, query = await _allow(leaving["url"], elsewhere)
    status, refused = await asked(admin, "POST", ANSWER, query)
    assert status == 400
    assert told["location_id"] in refused["error"]


async def test_each_scope_is_told_with_its_reason(made):
    viewer = await made.machine()
    path = "/api/connectors/gohighlevel/scopes?auth=oauth2"
    status, found = await asked(viewer, "GET", path)
    assert status == 200, found
    by_scope = {each["scope"]: each for each in found}
    assert "change contact records" in by_scope["contacts.write"]["allows"]
    assert by_scope["contacts.readonly"]["asked"] is True
    assert by_scope["users.readonly"]["asked"] is False
    assert (await asked(viewer, "GET", "/api/connectors/none/scopes?auth=x"))[0] == 400


async def test_what_a_recipe_needs_is_asked_for_with_the_recipes_name(made, ghl):
    _, told = ghl
    machine = await made.machine()
    recipe = "insightly-tasks-and-notes"
    path = f"/api/connectors/gohighlevel/scopes?auth=oauth2&recipe={recipe}"
    _, found = await asked(machine, "GET", path)
    for_it = {each["scope"] for each in found if recipe in " ".join(each["needed_by"])}
    assert "contacts.write" in for_it
    _, leaving = await asked(machine, "POST", ASK, {**_typed(told), "recipe": recipe})
    assert for_it <= {*leaving["scopes"]}
    status, _ = await asked(machine, "POST", ASK, {**_typed(told), "recipe": "none"})
    assert status == 400
