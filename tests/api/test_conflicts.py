"""What waits for a person, over HTTP on a real port, on both databases."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.settings import Settings
from tests.api.signed_in import signed_in

ASKING = [{"a": "first_name"}, {"a": "email"}, {"a": "city", "authority": "ask"}]
_numbers = count(1)


@pytest.fixture
async def api(database_url, tmp_path):
    """A client, a way to run the sync, and two apps that disagree about Anna's city."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    number = next(_numbers)
    apps = [memory.install(memory.MemoryApp(f"ask-{side}{number}")) for side in ("a", "b")]
    for app, city in zip(apps, ("Leiden", "Delft"), strict=True):
        app.add({"first_name": "Anna", "email": "anna@example.com", "city": city})
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        listening = asyncio.get_running_loop().create_future()
        woken = []
        told = asyncio.Event()
        serving = asyncio.create_task(
            serve(instep, lambda: woken.append(True), listening.set_result, told)
        )

        async def run():
            sync = await instep.syncs.request_run("people")
            while await instep.engine.advance(sync.shard):
                pass

        async with signed_in(instep, await listening) as client:
            for app in apps:
                body = {"connector": "memory", "name": app.name, "settings": {"name": app.name}}
                assert (await client.post("/api/connections", json=body)).status == 201
            wanted = {"name": "people", "a": apps[0].name, "b": apps[1].name, "mapping": ASKING}
            assert (await client.post("/api/syncs", json=wanted)).status == 201
            await run()
            yield client, apps, run, woken
        told.set()
        await serving


async def _get(client, path, **query):
    reply = await client.get(path, params=query)
    assert reply.status == 200, await reply.text()
    return await reply.json()


async def test_a_conflict_is_listed_settled_and_explained(api):
    client, apps, run, woken = api
    listed = await _get(client, "/api/conflicts", sync="people")
    assert listed["total"] == 1
    (item,) = listed["items"]
    assert item["fields"] == [{"field": "city", "a": "Leiden", "b": "Delft"}]
    body = {"ids": [item["id"], "nobody"], "use": "b", "by": "ann", "because": "she moved"}
    resolved = await (await client.post("/api/conflicts/resolve", json=body)).json()
    assert [each["settled"] for each in resolved] == [True, False]
    assert "'nobody' waits" in resolved[1]["problem"]
    assert woken
    await run()
    assert [record.values["city"] for app in apps for record in app.records().values()] == [
        "Delft",
        "Delft",
    ]
    assert (await _get(client, "/api/conflicts"))["items"] == []
    (told,) = await _get(client, "/api/why", record="anna@example.com")
    assert told["stands"] == "in_step"
    assert "ann settled it: side B is right (she moved)" in " ".join(told["why"])


async def test_a_record_nobody_read_is_explained_too(api):
    client, *_ = api
    (told,) = await _get(client, "/api/why", record="x@example.com")
    assert (told["stands"], told["sync"]) == ("unknown", None)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"ids": ["x"], "use": "c", "by": "ann"}, 400),
        ({"ids": ["x"], "by": "ann"}, 400),
        ({"ids": ["x"], "use": "a", "by": "ann", "sync": "nothing"}, 400),
        ({"ids": [], "use": "a", "by": "ann"}, 422),
        ({"ids": ["x"], "use": "a", "by": ""}, 422),
        ({"ids": ["x"], "use": "a", "by": "ann", "surprise": 1}, 422),
    ],
)
async def test_an_unclear_word_is_refused(api, body, status):
    client, *_ = api
    assert (await client.post("/api/conflicts/resolve", json=body)).status == status
    assert (await _get(client, "/api/conflicts"))["total"] == 1


async def test_brakes_are_shown_and_changed_and_odd_ones_refused(api):
    client, *_ = api
    brakes = await _get(client, "/api/syncs/people/brakes")
    wanted = {**brakes, "min_changes": 7}
    assert (await client.put("/api/syncs/people/brakes", json=wanted)).status == 200
    refused = await client.put("/api/syncs/people/brakes", json={**wanted, "max_share": 30})
    assert refused.status == 400
    assert "0 to 1" in (await refused.json())["error"]
    assert await _get(client, "/api/syncs/people/brakes") == wanted


async def test_everything_is_read_again_when_a_person_says_so(api):
    client, apps, run, _ = api
    await run()
    before = (apps[0].calls["GET"], len(apps[0].records()))
    assert (await client.post("/api/syncs/people/reread")).status == 200
    apps[0].remove(next(iter(apps[0].records())))
    await run()
    said = (await _get(client, "/api/syncs"))[0]
    assert before[0] < apps[0].calls["GET"]
    assert (said["state"], said["reason"]) == ("halted", "emptied_side")
