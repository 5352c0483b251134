from __future__ import annotations

import asyncio
import threading

import aiohttp
import pytest

from instep.core.errors import UserError
from instep.sandbox import Sandbox, invent
from tests.sandbox.toy import Toy


class Other(Toy):
    name = "other"


async def get(url):
    async with aiohttp.ClientSession() as client, client.get(url) as reply:
        return reply.status, await reply.json()


async def test_every_app_has_its_own_port_and_state():
    toy, other = Toy(), Other()
    toy.load(invent(3))
    async with Sandbox([toy, other]) as sandbox:
        described = sandbox.describe()
        assert described == {name: {"url": sandbox.url(name)} for name in ("toy", "other")}
        assert all(each["url"].startswith("http://127.0.0.1:") for each in described.values())
        assert await get(f"{described['toy']['url']}/things/1") == (200, {"thing": {"size": 1}})
        assert await get(f"{described['other']['url']}/things/1") == (200, {"thing": None})


async def test_a_port_can_be_chosen_and_is_free_again_afterwards():
    async with Sandbox([Toy()]) as first:
        port = int(first.url("toy").rpartition(":")[2])
        with pytest.raises(UserError, match=rf"cannot serve toy on 127.0.0.1:{port}: .*in use"):
            await Sandbox([Toy()], ports={"toy": port}).start()
    async with Sandbox([Toy()], ports={"toy": port}) as second:
        assert second.url("toy") == f"http://127.0.0.1:{port}"


async def test_a_running_call_ends_before_a_stop():
    toy = Toy()
    sandbox = Sandbox([toy])
    await sandbox.start()
    async with aiohttp.ClientSession() as client:
        call = asyncio.create_task(client.get(f"{sandbox.url('toy')}/wait"))
        await toy.entered.wait()
        stop = asyncio.create_task(sandbox.stop())
        await asyncio.sleep(0)
        toy.leave.set()
        async with await call as reply:
            assert await reply.text() == "waited"
        await stop


def test_it_serves_from_a_thread_for_callers_without_an_event_loop():
    with Sandbox([Toy()]).in_thread() as sandbox:
        answer = asyncio.run(get(f"{sandbox.url('toy')}/things/1"))
        assert answer == (200, {"thing": None})
        assert "sandbox" in {thread.name for thread in threading.enumerate()}
    assert "sandbox" not in {thread.name for thread in threading.enumerate()}


def test_a_thread_that_cannot_serve_says_so_to_its_caller():
    sandbox = Sandbox([Toy()], host="192.0.2.1")
    with pytest.raises(UserError, match="cannot serve toy"), sandbox.in_thread():
        pass
