"""What changes is told as it changes, over HTTP, on both databases."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import aiohttp

from instep.core.people.roles import Role
from instep.engine.access.tokens import TokenWanted
from instep.engine.live import MOST_EACH
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


async def test_a_session_listens_a_few_times_at_once_and_another_one_still_may(
    sqlite_url, tmp_path
):
    async with (
        served(sqlite_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        api.instep.screens.live.most_each = 2
        other = await api.instep.people.tokens.create(TokenWanted("watcher", Role.VIEWER), "ann")
        async with client.get("/api/live") as one, client.get("/api/live") as two:
            await anext(events(one))
            await anext(events(two))
            async with client.get("/api/live") as refused:
                assert refused.status == 503
                assert "for this session or token" in (await refused.json())["error"]
            bearer = {"Authorization": f"Bearer {other.secret}"}
            async with client.get("/api/live", headers=bearer) as answer:
                assert (await anext(events(answer))).changed == []


async def test_a_stream_ends_after_a_while_so_that_who_listens_is_asked_again_who_they_are(
    sqlite_url, tmp_path
):
    async with (
        served(sqlite_url, tmp_path, ([ANNA], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        api.instep.screens.live.longest_seconds = 1.5
        async with asyncio.timeout(WAIT), client.get("/api/live") as answer:
            told = [each async for each in events(answer)]
        assert told[0].changed == []
        async with client.post("/api/syncs/people/pause"):
            pass
        async with client.get("/api/live", params={"last": told[-1].id}) as answer:
            assert "sync" in (await anext(events(answer))).changed


async def test_the_server_ends_while_somebody_listens(sqlite_url, tmp_path):
    async with aiohttp.ClientSession() as client:
        async with served(sqlite_url, tmp_path, ([ANNA], [])) as api:
            asked = [
                await client.get(f"{api.url}/api/live", headers=headers(api.instep))
                for _ in range(MOST_EACH)
            ]
            streams = [events(each) for each in asked]
            for each in streams:
                await anext(each)
            ends = asyncio.get_running_loop().time() + WAIT
        async with asyncio.timeout_at(ends):
            assert [[event async for event in each] for each in streams] == [[]] * MOST_EACH
