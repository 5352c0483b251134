"""What changes is told as it changes, over HTTP, on both databases."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import aiohttp

from tests.api.served import served
from tests.api.signed_in import headers, signed_in

ANNA = {"first_name": "Anna", "email": "anna@example.com", "city": "Perth"}
WAIT = 60  # seconds; what is not told by then never will be


@dataclass
class Event:
    """One event as it came."""

    id: str
    kind: str
    changed: list[str]


async def events(answer):
    """Yield the events of a stream."""
    fields = {}
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Event(fields["id"], fields["event"], json.loads(fields["data"])["changed"])
            fields = {}


async def told_of(stream, *nouns):
    """Read on until these nouns were told of; return the last event."""
    missing = set(nouns)
    async with asyncio.timeout(WAIT):
        async for each in stream:
            missing -= set(each.changed)
            if not missing:
                return each
    raise AssertionError(f"never told of {missing}")


async def test_a_listener_is_told_which_nouns_changed(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
        client.get("/api/live") as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        stream = events(answer)
        first = await anext(stream)
        assert (first.kind, first.changed) == ("news", [])
        async with client.post("/api/syncs/people/pause") as paused:
            assert paused.status == 200
        assert "sync" in (await told_of(stream, "sync")).changed
        async with client.post("/api/syncs/people/release"):
            pass
        api.apps[0].add({**ANNA, "email": "other@example.com"})
        await api.run()
        await told_of(stream, "run", "record")


async def test_whoever_comes_back_is_told_what_changed_meanwhile_and_nothing_else(
    database_url, tmp_path
):
    async with (
        served(database_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        async with client.get("/api/live") as answer:
            last = (await anext(events(answer))).id
        async with client.post("/api/syncs/people/pause"):
            pass
        async with client.get("/api/live", headers={"Last-Event-ID": last}) as answer:
            back = await anext(events(answer))
            assert back.changed == ["sync"]
        async with client.get("/api/live", headers={"Last-Event-ID": back.id}) as answer:
            assert (await anext(events(answer))).changed == []
        async with client.get("/api/live", headers={"Last-Event-ID": "of old"}) as answer:
            assert (await anext(events(answer))).changed == []


async def test_too_many_listeners_are_refused_and_a_place_is_free_again(sqlite_url, tmp_path):
    async with (
        served(sqlite_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        api.instep.screens.live.most = 1
        async with client.get("/api/live") as answer:
            await anext(events(answer))
            async with client.get("/api/live") as refused:
                assert refused.status == 503
                assert "1 listen already" in (await refused.json())["error"]
        async with asyncio.timeout(WAIT):
            while True:
                async with client.get("/api/live") as again:
                    if again.status == 200:
                        break
                await asyncio.sleep(0.05)


async def test_the_server_ends_while_somebody_listens(sqlite_url, tmp_path):
    async with aiohttp.ClientSession() as client:
        async with served(sqlite_url, tmp_path, ([ANNA], [])) as api:
            answer = await client.get(f"{api.url}/api/live", headers=headers(api.instep))
            await anext(events(answer))
        async with asyncio.timeout(WAIT):
            assert [each async for each in events(answer)] == []
        answer.close()
