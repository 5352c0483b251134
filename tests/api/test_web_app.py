"""The web app is served where it is built; where it is not, the server says how to get it."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI
from yarl import URL

from instep.api import web_app
from instep.api.problems import answer_problems


@contextlib.asynccontextmanager
async def serving(dist):
    """A client of a server that has nothing but the web app, on a real port."""
    api = FastAPI()
    web_app.add_to(api, dist)
    answer_problems(api)
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = uvicorn.Server(uvicorn.Config(api, log_level="warning", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110 - it tells by a flag
            await asyncio.sleep(0.01)
        port = listener.getsockname()[1]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            yield client
        server.should_exit = True
        await task


@pytest.fixture
async def built(tmp_path):
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>the app</title>")
    (dist / "assets" / "index-1a2b.js").write_text("1;")
    (tmp_path / "secret.txt").write_text("sentinel")
    async with serving(dist) as client:
        yield client


async def test_the_root_leads_to_it(built):
    async with built.get("/", allow_redirects=False) as reply:
        assert (reply.status, reply.headers["location"]) == (307, "/ui/")


@pytest.mark.parametrize("path", ["/ui/", "/ui/syncs", "/ui/syncs/people/plans/pln_1", "/ui/a.b"])
async def test_every_page_of_it_is_the_app_which_is_asked_for_anew_each_time(built, path):
    async with built.get(path) as reply:
        assert (reply.status, await reply.text()) == (200, "<title>the app</title>")
        assert reply.headers["cache-control"] == "no-cache"
        assert "script-src" not in reply.headers["content-security-policy"]
        assert "default-src 'self'" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"


async def test_what_is_named_by_its_content_is_kept_for_a_year(built):
    async with built.get("/ui/assets/index-1a2b.js") as reply:
        assert await reply.text() == "1;"
        assert "immutable" in reply.headers["cache-control"]


async def test_an_asset_that_is_gone_is_not_the_app(built):
    async with built.get("/ui/assets/index-old.js") as reply:
        assert reply.status == 404


@pytest.mark.parametrize(
    "path", ["/ui/../secret.txt", "/ui/%2e%2e/secret.txt", "/ui/..%2fsecret.txt"]
)
async def test_nothing_outside_its_folder_is_served(built, path):
    whole = URL(f"{built._base_url.origin()}{path}", encoded=True)
    async with built.get(whole) as reply:
        assert "sentinel" not in await reply.text()


async def test_without_it_the_server_says_how_to_get_it(tmp_path):
    async with serving(tmp_path / "none") as bare:
        for path, status in (("/", 200), ("/ui/", 404), ("/ui/syncs", 404)):
            async with bare.get(path) as reply:
                assert (reply.status, "make ui" in await reply.text()) == (status, True)
