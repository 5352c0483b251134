"""A running server takes up a new manifest, and a changed one, and is not started again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import aiohttp
import pytest

from instep.connectors.custom.emulator import EXAMPLE, ManifestApp
from instep.connectors.custom.loading import complete
from instep.engine.access.local_token import FILE
from instep.sandbox.server import Sandbox

WAIT = 60  # seconds; a change that is not seen by then never will be


@pytest.fixture
def example():
    """The example of a manifest, served; and what is typed to connect it."""
    app = ManifestApp(complete(EXAMPLE), pace=1_000)
    with Sandbox([app]).in_thread() as sandbox:
        yield app.typed(sandbox.url(app.name))


@pytest.fixture
def url(tmp_path):
    """Where `instep up` serves, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from instep.cli.app import main; main()", "up", "--port", "0"],
        env={**os.environ, "INSTEP_DATA_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().split(": ", 1)[1].strip().removesuffix("/docs")
    finally:
        process.terminate()
        process.communicate(timeout=WAIT)


@pytest.fixture
async def client(url, tmp_path):
    """A client of the server."""
    token = {"Authorization": f"Bearer {(tmp_path / FILE).read_text()}"}
    async with aiohttp.ClientSession(url, headers=token) as session:
        yield session


async def asked(client, method, path, body=None):
    async with client.request(method, path, json=body) as reply:
        return reply.status, (await reply.json() if reply.status != 204 else None)


async def until(client, status, method, path, body):
    """Ask until the answer has this status."""
    for _ in range(WAIT * 2):
        got, told = await asked(client, method, path, body)
        if got == status:
            return told
        await asyncio.sleep(0.5)
    raise AssertionError(told)


async def test_a_new_and_a_changed_manifest_need_no_restart(client, tmp_path, example):
    folder = tmp_path / "connectors"
    folder.mkdir()
    typed = {"connector": "example", "country": "US", "settings": example}
    status, told = await asked(client, "POST", "/api/connections", {**typed, "name": "one"})
    assert (status, told["kind"]) == (400, "UserError")

    text = EXAMPLE.read_text()
    city = "      city: address.city\n"
    assert city in text
    (folder / "example.yaml").write_text(text.replace(city, ""))
    await until(client, 201, "POST", "/api/connections", {**typed, "name": "one"})
    assert (await asked(client, "POST", "/api/connections", {**typed, "name": "two"}))[0] == 201
    wanted = {"name": "people", "a": "one", "b": "two"}
    status, made = await asked(client, "POST", "/api/syncs", wanted)
    assert status == 201, made
    assert "city" not in {row["a"] for row in made["mapping"]}

    # the connections are open now, by the manifest as it was
    (folder / "example.yaml").write_text(text)
    mapping = {"mapping": [{"a": "email"}, {"a": "city"}]}
    changed = await until(client, 200, "PATCH", "/api/syncs/people", mapping)
    assert [row["a"] for row in changed["mapping"]] == ["email", "city"]
