"""Setting up, changing, showing and removing a sync over HTTP, on both databases."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.settings import Settings
from tests.api.signed_in import signed_in

_numbers = count(1)


@pytest.fixture
async def api(database_url, tmp_path):
    """A client, and the names of two connected apps."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    number = next(_numbers)
    apps = [memory.install(memory.MemoryApp(f"setup-{side}{number}")) for side in ("a", "b")]
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        listening = asyncio.get_running_loop().create_future()
        told = asyncio.Event()
        serving = asyncio.create_task(serve(instep, lambda: None, listening.set_result, told))
        async with signed_in(instep, await listening) as client:
            for app in apps:
                body = {"connector": "memory", "name": app.name, "settings": {"name": app.name}}
                assert (await client.post("/api/connections", json=body)).status == 201
            yield client, {"name": "people", "a": apps[0].name, "b": apps[1].name}
        told.set()
        await serving


async def test_a_sync_is_made_shown_changed_and_removed(api):
    client, wanted = api
    group = {"any": [{"field": "city", "value": "Ulm"}, {"field": "tags", "operator": "exists"}]}
    rules = {
        "filters": {"a": group, "b": ["city eq Bonn"]},
        "leaving": "keep",
        "deletes": {"b": "tag"},
        "defaults": {"b.city": "Bonn"},
        "fields": {"email": "to_b"},
    }
    made = await client.post("/api/syncs", json={**wanted, **rules})
    assert made.status == 201, await made.text()
    shown = await (await client.get("/api/syncs/people")).json()
    assert shown == await made.json()
    assert (shown["a"], shown["b"], shown["leaving"]) == (wanted["a"], wanted["b"], "keep")
    assert [row["field"] for row in shown["filters"]["a"]["any"]] == ["city", "tags"]
    assert shown["defaults"] == {"a": {}, "b": {"city": "Bonn"}}
    assert any("city is ulm or tags is filled" in each for each in shown["words"])
    change = {"filters": {"b": None}, "every_seconds": 600}
    changed = await (await client.patch("/api/syncs/people", json=change)).json()
    assert changed["filters"] == {"a": shown["filters"]["a"], "b": None}
    assert (changed["every_seconds"], changed["deletes"]) == (600, shown["deletes"])
    removed = await client.delete("/api/syncs/people")
    assert removed.status == 204
    assert (await client.get("/api/syncs/people")).status == 400
    assert await (await client.get("/api/syncs")).json() == []


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"filters": {"a": ["emial eq x"]}}, 400, "did you mean email"),
        ({"filters": {"a": {"all": "x"}}}, 400, "needs a list"),
        ({"filters": {"c": None}}, 422, ""),
        ({"leaving": "burn"}, 400, "no leaving"),
        ({"deletes": {"a": "archive"}}, 400, "cannot be put away"),
        ({"defaults": {"a.nothing": "x"}}, 400, "did you mean"),
        ({"records": "car"}, 400, "no resource of the kind"),
        ({"mapping": [{"a": "email", "direction": 3}]}, 400, "it can be both"),
        ({"surprise": 1}, 422, ""),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_stored(api, body, status, sentence):
    client, wanted = api
    refused = await client.post("/api/syncs", json={**wanted, **body})
    assert refused.status == status, await refused.text()
    assert sentence in await refused.text()
    assert await (await client.get("/api/syncs")).json() == []
