from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving
from tests.sandbox.ghl_opportunities import open_one, read


def agency(ghl):
    return ghl.told["agency_private_integration_token"]


def new_user(ghl, **values):
    return {
        "companyId": ghl.told["company_id"],
        "firstName": "Kim",
        "lastName": "Lee",
        "email": "Kim.Lee@example.com",
        "password": "Correct-Horse-9-Battery",
        "type": "account",
        "role": "user",
        "locationIds": [ghl.location],
        **values,
    }


async def create(ghl, version=V2, token=None, **values):
    body = new_user(ghl, **values)
    return await ghl.call("POST", "/users/", version=version, token=token, json=body)


async def search(ghl, version=V2, token=None, **query):
    query = {"companyId": ghl.told["company_id"], **query}
    answer = await ghl.call("GET", "/users/search", version=version, token=token, params=query)
    assert answer.status == 200, answer
    return [each["name"] for each in answer.body["users"]]


@pytest.mark.parametrize("version", [V2, V3])
async def test_every_location_has_users_to_begin_with(ghl, version):
    query = {"locationId": ghl.location}
    answer = await ghl.call("GET", "/users/", version=version, params=query)
    assert answer.status == 200
    assert [each["name"] for each in answer.body["users"]] == [
        "Alex Tran",
        "Morgan Reid",
        "Robin Hale",
    ]
    roles = answer.body["users"][0]["roles"]
    assert roles == {"type": "account", "role": "user", "locationIds": [ghl.location]}
    answer = await ghl.call("GET", "/users/", token=agency(ghl), params=query)
    assert answer.status == 401


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_user_is_created_read_and_changed(ghl, version):
    made = await create(ghl, version, permissions={"botService": True}, scopes=["contacts.write"])
    assert made.status == 201
    assert made.body["name"] == "Kim Lee"
    assert made.body["permissions"]["botService"] is True
    assert made.body["permissions"]["contactsEnabled"] is True
    assert made.body["scopes"] == ["contacts.write"]
    assert "password" not in str(made.body)
    path = f"/users/{made.body['id']}"
    change = {"role": "admin", "email": "new@example.com", "permissions": {"botService": False}}
    changed = await ghl.call("PUT", path, version=version, json=change)
    assert changed.status == 200
    assert changed.body["roles"]["role"] == "admin"
    assert changed.body["email"] == "Kim.Lee@example.com"
    assert changed.body["permissions"]["botService"] is False
    read_back = await ghl.call("GET", path, version=version)
    assert read_back.body | {"traceId": ""} == changed.body | {"traceId": ""}


async def test_what_a_new_user_must_have_is_asked_for(ghl):
    answer = await ghl.call("POST", "/users/", json={"companyId": ghl.told["company_id"]})
    assert answer.status == 422
    for name in ("firstName", "lastName", "email", "password", "type", "role", "locationIds"):
        assert f"{name} should not be empty" in answer.message


async def test_an_email_belongs_to_one_user(ghl):
    assert (await create(ghl)).status == 201
    answer = await create(ghl, email="kim.lee@example.com")
    assert (answer.status, answer.message) == (400, "A user with this email already exists")


async def test_a_user_works_only_where_the_token_reaches(ghl):
    assert (await create(ghl, locationIds=[ghl.other_location])).status == 403
    assert (await create(ghl, companyId="other")).status == 403
    made = await create(ghl, token=agency(ghl), locationIds=[ghl.other_location])
    path = f"/users/{made.body['id']}"
    assert (await ghl.call("GET", path)).status == 403
    assert (await ghl.call("GET", path, token=agency(ghl))).status == 200
    answer = await ghl.call("PUT", path, token=agency(ghl), json={"firstName": "Kay"})
    assert (answer.status, answer.message[0]) == (422, "companyId should not be empty")
    body = {"firstName": "Kay", "companyId": ghl.told["company_id"]}
    answer = await ghl.call("PUT", path, token=agency(ghl), json=body)
    assert (answer.status, answer.body["name"]) == (200, "Kay Lee")


@pytest.mark.parametrize(("version", "done"), [(V2, "succeded"), (V3, "succeeded")])
async def test_a_deleted_user_is_gone_and_nothing_stays_assigned(ghl, version, done):
    user = (await create(ghl)).body["id"]
    made = await open_one(ghl, assignedTo=user)
    path = f"/opportunities/{made['id']}/followers"
    await ghl.call("POST", path, json={"followers": [user, "other"]})
    answer = await ghl.call("DELETE", f"/users/{user}", version=version)
    assert (answer.status, answer.body[done]) == (200, True)
    assert answer.body["message"].startswith(
        "Queued deleting user with e-mail Kim.Lee@example.com and name Kim Lee."
    )
    after = (await read(ghl, made["id"])).body["opportunity"]
    assert "assignedTo" not in after
    assert after["followers"] == ["other"]
    for method in ("GET", "DELETE"):
        answer = await ghl.call(method, f"/users/{user}")
        assert (answer.status, answer.message) == (400, f"User with id {user} not found")
    assert "Kim Lee" not in await search(ghl)
    assert (await create(ghl)).status == 201


async def test_users_are_searched(ghl):
    kim = (await create(ghl, phone="+12015550123")).body["id"]
    assert await search(ghl) == ["Alex Tran", "Kim Lee", "Morgan Reid", "Robin Hale"]
    assert await search(ghl, query="LEE") == ["Kim Lee"]
    assert await search(ghl, query="0123") == ["Kim Lee"]
    assert await search(ghl, role="admin") == ["Morgan Reid", "Robin Hale"]
    assert await search(ghl, type="agency") == ["Robin Hale"]
    assert await search(ghl, ids=f"{kim},unknown") == ["Kim Lee"]
    assert await search(ghl, skip=1, limit=2) == ["Kim Lee", "Morgan Reid"]
    assert (await search(ghl, sort="dateAdded", sortDirection="desc"))[0] == "Kim Lee"
    everywhere = await search(ghl, token=agency(ghl))
    assert len(everywhere) == 6
    assert len(await search(ghl, token=agency(ghl), locationId=ghl.other_location)) == 3


async def test_a_search_names_its_own_company(ghl):
    assert (await ghl.call("GET", "/users/search")).status == 422
    query = {"companyId": "other"}
    assert (await ghl.call("GET", "/users/search", params=query)).status == 403
    query = {"companyId": ghl.told["company_id"], "locationId": ghl.other_location}
    assert (await ghl.call("GET", "/users/search", params=query)).status == 403


async def test_only_an_agency_filters_users_by_email(ghl):
    path, user = "/users/search/filter-by-email", (await create(ghl)).body["id"]
    body = {"companyId": ghl.told["company_id"], "emails": "kim.lee@example.com, b@x.org"}
    assert (await ghl.call("POST", path, json=body)).message == "Forbidden resource"
    answer = await ghl.call("POST", path, token=agency(ghl), json=body)
    assert answer.status == 200
    assert answer.body["users"] == [{"id": user, "email": "Kim.Lee@example.com"}]
    assert answer.body["count"] == 1
    named = body | {"projection": "name,roles"}
    answer = await ghl.call("POST", path, token=agency(ghl), json=named)
    assert set(answer.body["users"][0]) == {"name", "roles"}
    whole = body | {"projection": "all"}
    answer = await ghl.call("POST", path, token=agency(ghl), json=whole)
    assert answer.body["users"][0]["permissions"]
    await ghl.call("DELETE", f"/users/{user}")
    answer = await ghl.call("POST", path, token=agency(ghl), json=body)
    assert answer.body["count"] == 0
    answer = await ghl.call("POST", path, token=agency(ghl), json=body | {"deleted": True})
    assert answer.body["users"][0]["id"] == user


async def test_a_new_user_is_told_of_by_where_they_work(ghl):
    with listening(ghl) as told:
        await create(ghl)
        everywhere = [ghl.location, ghl.other_location]
        values = {"type": "agency", "email": "b@x.org", "locationIds": everywhere}
        await create(ghl, token=agency(ghl), **values)
    (kind, one), (_, other) = told
    assert kind == "UserCreate"
    assert (one["firstName"], one["role"], one["locationId"]) == ("Kim", "user", ghl.location)
    assert "companyId" not in one
    assert (other["companyId"], other["locations"]) == (ghl.told["company_id"], everywhere)


async def test_users_need_their_scope(ghl):
    token = ghl.told["private_integration_token"]
    scopes = {"token": token, "scopes": ["users.readonly"]}
    await ghl.call("PUT", "/_sandbox/scopes", json=scopes)
    assert (await create(ghl)).status == 401
    assert await search(ghl)


async def test_users_survive_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        await create(ghl)
        before = await search(ghl)
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert await search(ghl) == before


async def test_a_user_who_is_gone_is_taken_off_contacts_and_tasks(ghl):
    gone = (await create(ghl)).body["id"]
    stays = (await create(ghl, email="ann@x.org")).body["id"]
    hers = await ghl.create(firstName="Ünal", assignedTo=gone)
    others = await ghl.create(firstName="Bob", assignedTo=stays)
    for contact in (hers, others):
        body = {"followers": [stays, gone]}
        await ghl.call("POST", f"/contacts/{contact['id']}/followers", json=body)
    task = {"title": f"Ask {gone}", "dueDate": "2026-03-04T15:00:00Z", "completed": False}
    for user in (gone, stays):
        path = f"/contacts/{hers['id']}/tasks"
        await ghl.call("POST", path, json={**task, "assignedTo": user})
    untouched = await ghl.create(firstName="Cid", source=gone)
    moment = (await ghl.get(others["id"]))["dateUpdated"]

    with listening(ghl) as told:
        assert (await ghl.call("DELETE", f"/users/{gone}")).status == 200

    hers, others = await ghl.get(hers["id"]), await ghl.get(others["id"])
    assert ("assignedTo" in hers, hers["firstName"]) == (False, "Ünal")
    assert others["assignedTo"] == stays
    assert hers["followers"] == others["followers"] == [stays]
    assert others["dateUpdated"] > moment
    assert (await ghl.get(untouched["id"]))["dateUpdated"] == untouched["dateUpdated"]
    tasks = (await ghl.call("GET", path)).body["tasks"]
    assert sorted(each.get("assignedTo", "nobody") for each in tasks) == sorted(["nobody", stays])
    search = f"/locations/{ghl.location}/tasks/search"
    assert (await ghl.call("POST", search, json={"assignedTo": [gone]})).body["tasks"] == []
    for field, user, names in (
        ("assignedTo", gone, []),
        ("assignedTo", stays, ["Bob"]),
        ("followers", gone, []),
        ("followers", stays, ["Bob", "Ünal"]),
    ):
        wanted = [{"field": field, "operator": "eq", "value": user}]
        found = (await ghl.search(filters=wanted)).body["contacts"]
        assert sorted(each["firstName"] for each in found) == names
    assert [event for event, _ in told] == []
