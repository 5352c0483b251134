"""API tokens do what their role says, for as long as they are good."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.core.people.roles import Role
from instep.sdk.clock import ManualClock
from tests.api.house import asked, house


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture
async def home(database_url, tmp_path, clock):
    async with house(database_url, tmp_path, clock) as made:
        yield made


async def make(client, **wanted):
    status, told = await asked(client, "POST", "/api/tokens", {"name": "robot", **wanted})
    assert status == 201, told
    return told["secret"]


async def test_a_token_is_shown_once_and_its_use_is_seen(home):
    machine = await home.machine()
    secret = await make(machine, role="viewer")
    assert secret.startswith("ist_")
    robot = await home.bearer(secret)
    assert (await asked(robot, "GET", "/api/syncs"))[0] == 200
    status, told = await asked(robot, "GET", "/api/session")
    assert (status, told["name"], told["kind"], told["csrf"]) == (200, "token robot", "token", None)
    [listed] = (await asked(machine, "GET", "/api/tokens"))[1]
    assert listed["secret"] is None
    assert (listed["used_at"], listed["used_from"]) == ("2026-11-21T12:00:00Z", "127.0.0.1")


async def test_a_token_has_a_role_and_may_be_for_reading_only(home):
    machine = await home.machine()
    viewer = await home.bearer(await make(machine, role="viewer"))
    assert (await asked(viewer, "GET", "/api/tokens"))[0] == 403
    reader = await home.bearer(await make(machine, name="reader", role="admin", read_only=True))
    assert (await asked(reader, "GET", "/api/tokens"))[0] == 200
    status, told = await asked(reader, "DELETE", "/api/tokens/robot")
    assert (status, told["error"]) == (
        403,
        "This token may only read. Make one that may change things, as an admin.",
    )


async def test_a_token_ends_or_is_revoked(home, clock):
    machine = await home.machine()
    robot = await home.bearer(await make(machine, role="viewer", days=1))
    other = await home.bearer(await make(machine, name="other", role="viewer", days=None))
    assert (await asked(robot, "GET", "/api/syncs"))[0] == 200
    clock.move(86_400)
    assert (await asked(robot, "GET", "/api/syncs"))[0] == 401
    assert (await asked(other, "GET", "/api/syncs"))[0] == 200
    assert (await asked(machine, "DELETE", "/api/tokens/other"))[0] == 204
    assert (await asked(other, "GET", "/api/syncs"))[0] == 401


async def test_a_users_token_never_does_more_than_they_may_and_goes_with_them(home):
    people = await home.people()
    robot = await home.bearer(await make(people[Role.ADMIN], role="admin"))
    assert (await asked(robot, "GET", "/api/users"))[0] == 200
    await home.instep.people.users.set_role("operator", Role.ADMIN)
    await home.instep.people.users.set_role("admin", Role.VIEWER)
    assert (await asked(robot, "GET", "/api/users"))[0] == 403
    assert (await asked(robot, "GET", "/api/syncs"))[0] == 200
    await home.instep.people.users.remove("admin")
    assert (await asked(robot, "GET", "/api/syncs"))[0] == 401


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({"role": "owner"}, 422), ({"role": "viewer", "days": 0}, 422), ({}, 422)],
)
async def test_a_token_that_cannot_be_is_refused(home, wanted, status):
    machine = await home.machine()
    body = {"name": "robot", **wanted}
    assert (await asked(machine, "POST", "/api/tokens", body))[0] == status


async def test_two_of_one_name_and_an_unknown_one_are_refused_with_a_sentence(home):
    machine = await home.machine()
    await make(machine, role="viewer")
    status, told = await asked(machine, "POST", "/api/tokens", {"name": "robot", "role": "viewer"})
    assert (status, "already" in told["error"]) == (400, True)
    status, told = await asked(machine, "DELETE", "/api/tokens/nobody")
    assert (status, "no token called 'nobody'" in told["error"]) == (400, True)


@pytest.mark.parametrize("sent", ["Bearer", "Bearer  ", "Basic YTpi", "Bearer ist_x", "Bearer é"])
async def test_what_is_no_token_opens_nothing(home, sent):
    client = await home.browser(headers={"Authorization": sent})
    assert (await asked(client, "GET", "/api/syncs"))[0] == 401


async def test_the_last_admin_stays(home):
    people = await home.people()
    admin = people[Role.ADMIN]
    for method, path, body in (
        ("DELETE", "/api/users/admin", None),
        ("PATCH", "/api/users/admin", {"role": "viewer"}),
    ):
        status, told = await asked(admin, method, path, body)
        assert (status, "the only admin" in told["error"]) == (400, True)
    await home.instep.people.users.set_role("viewer", Role.ADMIN)
    assert (await asked(admin, "DELETE", "/api/users/admin"))[0] == 204
