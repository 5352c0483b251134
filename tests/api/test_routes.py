"""The first API routes, over HTTP on a real port, on both databases."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.core.errors import UserError
from instep.settings import Settings
from tests.api.signed_in import signed_in

SECRET = "sentinel-secret"
_numbers = count(1)


@pytest.fixture
async def api(database_url, tmp_path):
    """A client of a served API, and the names of two apps in memory it may connect."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    number = next(_numbers)
    apps = [
        memory.install(memory.MemoryApp(f"api-{side}{number}", token=SECRET)) for side in ("a", "b")
    ]
    apps[0].add({"first_name": "Anna", "email": "anna@example.com"})
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        listening = asyncio.get_running_loop().create_future()
        woken = []
        told = asyncio.Event()
        serving = asyncio.create_task(
            serve(instep, lambda: woken.append(True), listening.set_result, told)
        )
        async with signed_in(instep, await listening) as client:
            yield client, [app.name for app in apps], woken
        told.set()
        await serving


async def _connect(client, name, token=SECRET):
    settings = {"name": name, "token": token}
    body = {"connector": "memory", "name": name, "settings": settings}
    return await client.post("/api/connections", json=body)


async def test_health_answers_with_version_and_database(api, database_url):
    client, *_ = api
    reply = await client.get("/health")
    body = await reply.json()
    assert (reply.status, body["status"]) == (200, "ok")
    assert body["database"] == ("sqlite" if database_url.startswith("sqlite") else "postgresql")


async def test_a_connection_is_verified_stored_and_shown_without_its_secret(api):
    client, (name, _), _ = api
    made = await _connect(client, name)
    assert made.status == 201
    listed = await (await client.get("/api/connections")).text()
    assert name in listed
    assert SECRET not in listed + await made.text()


async def test_a_refused_credential_stores_nothing_and_says_so_without_showing_it(api):
    client, (name, _), _ = api
    refused = await _connect(client, name, token="wrong-sentinel")
    text = await refused.text()
    assert refused.status == 409
    assert (await refused.json())["kind"] == "ConnectionBroken"
    assert "wrong-sentinel" not in text
    assert await (await client.get("/api/connections")).json() == []


async def test_a_sync_is_set_up_previewed_and_made_due(api):
    client, names, woken = api
    for name in names:
        await _connect(client, name)
    made = await client.post("/api/syncs", json={"name": "people", "a": names[0], "b": names[1]})
    assert made.status == 201
    preview = await (await client.post("/api/syncs/people/preview")).json()
    assert preview["counts"] == {"decided": 1, "to_create_b": 1}
    assert preview["items"][0]["record"] == "Anna"
    run = await client.post("/api/syncs/people/run")
    assert run.status == 202
    assert woken


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"a": "nobody"}, "There is no connection called 'nobody'"),
        ({"b": None}, "two different connections"),
        ({"mapping": [{"a": "emial"}]}, "Did you mean email?"),
        ({"mapping": []}, "The mapping is empty"),
        ({"every_seconds": 5}, "1 to 15 minutes"),
    ],
)
async def test_a_sync_that_cannot_be_is_refused_with_one_sentence(api, body, sentence):
    client, names, _ = api
    for name in names:
        await _connect(client, name)
    wanted = {"name": "people", "a": names[0], "b": names[1], **body}
    wanted["b"] = wanted["b"] or names[0]
    refused = await client.post("/api/syncs", json=wanted)
    assert refused.status == 400
    assert sentence in (await refused.json())["error"]
    assert await (await client.get("/api/syncs")).json() == []


async def test_a_second_sync_on_the_same_pair_is_refused_whichever_way_round(api):
    client, names, _ = api
    for name in names:
        await _connect(client, name)
    await client.post("/api/syncs", json={"name": "people", "a": names[0], "b": names[1]})
    again = await client.post("/api/syncs", json={"name": "other", "a": names[1], "b": names[0]})
    assert again.status == 400
    assert "already keeps" in (await again.json())["error"]


async def test_pausing_and_releasing_are_shown(api):
    client, names, _ = api
    for name in names:
        await _connect(client, name)
    await client.post("/api/syncs", json={"name": "people", "a": names[0], "b": names[1]})
    paused = await (await client.post("/api/syncs/people/pause")).json()
    assert paused["state"] == "paused"
    held = await client.post("/api/syncs/people/run")
    assert held.status == 400
    released = await (await client.post("/api/syncs/people/release")).json()
    assert released["state"] == "active"


async def test_unknown_keys_are_refused(api):
    client, names, _ = api
    reply = await client.post(
        "/api/syncs", json={"name": "x", "a": names[0], "b": names[1], "surprise": 1}
    )
    assert reply.status == 422


async def test_a_port_in_use_is_one_sentence(api, tmp_path):
    client, *_ = api
    taken = Settings(data_dir=tmp_path / "other", port=client._base_url.port)
    async with assemble(taken, available={}) as second:
        with pytest.raises(UserError, match="cannot be used"):
            await serve(second, lambda: None, lambda _url: None, asyncio.Event())
