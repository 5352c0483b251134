"""Who is locked is kept out everywhere, and comes in again as before."""

from __future__ import annotations

import pytest

from instep.core.people.roles import Role
from tests.api.house import PASSWORD, asked, house


@pytest.fixture
async def home(database_url, tmp_path):
    async with house(database_url, tmp_path) as made:
        yield made


async def said(browser, name, password=PASSWORD):
    return await asked(browser, "POST", "/api/session", {"name": name, "password": password})


async def test_whoever_is_locked_is_out_at_once_and_their_tokens_too(home):
    people = await home.people()
    admin, operator = people[Role.ADMIN], people[Role.OPERATOR]
    await home.instep.people.users.set_role("operator", Role.ADMIN)
    made = await asked(operator, "POST", "/api/tokens", {"name": "theirs", "role": "viewer"})
    robot = await home.bearer(made[1]["secret"])
    assert (await asked(robot, "GET", "/api/syncs"))[0] == 200

    status, told = await asked(admin, "POST", "/api/users/operator/lock")
    assert (status, told["locked_at"] is not None) == (200, True)
    for each in (operator, robot):
        assert (await asked(each, "GET", "/api/syncs"))[0] == 401
    fresh = await home.browser()
    status, refused = await said(fresh, "operator")
    assert (status, "kept out for now" in refused["error"]) == (401, True)
    assert "wrong" in (await said(fresh, "operator", "not this password"))[1]["error"]

    status, told = await asked(admin, "POST", "/api/users/operator/unlock")
    assert (status, told["locked_at"]) == (200, None)
    assert (await said(fresh, "operator"))[0] == 200
    assert (await asked(robot, "GET", "/api/syncs"))[0] == 200


async def test_a_link_does_not_let_in_who_is_locked(home):
    people = await home.people()
    await asked(people[Role.ADMIN], "POST", "/api/users/viewer/lock")
    link = await home.instep.people.users.sign_in_link("viewer")
    status, told = await asked(await home.browser(), "POST", "/api/links/enter", {"link": link})
    assert (status, "kept out for now" in told["error"]) == (401, True)


async def test_the_last_admin_who_can_come_in_is_not_locked(home):
    people = await home.people()
    admin = people[Role.ADMIN]
    status, told = await asked(admin, "POST", "/api/users/admin/lock")
    assert (status, "the only admin" in told["error"]) == (400, True)
    await home.instep.people.users.set_role("operator", Role.ADMIN)
    assert (await asked(admin, "POST", "/api/users/operator/lock"))[0] == 200
    status, told = await asked(admin, "PATCH", "/api/users/admin", {"role": "viewer"})
    assert (status, "the only admin" in told["error"]) == (400, True)


async def test_locking_is_told_in_the_audit_log(home):
    people = await home.people()
    await asked(people[Role.ADMIN], "POST", "/api/users/viewer/lock")
    _, told = await asked(people[Role.ADMIN], "GET", "/api/audit?limit=1")
    [entry] = told["entries"]
    assert (entry["act"], entry["noun"], entry["object"]) == ("users lock", "user", "viewer")
    assert entry["changes"][0]["before"] == {"locked_at": None}
