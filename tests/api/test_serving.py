"""A process makes its routes once, and answers for each Instep that it serves."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from functools import partial

from instep.api.server import _bind, serve
from instep.core.people.roles import Role
from tests.api.house import PASSWORD, asked, house
from tests.api.served import served
from tests.api.signed_in import signed_in


async def test_two_that_are_served_at_once_answer_for_themselves(
    sqlite_url, postgres_url, tmp_path
):
    async with house(sqlite_url, tmp_path / "a") as one, house(postgres_url, tmp_path / "b") as two:
        await one.instep.people.users.add("Ann", Role.ADMIN, PASSWORD)
        await two.instep.people.users.add("Bob", Role.ADMIN, PASSWORD)
        asking = [await each.machine() for each in (one, two) * 4]
        told = await asyncio.gather(*(asked(each, "GET", "/api/users") for each in asking))
    names = [[each["name"] for each in users] for _, users in told]
    assert names == [["Ann"], ["Bob"]] * 4


async def test_only_the_engine_beside_the_asked_address_is_woken(database_url, tmp_path):
    woken, told, urls = [], asyncio.Event(), []
    async with served(database_url, tmp_path, ([], [])) as made, asyncio.TaskGroup() as serving:
        for name in ("one", "other"):
            url = asyncio.get_running_loop().create_future()
            wake = partial(woken.append, name)
            serving.create_task(serve(made.instep, wake, url.set_result, told))
            urls.append(await url)
        for url in urls:
            async with signed_in(made.instep, url) as client:
                status, _ = await asked(client, "POST", "/api/syncs/people/run")
                assert status == 202
        told.set()
    assert woken == ["one", "other"]


def test_answers_do_not_wait_for_the_acknowledgement_of_their_first_half():
    with closing(_bind("127.0.0.1", 0)) as listener:
        # by this asyncio tells that it may switch Nagle's delay off for what is accepted
        assert listener.proto == socket.IPPROTO_TCP
