"""A flow's own address at a real server: what was answered is there after the process was killed."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from instep.engine.access.local_token import FILE
from tests.e2e.processes import WAIT, ran, up

POSTED = 60
FLOW = {
    "id": "own",
    "trigger": {"kind": "bridge", "order_by": "key"},
    "steps": [
        {"id": "full", "kind": "set_values", "values": {"name": "{{trigger.n}}"}},
        {"id": "pause", "kind": "delay", "seconds": 1},
    ],
}


async def test_what_was_answered_is_done_once_though_the_server_was_killed(tmp_path):
    here = {"INSTEP_DATA_DIR": str(tmp_path)}
    file = tmp_path / "own.json"
    file.write_text(json.dumps(FLOW))
    assert (await ran("flow", "publish", str(file), **here)).code == 0
    path = (await ran("flow", "address", "own", "--json", **here)).json["path"]

    async def post(client, number):
        key = {"Idempotency-Key": f"k{number}"}
        async with client.post(path, json={"n": number, "key": number % 5}, headers=key) as reply:
            return number, reply.status

    async with up(**here) as (url, process), aiohttp.ClientSession(url) as client:
        answers = await asyncio.gather(*(post(client, number) for number in range(POSTED)))
        process.kill()
    assert {status for _, status in answers} == {200}
    async with up(**here) as (url, _), aiohttp.ClientSession(url) as client:
        # whoever was not sure sends again
        again = await asyncio.gather(*(post(client, number) for number in range(POSTED)))
        assert {status for _, status in again} == {200}
        token = {"Authorization": f"Bearer {(tmp_path / FILE).read_text()}"}
        for _ in range(WAIT * 5):
            async with client.get("/api/flows/own", headers=token) as reply:
                runs = (await reply.json())["runs"]
            if runs == {"done": POSTED}:
                return
            await asyncio.sleep(0.2)
    assert runs == {"done": POSTED}
