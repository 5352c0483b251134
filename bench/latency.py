"""From a change in GoHighLevel to the write in Insightly, by webhook, on a system at rest.

Over real ports: the sandbox (its own process) signs a webhook and sends it to Instep (its own
process: engine and API, as `instep up` runs them), which proves it, reads the contact again and
writes it to Insightly. The clock starts when the webhook is sent, as the sandbox notes it, and ends
when a reader of Insightly sees the new value. `first` is with no drain lingering, so that one has
to be started; `next` is with one that lingers.

Run as `python -m bench.latency URL FOLDER LINGER` it is the server: it serves until its standard
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import databases
from bench.apps import Apps, serving
from bench.measuring import Bench, Figures
from bench.people import People, reaching
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
        async with reaching(apps) as people:
            settings = Settings(data_dir=Path(folder), database_url=url, log_level="warning")
            key = {"webhook_public_key": await people.webhook_key()}
            async with connected_on(settings, apps, key) as syncing:
                await syncing.run()
                brakes = Brakes(min_changes=100_000, per_record_per_hour=100_000)
                await syncing.instep.syncs.set_brakes(SYNC, brakes)
            with _server(url, folder, linger) as address:
                await people.tell(f"{address}/hooks/gohighlevel")
                pairs = await people.pairs(_WARM + SAMPLES)
                waits = [await _change(people, pair) for pair in pairs]
    return waits[_WARM:]


async def _change(people: People, pair: tuple[str, str]) -> float:
    """Change a contact's city; return the seconds from its webhook until Insightly has it."""
    await asyncio.sleep(_REST)
    here, there = pair
    city = f"Springfield {time.monotonic_ns()}"
    await people.edit_in_ghl(here, city)
    gives_up_at = time.monotonic() + _PATIENCE
    while await people.city_in_insightly(there) != city:
        if time.monotonic() > gives_up_at:
            raise AssertionError(f"{city} did not arrive within {_PATIENCE:.0f} seconds")
        await asyncio.sleep(_GLANCE)
    seen_at = time.time()
    return seen_at - await people.newest_webhook_at()


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
