"""Many that wait for a person, over HTTP: in pages, counted first, settled all at once."""

from __future__ import annotations

import pytest

from tests.api.served import served
from tests.api.signed_in import signed_in

PEOPLE = [{"first_name": f"P{number}", "email": f"p{number}@example.com"} for number in range(5)]
BOTH = [[{**each, "city": city} for each in PEOPLE] for city in ("Leiden", "Delft")]


@pytest.fixture
async def api(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, BOTH) as made,
        signed_in(made.instep, made.url) as client,
    ):
        yield made, client


async def _list(client, **query):
    return await (await client.get("/api/conflicts", params=query)).json()


async def test_pages_follow_each_other_to_the_end(api):
    _, client = api
    first = await _list(client, limit=3)
    assert (first["total"], len(first["items"])) == (5, 3)
    second = await _list(client, limit=3, after=first["next"])
    assert (len(second["items"]), second["next"]) == (2, None)
    ids = {each["id"] for each in first["items"] + second["items"]}
    assert len(ids) == 5


async def test_all_are_counted_before_and_settled_after(api):
    made, client = api
    word = {"use": "b", "by": "ann", "stands": "conflict", "field": "city", "sync": "people"}
    counted = await client.post("/api/conflicts/resolve-all", json={**word, "preview": True})
    assert await counted.json() == {"meant": 5, "settled": 0, "problems": []}
    assert (await _list(client))["total"] == 5
    settled = await client.post("/api/conflicts/resolve-all", json=word)
    assert await settled.json() == {"meant": 5, "settled": 5, "problems": []}
    await made.run()
    cities = {each.values["city"] for app in made.apps for each in app.records().values()}
    assert cities == {"Delft"}


async def test_none_of_another_kind_are_meant(api):
    _, client = api
    word = {"separate": True, "by": "ann", "stands": "ambiguous"}
    assert (await (await client.post("/api/conflicts/resolve-all", json=word)).json())["meant"] == 0


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"use": "b", "by": ""}, 422, "by: String should have"),
        ({"use": "b", "by": "ann", "ids": ["x"]}, 422, "ids: Extra inputs"),
        ({"use": "b", "by": "ann", "stands": "sleepy"}, 422, "stands"),
        ({"by": "ann"}, 400, "Say one thing"),
        ({"use": "b", "by": "ann", "sync": "nothing"}, 400, "no sync called 'nothing'"),
    ],
)
async def test_what_cannot_be_is_one_sentence_of_one_shape(api, body, status, said):
    _, client = api
    reply = await client.post("/api/conflicts/resolve-all", json=body)
    told = await reply.json()
    assert (reply.status, set(told)) == (status, {"error", "kind"})
    assert said in told["error"]


async def test_every_refusal_has_the_same_shape_and_no_value_that_was_sent(api):
    _, client = api
    secret = {"connector": "memory", "settings": {"token": ["sentinel-secret"]}}
    for method, path, body, status, kind in (
        ("GET", "/nowhere", None, 404, "NotFound"),
        ("DELETE", "/health", None, 405, "MethodNotAllowed"),
        ("POST", "/api/connections", secret, 422, "Malformed"),
        ("POST", "/api/syncs/none/run", None, 400, "UserError"),
        ("POST", "/hooks/none", {}, 404, "NoSuchDoor"),
    ):
        reply = await client.request(method, path, json=body)
        told = await reply.json()
        assert (reply.status, set(told), told["kind"]) == (status, {"error", "kind"}, kind)
        assert "sentinel-secret" not in str(told)


async def test_what_no_database_keeps_is_no_fault_of_ours(api):
    _, client = api
    for path in ("/api/why?record=%00", "/api/why?record=x&sync=%00"):
        reply = await client.get(path)
        told = await reply.json()
        # SQLite looks for it and finds nothing, PostgreSQL refuses it
        assert reply.status == 400 or told[0]["stands"] == "unknown"
