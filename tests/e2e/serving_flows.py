"""A running Instep before a local GoHighLevel: its API on a real port, its engine at work."""

from __future__ import annotations

import asyncio
import contextlib

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.engine.host import running
from instep.engine.typed import Typed
from instep.settings import Settings

WAIT = 90  # seconds; a test that waits this long has failed


@contextlib.asynccontextmanager
async def serving_flows(database_url, directory, manifests):
    """Yield the assembled Instep and the address of its API; `manifests` are texts by their app."""
    folder = directory / "connectors"
    folder.mkdir()
    for name, text in manifests.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    settings = Settings(data_dir=directory, database_url=database_url, port=0)
    async with assemble(settings) as instep, running(instep.engine, "local") as jobs:
        listening, told = asyncio.get_running_loop().create_future(), asyncio.Event()
        serving = asyncio.create_task(serve(instep, jobs.wake, listening.set_result, told))
        try:
            yield instep, await listening
        finally:
            told.set()
            await serving


async def connect_ghl(instep, told):
    settings = {
        "base_url": told["url"],
        "location_id": told["location_id"],
        "token": told["private_integration_token"],
        "webhook_public_key": told["webhook_public_key"],
        "webhook_rsa_public_key": told["webhook_rsa_public_key"],
    }
    await instep.connections.connect(Typed("gohighlevel", "ghl", None, "US", settings))


async def connect_sink(instep, name, sink):
    settings = {"base_url": sink.url, "token": "sink-token"}
    await instep.connections.connect(Typed(name, name, None, "US", settings))


async def publish(instep, document):
    await instep.flows.save(document)
    await instep.flows.publish(document["id"])


async def until_done(instep, runs):
    """Wait until the flows have done so many runs each, and have no others."""
    async with asyncio.timeout(WAIT):
        while True:
            states = {each.flow.name: dict(each.runs) for each in await instep.flows.list()}
            if states == {name: {"done": number} for name, number in runs.items()}:
                return
            failed = {"dead", "stopped", "unknown", "held"} & {
                state for counts in states.values() for state in counts
            }
            assert not failed, states
            await asyncio.sleep(0.1)
