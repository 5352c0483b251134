"""Every route names the role it needs, and lets nobody else pass."""

from __future__ import annotations

import re
from functools import cache

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from instep.api.access import Needs
from instep.api.app import build
from instep.core.people.roles import Role
from tests.api.house import asked, house

WITHOUT = {
    "/health": "says only that it is up",
    "/hooks/{connection}": "apps prove themselves by signatures",
    "/hooks/flows/{name}/{token}": "the address is the secret",
    "/docs": "the description of an open API",
    "/docs/oauth2-redirect": "as above",
    "/redoc": "as above",
    "/openapi.json": "as above",
    "/": "leads to the web app",
    "/ui/{path:path}": "the files of the web app, which hold nothing of anybody's",
    "/ui": "as above, where it is built",
}
DOORS = {"/api/welcome", "/api/session", "/api/links/look", "/api/links/enter", "/oauth/callback"}
"""Where people come in: nobody can be signed in before. What comes back from an app is only led on."""


@cache
def routes():
    return [*iter_route_contexts(build(None, lambda: None).routes)]


def needed(route):
    """The roles a route names; None is a door."""
    if not isinstance(route.route, APIRoute):
        return []
    calls = [each.call for each in route.route.dependant.dependencies]
    return [call.role for call in calls if isinstance(call, Needs)]


@cache
def guarded():
    """Each method and path of a route that needs a role, with that role."""
    return [
        (method, route.path, role)
        for route in routes()
        for role in needed(route)
        if role is not None
        for method in sorted(route.methods)
    ]


def test_every_route_names_what_it_needs_or_is_a_known_exception():
    without = {route.path for route in routes() if not needed(route)}
    assert without | {"/ui", "/ui/{path:path}"} == {*WITHOUT}


def test_the_table_is_whole():
    described = build(None, lambda: None).openapi()["paths"]
    told = {(method.upper(), path) for path, methods in described.items() for method in methods}
    open_to_all = {("GET", "/health"), *(each for each in told if each[1].startswith("/hooks/"))}
    doors = {each for each in told if each[1] in DOORS}
    assert told - open_to_all - doors <= {(method, path) for method, path, _ in guarded()}
    assert len(guarded()) > 80


def test_only_the_doors_need_nobody_signed_in():
    assert {route.path for route in routes() if None in needed(route)} == DOORS


def test_no_route_that_changes_anything_is_a_viewers_but_for_their_own_session():
    changing = {(method, path) for method, path, role in guarded() if role is Role.VIEWER}
    assert {each for each in changing if each[0] != "GET"} == {
        ("DELETE", "/api/session"),
        ("PUT", "/api/session/password"),
        ("DELETE", "/api/sessions/{session}"),
    }


@pytest.mark.parametrize(
    ("noun", "role"),
    [
        ("POST /api/connections", Role.ADMIN),
        ("PATCH /api/connections/{name}", Role.ADMIN),
        ("POST /api/alerts/channels", Role.ADMIN),
        ("GET /api/users", Role.ADMIN),
        ("POST /api/tokens", Role.ADMIN),
        ("GET /api/audit", Role.ADMIN),
        ("POST /api/syncs", Role.OPERATOR),
        ("POST /api/syncs/{name}/run", Role.OPERATOR),
        ("POST /api/runs/{run}/undo", Role.OPERATOR),
        ("POST /api/conflicts/resolve", Role.OPERATOR),
        ("PUT /api/flows/{name}", Role.OPERATOR),
        ("GET /api/flows/{name}/address", Role.OPERATOR),
        ("POST /api/flow-runs/replays", Role.OPERATOR),
        ("POST /api/alerts/{alert}/snooze", Role.OPERATOR),
        ("POST /api/recipes/{recipe_id}/use", Role.OPERATOR),
        ("GET /api/syncs", Role.VIEWER),
        ("GET /api/connections", Role.VIEWER),
        ("GET /api/flow-runs", Role.VIEWER),
        ("GET /api/why", Role.VIEWER),
    ],
)
def test_each_noun_needs_its_role(noun, role):
    method, path = noun.split(" ")
    assert role in [each for other, where, each in guarded() if (other, where) == (method, path)]


async def test_each_route_refuses_whoever_has_not_its_role(database_url, tmp_path):
    async with house(database_url, tmp_path) as made:
        people = await made.people()
        nobody = await made.browser()
        for method, path, role in guarded():
            where = re.sub(r"\{\w+\}", "nothing", path)
            body = None if method in {"GET", "DELETE"} else {}
            status, told = await asked(nobody, method, where, body)
            assert (status, told["kind"]) == (401, "NotSignedIn"), (method, path)
            for other in Role:
                if not other.may(role):
                    status, told = await asked(people[other], method, where, body)
                    assert (status, told["kind"]) == (403, "NotAllowed"), (method, path, other)


async def test_whoever_has_the_role_passes(database_url, tmp_path):
    async with house(database_url, tmp_path) as made:
        people = await made.people()
        assert (await asked(people[Role.VIEWER], "GET", "/api/syncs"))[0] == 200
        missing = await asked(people[Role.OPERATOR], "POST", "/api/syncs/nothing/run")
        assert missing[1]["kind"] == "UserError"
        assert (await asked(people[Role.ADMIN], "GET", "/api/users"))[0] == 200
        _, told = await asked(people[Role.VIEWER], "POST", "/api/syncs/nothing/run")
        assert told["error"] == "This takes an operator; viewer is a viewer."


async def test_another_role_counts_from_the_next_request_on(database_url, tmp_path):
    async with house(database_url, tmp_path) as made:
        people = await made.people()
        assert (await asked(people[Role.OPERATOR], "GET", "/api/users"))[0] == 403
        await made.instep.people.users.set_role("operator", Role.ADMIN)
        assert (await asked(people[Role.OPERATOR], "GET", "/api/users"))[0] == 200
        await made.instep.people.users.remove("operator")
        assert (await asked(people[Role.OPERATOR], "GET", "/api/syncs"))[0] == 401


async def test_before_anybody_is_set_up_only_the_token_of_this_machine_opens(
    database_url, tmp_path
):
    async with house(database_url, tmp_path) as made:
        assert (await asked(await made.browser(), "GET", "/api/syncs"))[0] == 401
        assert (await asked(await made.bearer("isl_wrong"), "GET", "/api/syncs"))[0] == 401
        assert (await asked(await made.machine(), "GET", "/api/syncs"))[0] == 200
        file = tmp_path / "local-token"
        assert file.stat().st_mode & 0o777 == 0o600
