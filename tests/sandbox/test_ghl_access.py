from __future__ import annotations

import pytest

from tests.sandbox.ghl_caller import V3

NO_SCOPE = "The token is not authorized for this scope."
NO_LOCATION = "The token does not have access to this location."


async def set_scopes(ghl, *scopes):
    body = {"token": ghl.told["private_integration_token"], "scopes": scopes}
    return await ghl.call("PUT", "/_sandbox/scopes", json=body)


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("pit-00000000-0000-0000-0000-000000000000", "Invalid Private Integration token"),
        ("aaa.bbb.ccc", "Invalid token: access token is invalid"),
        ("nonsense", "Invalid JWT"),
    ],
)
async def test_a_token_nobody_knows_is_refused_by_its_kind(ghl, token, message):
    answer = await ghl.call("GET", "/contacts/x", token=token)
    assert answer.status == 401
    assert answer.message == message
    assert answer.body["error"] == "Unauthorized"


async def test_no_token_is_no_jwt(ghl):
    answer = await ghl.call("GET", "/contacts/x", headers={"Authorization": ""})
    assert (answer.status, answer.message) == (401, "Invalid JWT")


async def test_a_missing_scope_is_a_401_of_its_own(ghl):
    contact = await ghl.create(email="a@x.org")
    await set_scopes(ghl, "contacts.readonly")
    answer = await ghl.put(contact["id"], city="x")
    assert answer.status == 401
    assert {k: v for k, v in answer.body.items() if k != "traceId"} == {
        "statusCode": 401,
        "message": NO_SCOPE,
    }
    assert (await ghl.get(contact["id"]))["email"] == "a@x.org"
    assert (await ghl.call("GET", f"/locations/{ghl.location}")).message == NO_SCOPE


async def test_scopes_are_changed_without_a_new_token(ghl):
    await set_scopes(ghl, "locations.readonly")
    assert (await ghl.search()).message == NO_SCOPE
    assert (await set_scopes(ghl, "contacts.readonly")).status == 200
    assert (await ghl.search()).status == 200
    answer = await set_scopes(ghl, "world.domination")
    assert (answer.status, answer.body["error"]) == (400, "There is no scope 'world.domination'.")
    answer = await ghl.call("PUT", "/_sandbox/scopes", json={"token": "pit-x", "scopes": []})
    assert answer.status == 400


@pytest.mark.parametrize(
    ("method", "path", "where"),
    [
        ("POST", "/contacts/", "json"),
        ("POST", "/contacts/upsert", "json"),
        ("POST", "/contacts/search", "json"),
        ("GET", "/contacts/", "params"),
        ("GET", "/contacts/search/duplicate", "params"),
        ("GET", "/contacts/business/x", "params"),
    ],
)
@pytest.mark.parametrize("location", ["other", "unknown"])
async def test_another_location_is_out_of_reach(ghl, method, path, where, location):
    named = ghl.other_location if location == "other" else "doesnotexistatall000"
    answer = await ghl.call(method, path, **{where: {"locationId": named}})
    assert answer.status == 403
    assert answer.message == NO_LOCATION


@pytest.mark.parametrize("path", ["/contacts/", "/contacts/search/duplicate"])
async def test_a_query_without_a_location_is_out_of_reach_too(ghl, path):
    assert (await ghl.call("GET", path)).message == NO_LOCATION


async def test_a_contact_of_another_location_is_out_of_reach(ghl):
    agency = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "email": "a@x.org"}
    made = await ghl.call("POST", "/contacts/", token=agency, json=body)
    path = f"/contacts/{made.body['contact']['id']}"
    for method in ("GET", "DELETE"):
        assert (await ghl.call(method, path)).status == 403
    assert (await ghl.call("POST", f"{path}/tags", json={"tags": ["x"]})).status == 403
    assert (await ghl.call("GET", f"/locations/{ghl.other_location}")).status == 403
    assert (await ghl.call("GET", path, token=agency)).status == 200


async def test_an_agency_reaches_only_the_locations_there_are(ghl):
    agency = ghl.told["agency_private_integration_token"]
    answer = await ghl.call("GET", "/locations/doesnotexistatall000", token=agency)
    assert answer.message == NO_LOCATION


@pytest.mark.parametrize(
    ("version", "message"),
    [(None, "version header was not found."), ("2020-01-01", "version header is invalid")],
)
async def test_a_version_is_required(ghl, version, message):
    answer = await ghl.call("GET", "/contacts/x", version=version)
    assert (answer.status, answer.message) == (401, message)


@pytest.mark.parametrize("version", ["2021-04-15", "2021-07-28", "2023-02-21", "v3"])
async def test_any_published_version_will_do(ghl, version):
    contact = await ghl.create(email="a@x.org")
    assert (await ghl.get(contact["id"], version=version))["id"] == contact["id"]


async def test_what_v3_removed_is_refused_there_by_name(ghl):
    target = "/oauth/installedLocations?companyId=x&appId=y"
    answer = await ghl.call("GET", target, version=V3)
    assert answer.status == 400
    assert answer.body["error"] == "Bad Request"
    assert answer.message == (
        f"Endpoint {target} not available in API version v3. This endpoint was removed in "
        "version v3. Please use a version before v3."
    )


async def test_what_v3_added_is_not_there_before(ghl):
    answer = await ghl.call("GET", "/oauth/installed-locations")
    assert (answer.status, answer.message) == (404, "Cannot GET /oauth/installed-locations")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/x"), ("PATCH", "/contacts/x"), ("POST", "/contacts/a/b/c")]
)
async def test_an_unknown_route_is_a_404(ghl, method, path):
    answer = await ghl.call(method, path)
    assert (answer.status, answer.message) == (404, f"Cannot {method} {path}")


async def test_a_slash_at_the_end_does_not_count(ghl):
    body = {"locationId": ghl.location, "email": "a@x.org"}
    assert (await ghl.call("POST", "/contacts", json=body)).status == 201


async def test_a_path_in_the_wrong_case_is_a_401(ghl):
    assert (await ghl.call("GET", "/Contacts/x")).status == 401
    assert (await ghl.call("GET", f"/locations/{ghl.location}/customfields")).status == 401


async def test_pythons_own_user_agent_does_not_get_through(ghl):
    agent = {"User-Agent": "Python-urllib/3.11"}
    answer = await ghl.call("GET", "/contacts/x", headers=agent)
    assert (answer.status, answer.body) == (403, "error code: 1010")
    ghl.app.settings.refuse_urllib = False
    assert (await ghl.call("GET", "/contacts/x", headers=agent)).status == 400


async def test_every_reply_has_a_trace_id_of_its_own(ghl):
    contact = await ghl.create(email="a@x.org")
    calls = [
        ("GET", f"/contacts/{contact['id']}", {}),
        ("GET", "/contacts/unknown", {}),
        ("GET", "/nowhere", {}),
        ("POST", "/contacts/", {"json": {}}),
        ("GET", "/contacts/", {"token": "pit-wrong"}),
        ("POST", "/oauth/token", {"data": {}}),
    ]
    answers = [await ghl.call(method, path, **more) for method, path, more in calls]
    assert len({answer.body["traceId"] for answer in answers}) == len(calls)


async def test_settings_are_shown_and_switched_over_http(ghl):
    shown = (await ghl.call("GET", "/_sandbox/settings")).body
    assert shown["allow_duplicate_contact"] is False
    changed = {"allow_duplicate_contact": True, "duplicate_order": ["phone", "email"]}
    answer = await ghl.call("PUT", "/_sandbox/settings", json=changed)
    assert answer.body == shown | changed
    assert ghl.app.settings.duplicate_order == ("phone", "email")


@pytest.mark.parametrize(
    "wrong",
    [
        {"odd": 1},
        {"allow_duplicate_contact": "yes"},
        {"refresh_grace_seconds": True},
        {"duplicate_order": ["name"]},
    ],
)
async def test_a_wrong_setting_changes_nothing(ghl, wrong):
    before = ghl.app.settings.describe()
    body = {"reject_invalid_phone": True, **wrong}
    answer = await ghl.call("PUT", "/_sandbox/settings", json=body)
    assert answer.status == 400
    assert ghl.app.settings.describe() == before
