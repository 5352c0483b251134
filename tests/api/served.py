"""A served API in front of two apps in memory, for tests that call it."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import count

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.settings import Settings

ASKING = [{"a": "first_name"}, {"a": "email"}, {"a": "city", "authority": "ask"}]
_numbers = count(1)


class Served:
    """`url` is the API's; `run` carries the sync people out as an engine would."""

    def __init__(self, instep, apps, url):
        self.instep = instep
        self.apps = apps
        self.url = url

    async def run(self):
        sync = await self.instep.syncs.request_run("people")
        while await self.instep.engine.advance(sync.shard):
            pass


@contextlib.asynccontextmanager
async def served(database_url, directory, people):
    """Serve, with these people in the two apps and the sync `people` between them, run once."""
    settings = Settings(data_dir=directory, database_url=database_url, port=0)
    number = next(_numbers)
    apps = [memory.install(memory.MemoryApp(f"served-{side}{number}")) for side in ("a", "b")]
    for app, mine in zip(apps, people, strict=True):
        for each in mine:
            app.add(each)
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        for app in apps:
            await instep.connections.connect(Typed("memory", app.name, settings={"name": app.name}))
        await instep.syncs.create(Wanted("people", apps[0].name, apps[1].name, mapping=ASKING))
        url = asyncio.get_running_loop().create_future()
        told = asyncio.Event()
        serving = asyncio.create_task(serve(instep, lambda: None, url.set_result, told))
        made = Served(instep, apps, await url)
        await made.run()
        yield made
        told.set()
        await serving
