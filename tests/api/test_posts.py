"""Webhooks that go out, over HTTP: how they stand, and once more; both databases."""

from __future__ import annotations

import asyncio

import pytest

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.sdk.auth import Credential
from instep.settings import Settings
from instep.store import postings
from instep.store.connections import Connections, NewConnection
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.api.signed_in import signed_in
from tests.engine.listening import SECRET, listening, updated


class Stage:
    def __init__(self, instep, client, listener, bridge):
        self.instep, self.client, self.listener, self.bridge = instep, client, listener, bridge

    async def put(self, *new, dead=False):
        place = (self.bridge.workspace_id, self.bridge.id)
        await self.instep.db.run(lambda tx: postings.put(tx, *place, new, 1))
        if dead:
            await self.instep.db.run(self._give_up)

    def _give_up(self, tx):
        rows = postings.page(tx, self.bridge.id, None, 10, None)
        postings.store(
            tx, [postings.Tried(row, "dead", 1, 1, 7, 404, "answered 404.") for row in rows]
        )

    async def get(self, path="", status=200):
        async with self.client.get(f"/api/connections/bridge/posts{path}") as reply:
            assert reply.status == status, await reply.text()
            return await reply.json()

    async def replay(self, body, status=200, name="bridge"):
        url = f"/api/connections/{name}/posts/replay"
        async with self.client.post(url, json=body) as reply:
            assert reply.status == status, await reply.text()
            return await reply.json()


@pytest.fixture
async def stage(database_url, tmp_path):
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    async with (
        listening() as listener,
        assemble(settings, available={"memory": memory.connector}) as instep,
    ):
        stored = Connections(instep.db, instep.clients._vault, DEFAULT_WORKSPACE)
        new = NewConnection("bridge", "memory", "token", "m", None, {"outbound_url": listener.url})
        bridge = await stored.create(new, Credential("token", {"signing_secret": SECRET}))
        instep.engine.outlets.start()
        url, told = asyncio.get_running_loop().create_future(), asyncio.Event()
        serving = asyncio.create_task(serve(instep, lambda: None, url.set_result, told))
        async with signed_in(instep, await url) as client:
            yield Stage(instep, client, listener, bridge)
        told.set()
        await serving
        await instep.engine.outlets.stop()


async def test_dead_ones_are_listed_and_sent_again_at_once(stage):
    await stage.put(updated("c1"), updated("c2"), dead=True)
    found = await stage.get("?state=dead")
    assert found["standing"] == {"waiting": 0, "sent": 0, "dead": 2, "stopped": None}
    assert [each["record"] for each in found["posts"]] == ["c2", "c1"]
    assert found["posts"][0]["tries"][0]["why"] == "answered 404."
    ids = [each["id"] for each in found["posts"]]
    assert (await stage.replay({"ids": ids[:1]}))["replayed"] == 1
    await stage.listener.until(1)
    assert (await stage.replay({"all_dead": True}))["replayed"] == 1
    await stage.listener.until(2)
    assert [each.id for each in stage.listener.heard] == ids


async def test_a_list_comes_in_pages(stage):
    await stage.put(*(updated(f"c{number}") for number in range(3)), dead=True)
    first = await stage.get("?limit=2")
    rest = await stage.get(f"?limit=2&before={first['next']}")
    assert [each["record"] for each in first["posts"] + rest["posts"]] == ["c2", "c1", "c0"]
    assert rest["next"] is None


async def test_the_list_of_connections_says_how_they_stand(stage):
    async with stage.client.get("/api/connections") as reply:
        assert (await reply.json())[0]["posts"] is None
    await stage.put(updated("c1"), dead=True)
    async with stage.client.get("/api/connections") as reply:
        assert (await reply.json())[0]["posts"]["dead"] == 1


async def test_a_stopped_one_goes_on(stage):
    stage.listener.answers = [(410, {})]
    await stage.put(updated("c1"))
    stage.instep.engine.outlets.wake()
    await stage.listener.until(1)
    async with asyncio.timeout(60):
        while (await stage.get())["standing"]["stopped"] is None:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.05)
    assert (await stage.replay({})) == {"replayed": 0, "left": 0, "was_stopped": True}
    await stage.listener.until(2)


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 400, "Nothing of 'bridge' is stopped"),
        ({"ids": ["msg_x"]}, 400, "has no webhook msg_x"),
        ({"ids": ["msg_x"], "all_dead": True}, 400, "not both"),
        ({"ids": "msg_x"}, 422, "ids"),
        ({"id": ["msg_x"]}, 422, "id"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_sentence(stage, body, status, word):
    assert word in (await stage.replay(body, status))["error"]


async def test_an_unknown_connection_is_refused(stage):
    assert "no connection" in (await stage.replay({"all_dead": True}, 400, "nobody"))["error"]
    assert "state" in (await stage.get("?state=lost", 422))["error"]
