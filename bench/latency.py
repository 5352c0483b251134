"""From a change in GoHighLevel to the write in Insightly, by webhook, on a system at rest.

Over real ports: the sandbox (its own process) signs a webhook and sends it to Instep (its own
process: engine and API, as `instep up` runs them), which proves it, reads the contact again and
writes it to Insightly. The clock starts when the webhook is sent, as the sandbox notes it, and ends
when a reader of Insightly sees the new value. `first` is with no drain lingering, so that one has
to be started; `next` is with one that lingers.

Run as `python -m bench.latency URL FOLDER KEY LINGER` it is the server: it serves until its standard
input closes, and its first line is its address.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bench import databases
from bench.apps import Apps, serving
from bench.measuring import Bench, Figures
from bench.syncing import SYNC, connected_on
from instep.api.server import serve
from instep.bootstrap import assemble
from instep.core.brakes import Brakes
from instep.engine.host import running, worker_name
from instep.engine.lingering import Lingering
from instep.settings import Settings

CONTACTS = 200
SAMPLES = 40
_WARM = 3
_REST = 0.25
_GLANCE = 0.004
_PATIENCE = 10.0
_LINGER = {"first": 0.0, "next": 30.0}


async def measure() -> Figures:
    """Time both, on both databases."""
    figures: dict[str, float] = {}
    for kind in databases.KINDS:
        for case, linger in _LINGER.items():
            with databases.fresh(kind) as url, serving(CONTACTS) as apps:
                waits = await _on(url, apps, linger)
            figures |= {
                f"{kind}_{case}_p50_ms": statistics.median(waits) * 1000,
                f"{kind}_{case}_p95_ms": statistics.quantiles(waits, n=20)[18] * 1000,
            }
    return figures


async def _on(url: str, apps: Apps, linger: float) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
        async with _people(apps) as people:
            settings = Settings(data_dir=Path(folder), database_url=url, log_level="warning")
            keys = await people.webhook_keys()
            async with connected_on(settings, apps, keys) as syncing:
                await syncing.run()
                brakes = Brakes(min_changes=100_000, per_record_per_hour=100_000)
                await syncing.instep.syncs.set_brakes(SYNC, brakes)
            with _server(url, folder, linger) as address:
                await people.tell(f"{address}/hooks/gohighlevel")
                pairs = await people.pairs()
                waits = [await people.change(pair) for pair in pairs[: _WARM + SAMPLES]]
    return waits[_WARM:]


@dataclass(frozen=True, slots=True)
class _People:
    """The users of both apps."""

    ghl: aiohttp.ClientSession
    insightly: aiohttp.ClientSession
    location: str

    async def webhook_keys(self) -> dict[str, str]:
        return {
            "webhook_public_key": (await self._ask("GET", "/_sandbox/webhooks/keys"))[
                "webhook_public_key"
            ]
        }

    async def tell(self, url: str) -> None:
        await self._ask("PUT", "/_sandbox/app", {"webhook_url": url, "events": ["ContactUpdate"]})

    async def pairs(self) -> list[tuple[str, str]]:
        """Return who is the same person in both apps: (GoHighLevel's id, Insightly's id)."""
        body = {"locationId": self.location, "pageLimit": CONTACTS}
        here = (await self._ask("POST", "/contacts/search", body))["contacts"]
        async with self.insightly.get("/Contacts", params={"top": str(CONTACTS)}) as reply:
            there = {each["EMAIL_ADDRESS"]: str(each["CONTACT_ID"]) for each in await reply.json()}
        return [(each["id"], there[each["email"]]) for each in here if each["email"] in there]

    async def change(self, pair: tuple[str, str]) -> float:
        """Change a contact's city; return the seconds from its webhook until Insightly has it."""
        await asyncio.sleep(_REST)
        here, there = pair
        city = f"Springfield {time.monotonic_ns()}"
        await self._ask("PUT", f"/contacts/{here}", {"city": city})
        gives_up_at = time.monotonic() + _PATIENCE
        while True:
            async with self.insightly.get(f"/Contacts/{there}") as reply:
                found = (await reply.json())["ADDRESS_MAIL_CITY"]
            if found == city:
                return time.time() - await self._sent_at()
            if time.monotonic() > gives_up_at:
                raise AssertionError(f"{city} did not arrive within {_PATIENCE:.0f} seconds")
            await asyncio.sleep(_GLANCE)

    async def _sent_at(self) -> float:
        """Return when the newest webhook was sent."""
        newest = (await self._ask("GET", "/_sandbox/webhooks?limit=1"))["webhooks"][0]
        return datetime.fromisoformat(newest["attempts"][0]["at"]).timestamp()

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        async with self.ghl.request(method, path, json=body) as reply:
            reply.raise_for_status()
            return await reply.json()


@asynccontextmanager
async def _people(apps: Apps) -> AsyncIterator[_People]:
    ghl, insightly = apps.described["gohighlevel"], apps.described["insightly"]
    headers = {
        "Authorization": f"Bearer {ghl['private_integration_token']}",
        "Version": "2021-07-28",
        "User-Agent": "bench",
    }
    async with (
        aiohttp.ClientSession(ghl["url"], headers=headers) as here,
        aiohttp.ClientSession(
            insightly["url"], auth=aiohttp.BasicAuth(insightly["api_key"], "")
        ) as there,
    ):
        yield _People(here, there, ghl["location_id"])


@contextmanager
def _server(url: str, folder: str, linger: float) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.latency", url, folder, str(linger)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdout is not None
        try:
            yield child.stdout.readline().strip()
        finally:
            child.communicate()


async def _serve(url: str, folder: str, linger: str) -> None:
    settings = Settings(data_dir=Path(folder), database_url=url, port=0, log_level="warning")
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    async with assemble(settings) as instep:
        name = worker_name(instep.engine)
        async with running(instep.engine, name, Lingering(float(linger))) as jobs:
            await serve(instep, jobs.wake, lambda address: print(address, flush=True), ended)


BENCH = Bench("latency", "webhook to write in the other app, on a system at rest", measure)

if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
