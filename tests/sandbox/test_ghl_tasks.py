from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving

DUE = "2031-05-04T11:00:00+02:00"
DUE_IN_UTC = "2031-05-04T09:00:00.000Z"


async def make(ghl, contact_id, version=V2, **values):
    body = {"title": "Call back", "dueDate": DUE, "completed": False, **values}
    answer = await ghl.call("POST", f"/contacts/{contact_id}/tasks", version=version, json=body)
    assert answer.status == 201, answer
    return answer.body["task"]


async def search(ghl, **body):
    path = f"/locations/{ghl.location}/tasks/search"
    answer = await ghl.call("POST", path, json=body)
    assert answer.status == 200, answer
    return answer.body["tasks"]


@pytest.fixture
async def contact(ghl):
    return (await ghl.create(firstName="Ada"))["id"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_task_lives_from_creation_to_deletion(ghl, contact, version):
    task = await make(ghl, contact, version, body="About the policy", assignedTo="u1")
    here = f"/contacts/{contact}/tasks/{task['id']}"
    assert task == {
        "id": task["id"],
        "title": "Call back",
        "body": "About the policy",
        "assignedTo": "u1",
        "dueDate": DUE_IN_UTC,
        "completed": False,
        "contactId": contact,
    }
    assert (await ghl.call("GET", here, version=version)).body["task"] == task
    changed = await ghl.call("PUT", here, version=version, json={"title": "Write"})
    assert (changed.status, changed.body["task"]) == (200, {**task, "title": "Write"})
    done = await ghl.call("PUT", f"{here}/completed", version=version, json={"completed": True})
    assert (done.status, done.body["task"]["completed"]) == (200, True)
    gone = await ghl.call("DELETE", here, version=version)
    flags = {"succeded"} if version == V2 else {"succeded", "succeeded"}
    assert (gone.status, set(gone.body) - {"traceId"}) == (200, flags)
    listed = await ghl.call("GET", f"/contacts/{contact}/tasks", version=version)
    assert listed.body["tasks"] == []


async def test_tasks_are_listed_newest_first_whatever_is_changed_later(ghl, contact):
    first, second, third = [(await make(ghl, contact, title=str(n)))["id"] for n in range(3)]
    await ghl.call("PUT", f"/contacts/{contact}/tasks/{first}", json={"title": "changed"})
    listed = (await ghl.call("GET", f"/contacts/{contact}/tasks")).body["tasks"]
    assert [task["id"] for task in listed] == [third, second, first]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"dueDate": DUE, "completed": False}, "title should not be empty"),
        ({"title": "x", "completed": False}, "dueDate should not be empty"),
        ({"title": "x", "dueDate": DUE}, "completed should not be empty"),
        (
            {"title": "x", "dueDate": "soon", "completed": False},
            "dueDate must be a valid ISO 8601 date string",
        ),
        (
            {"title": "x", "dueDate": "9999-12-31T23:59:59-12:00", "completed": False},
            "dueDate must be a valid ISO 8601 date string",
        ),
        (
            {"title": "x", "dueDate": DUE, "completed": "no"},
            "completed must be a boolean value",
        ),
        (
            {"title": "x", "dueDate": DUE, "completed": False, "contactId": "c"},
            "property contactId should not exist",
        ),
    ],
)
async def test_what_a_task_lacks_or_has_too_much_is_named(ghl, contact, body, problem):
    answer = await ghl.call("POST", f"/contacts/{contact}/tasks", json=body)
    assert answer.status == 422
    assert problem in answer.message


async def test_completing_needs_to_be_told_what(ghl, contact):
    task = await make(ghl, contact)
    path = f"/contacts/{contact}/tasks/{task['id']}/completed"
    assert (await ghl.call("PUT", path, json={})).status == 422


async def test_a_task_is_only_found_at_its_own_contact(ghl, contact):
    task = await make(ghl, contact)
    other = (await ghl.create(firstName="Grace"))["id"]
    for path in (f"/contacts/{other}/tasks/{task['id']}", f"/contacts/{contact}/tasks/unknown"):
        for method, body in (("GET", None), ("PUT", {"title": "x"}), ("DELETE", None)):
            answer = await ghl.call(method, path, json=body)
            assert (answer.status, answer.message[-9:]) == (400, "not found")
    unknown = await ghl.call("GET", "/contacts/unknown/tasks")
    assert (unknown.status, unknown.message) == (400, "Contact with id unknown not found")


async def test_a_token_without_the_scope_or_the_location_is_refused(ghl, contact):
    agency = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "firstName": "Far"}
    far = await ghl.call("POST", "/contacts/", token=agency, json=body)
    path = f"/contacts/{far.body['contact']['id']}/tasks"
    assert (await ghl.call("GET", path)).status == 403
    token = ghl.told["private_integration_token"]
    ghl.app.services.credentials.set_scopes(token, ["contacts.readonly"])
    assert (await ghl.call("GET", f"/contacts/{contact}/tasks")).status == 200
    answer = await ghl.call("POST", f"/contacts/{contact}/tasks", json={})
    assert (answer.status, answer.message) == (401, "The token is not authorized for this scope.")
    assert (await ghl.call("POST", f"/locations/{ghl.location}/tasks/search")).status == 401


async def test_a_contacts_tasks_go_with_it(ghl, contact):
    await make(ghl, contact)
    kept = await make(ghl, (await ghl.create(firstName="Grace"))["id"])
    with listening(ghl) as told:
        await ghl.call("DELETE", f"/contacts/{contact}")
    assert [kind for kind, _ in told] == ["ContactDelete"]
    assert [task["_id"] for task in await search(ghl)] == [kept["id"]]


async def test_tasks_are_there_after_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        contact = (await ghl.create(firstName="Ada"))["id"]
        task = await make(ghl, contact)
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        listed = await ghl.call("GET", f"/contacts/{contact}/tasks")
        assert listed.body["tasks"] == [task]
        await ghl.call("DELETE", f"/contacts/{contact}")
        assert await search(ghl) == []


async def test_a_search_finds_the_locations_tasks_by_what_is_asked(ghl, contact):
    other = (await ghl.create(firstName="Grace"))["id"]
    business = await ghl.business(name="Acme")
    moved = {"locationId": ghl.location, "ids": [other], "businessId": business}
    await ghl.call("POST", "/contacts/bulk/business", json=moved)
    one = (await make(ghl, contact, title="Renew", assignedTo="u1"))["id"]
    two = (await make(ghl, contact, title="Greet", completed=True))["id"]
    three = (await make(ghl, other, title="Send", body="the renewal", assignedTo="u2"))["id"]

    async def ids(**body):
        return [task["_id"] for task in await search(ghl, **body)]

    assert await ids() == [three, two, one]
    assert await ids(contactId=[contact]) == [two, one]
    assert await ids(completed=False) == [three, one]
    assert await ids(assignedTo=["u1", "u2"]) == [three, one]
    assert await ids(query="RENEW") == [three, one]
    assert await ids(businessId=business) == [three]
    assert await ids(limit=1, skip=1) == [two]
    assert "id" not in (await search(ghl, limit=1))[0]
    path = f"/locations/{ghl.location}/tasks/search"
    assert (await ghl.call("POST", path, json={"limit": 0})).status == 422


async def test_a_search_gives_twenty_five_unasked(ghl, contact):
    for number in range(27):
        await make(ghl, contact, title=str(number))
    assert len(await search(ghl)) == 25
    assert len(await search(ghl, limit=100)) == 27


async def test_each_change_fires_the_event_there_is(ghl, contact):
    with listening(ghl) as told:
        task = await make(ghl, contact, body="Soon", assignedTo="u1")
        here = f"/contacts/{contact}/tasks/{task['id']}"
        await ghl.call("PUT", here, json={"title": "Write"})
        await ghl.call("PUT", here, json={"completed": True})
        await ghl.call("PUT", f"{here}/completed", json={"completed": True})
        await ghl.call("PUT", f"{here}/completed", json={"completed": False})
        await ghl.call("PUT", f"{here}/completed", json={"completed": True})
        await ghl.call("DELETE", here)
    kinds = [kind for kind, _ in told]
    assert kinds == ["TaskCreate", "TaskComplete", "TaskComplete", "TaskDelete"]
    added = told[0][1]["dateAdded"]
    assert told[0][1] == {**task, "locationId": ghl.location, "dateAdded": added}
