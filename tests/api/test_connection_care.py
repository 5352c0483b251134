"""Connections are tested, renamed and removed over HTTP, and say what they were asked last."""

from __future__ import annotations

from instep.connectors import memory
from tests.api.served import served
from tests.api.signed_in import signed_in

ANNA = {"first_name": "Anna", "email": "anna@example.com"}


async def test_a_connection_is_tested_and_its_last_calls_are_told(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, [[ANNA], []]) as made,
        signed_in(made.instep, made.url) as client,
    ):
        path = f"/api/connections/{made.apps[0].name}"
        tested = await (await client.post(f"{path}/test")).json()
        assert (tested["works"], tested["said"]) == (True, None)
        calls = await (await client.get(f"{path}/calls")).json()
        assert calls[0]["status"] == 200
        assert calls[0]["milliseconds"] >= 0
        assert "?" not in calls[0]["path"]

        made.apps[0].token = "another"
        tested = await (await client.post(f"{path}/test")).json()
        assert tested["works"] is False
        listed = {
            each["name"]: each for each in await (await client.get("/api/connections")).json()
        }
        assert listed[made.apps[0].name]["status"] == "broken"
        assert listed[made.apps[0].name]["problem"] == tested["said"]


async def test_a_connection_is_renamed_and_its_sync_goes_on(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, [[ANNA], []]) as made,
        signed_in(made.instep, made.url) as client,
    ):
        path = f"/api/connections/{made.apps[0].name}"
        mixed = await client.patch(path, json={"name": "front", "country": "gb"})
        assert mixed.status == 400
        renamed = await client.patch(path, json={"name": "front"})
        assert (renamed.status, (await renamed.json())["name"]) == (200, "front")
        taken = await client.patch("/api/connections/front", json={"name": made.apps[1].name})
        assert taken.status == 400
        made.apps[0].add({"first_name": "Bea", "email": "bea@example.com"})
        await made.run()
        copied = [each.values["email"] for each in made.apps[1].records().values()]
        assert sorted(copied) == ["anna@example.com", "bea@example.com"]


async def test_a_connection_is_removed_only_when_nothing_uses_it(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, [[], []]) as made,
        signed_in(made.instep, made.url) as client,
    ):
        path = f"/api/connections/{made.apps[0].name}"
        refused = await client.delete(path)
        assert refused.status == 400
        assert "is used by people" in (await refused.json())["error"]
        spare = memory.install(memory.MemoryApp(f"spare-{made.apps[0].name}"))
        new = {"connector": "memory", "name": "spare", "settings": {"name": spare.name}}
        assert (await client.post("/api/connections", json=new)).status == 201
        assert (await client.delete("/api/connections/spare")).status == 204
        left = await (await client.get("/api/connections")).json()
        assert [each["name"] for each in left] == sorted(each.name for each in made.apps)
        gone = await client.post("/api/connections/spare/test")
        assert gone.status == 400
        assert "no connection called" in (await gone.json())["error"]
