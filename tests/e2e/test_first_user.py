"""From nothing to the first user, by the link that a real server shows."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.api.house import PASSWORD, asked
from tests.e2e.processes import INSTEP, WAIT, _start, ran, up


async def lines(process, number):
    return [
        (await asyncio.wait_for(process.stdout.readline(), WAIT)).decode().strip()
        for _ in range(number)
    ]


def browser(url, **given):
    return aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True), **given)


async def test_the_link_of_a_server_makes_the_first_user_and_the_next_start_shows_none(tmp_path):
    here = {"INSTEP_DATA_DIR": str(tmp_path)}
    async with up(**here) as (url, process):
        said, link = await lines(process, 2)
        assert said.startswith("There is no user yet")
        address, _, secret = link.partition("#")
        assert address == f"{url}/ui/welcome"
        async with browser(url) as ann:
            assert (await asked(ann, "GET", "/api/syncs"))[0] == 401
            body = {"link": secret, "name": "ann", "password": PASSWORD}
            assert (await asked(ann, "POST", "/api/links/enter", body))[0] == 200
            assert (await asked(ann, "GET", "/api/syncs")) == (200, [])
    users = (await ran("user", "list", "--json", **here)).json
    assert [(each["name"], each["role"]) for each in users] == [("ann", "admin")]
    entries = (await ran("audit", "list", "--json", **here)).json
    assert entries[0]["act"] == "use a link for setup"
    assert (await ran("user", "invite", "bob", "--role", "viewer", **here)).code == 0
    async with up(**here) as (url, process), browser(url) as ann:
        body = {"name": "ann", "password": PASSWORD}
        assert (await asked(ann, "POST", "/api/session", body))[0] == 200
        process.terminate()
        assert await asyncio.wait_for(process.stdout.read(), WAIT) == b""


async def test_the_demo_signs_a_browser_in_by_a_link(tmp_path):
    process = await _start(INSTEP, "demo", INSTEP_DATA_DIR=str(tmp_path), COLUMNS="200")
    try:
        line = ""
        while "/ui/welcome#" not in line:
            [line] = await lines(process, 1)
            assert process.returncode is None
        url, _, secret = line.partition("/ui/welcome#")
        async with browser(url) as somebody:
            status, told = await asked(somebody, "POST", "/api/links/enter", {"link": secret})
            assert (status, told["role"]) == (200, "admin")
            assert (await asked(somebody, "GET", "/api/syncs"))[1][0]["name"] == "contacts"
    finally:
        process.kill()
        await process.wait()
