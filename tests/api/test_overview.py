"""How everything stands, over HTTP, on both databases."""

from __future__ import annotations

from instep.core.records import Write
from tests.api.served import served
from tests.api.signed_in import signed_in

ANNA = {"first_name": "Anna", "email": "anna@example.com", "city": "Perth"}
BEN = {"first_name": "Ben", "email": "ben@example.com", "city": "Hobart"}


async def overview(client):
    async with client.get("/api/overview") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_everything_is_in_step_after_a_run(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA, BEN], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        told = await overview(client)
        assert (told["state"], told["sentence"]) == ("in_step", "Everything is in step.")
        [sync] = told["syncs"]
        assert (sync["name"], sync["state"], sync["done"]) == ("people", "active", 2)
        assert sync["ok_at"] is not None
        assert len(sync["per_hour"]) == len(sync["failed_per_hour"]) == 24
        assert sum(sync["per_hour"]) == 2
        assert sync["latency_ms"] is None  # a first run carries over what is of old
        assert {each["name"]: each["syncs"] for each in told["connections"]} == {
            app.name: ["people"] for app in api.apps
        }
        assert all(each["quota"]["at_once"] >= 0 for each in told["connections"])


async def test_a_change_that_was_carried_on_is_timed(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        [record_id] = api.apps[0].records("contact")
        api.apps[0].edit(record_id, Write(set={"city": "Darwin"}))
        await api.run()
        [sync] = (await overview(client))["syncs"]
        assert sync["done"] == 2
        assert 0 <= sync["latency_ms"] < 60_000


async def test_what_waits_for_a_person_keeps_things_from_being_in_step(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [{**ANNA, "city": "Cairns"}])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        told = await overview(client)
        assert told["state"] == "trouble"
        assert "1 record waits for a person" in told["sentence"]
        assert told["advice"] == "instep conflicts --sync people"
        assert told["syncs"][0]["review"] == 1


async def test_a_stopped_sync_is_told_with_what_to_do(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        async with client.post("/api/syncs/people/pause") as answer:
            assert answer.status == 200
        told = await overview(client)
        assert (told["state"], told["syncs"][0]["state"]) == ("paused", "paused")
        assert told["advice"] == "instep sync list"
