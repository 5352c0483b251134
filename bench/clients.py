"""The Python client beside the official SDK and beside bare aiohttp: 2,000 reads of a contact each.

All three read the same contacts from the sandbox, which runs in a process of its own with the real
limits out of the way: first one call after the other, then 30 at a time. The order changes from
round to round. CPU time is that of this process, so the sandbox's own share is not in it;
`overhead_ms` is what the client's calls cost beyond bare aiohttp's that read the same JSON.

The import is timed in fresh processes: `import instep; instep.GoHighLevel`.

Run as `python -m bench.clients` it is the sandbox's process: it serves until its standard input
closes, and its first line is what is needed to call it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
from highlevel import HighLevel  # type: ignore[import-untyped]  # it brings no types

from bench.measuring import Bench, Figures
from instep import GoHighLevel
from instep.sandbox import Sandbox, invent
from instep.sandbox.gohighlevel import GoHighLevel as LocalGoHighLevel

CALLS = 2_000
PEOPLE = 50
TOGETHER = 30
_WARM = 100
_PACE = 1_000
_SEED = 20
_IMPORTS = 7
_ROUND = itertools.count()

Read = Callable[[str], Awaitable[Any]]
"""Reads one contact by its id."""


async def measure() -> Figures:
    """Time all three at 1 and at 30 concurrent, and the import."""
    with _serving() as told:
        ids = await _ids(told)
        names = ["client", "sdk", "bare"]
        turn = next(_ROUND) % len(names)
        figures: dict[str, float] = {}
        for name in names[turn:] + names[:turn]:
            async with _READERS[name](told) as read:
                figures |= await _timed(name, read, ids)
    figures |= {
        f"ratio_{count}": figures[f"client_{count}_per_s"] / figures[f"sdk_{count}_per_s"]
        for count in (1, TOGETHER)
    }
    overhead = figures[f"client_{TOGETHER}_cpu_ms"] - figures[f"bare_{TOGETHER}_cpu_ms"]
    return {**dict(sorted(figures.items())), "overhead_ms": overhead, **_import_seconds()}


async def _timed(name: str, read: Read, ids: list[str]) -> dict[str, float]:
    await _work(read, ids, _WARM, 1)
    figures = {}
    for count in (1, TOGETHER):
        wall, cpu = time.perf_counter(), time.process_time()
        await _work(read, ids, CALLS, count)
        figures[f"{name}_{count}_per_s"] = CALLS / (time.perf_counter() - wall)
        figures[f"{name}_{count}_cpu_ms"] = (time.process_time() - cpu) / CALLS * 1000
    return figures


async def _work(read: Read, ids: list[str], calls: int, count: int) -> None:
    """Read `calls` contacts, `count` at a time, and look at each that it is the right one."""
    wanted = itertools.islice(itertools.cycle(ids), calls)

    async def worker() -> None:
        for contact_id in wanted:
            body = await read(contact_id)
            if body["contact"]["id"] != contact_id:
                raise AssertionError(f"{contact_id} was asked for, and {body} came")

    await asyncio.gather(*(worker() for _ in range(count)))


@asynccontextmanager
async def _client(told: Mapping[str, Any]) -> AsyncIterator[Read]:
    async with GoHighLevel(**_credential(told)) as ghl:

        async def read(contact_id: str) -> Any:
            return await ghl.contacts.get(contactId=contact_id)

        yield read


@asynccontextmanager
async def _sdk(told: Mapping[str, Any]) -> AsyncIterator[Read]:
    # its base URL is an attribute of the class
    kind: Any = type("LocalHighLevel", (HighLevel,), {"BASE_URL": told["url"]})
    sdk = kind(private_integration_token=told["private_integration_token"], log_level="none")

    async def read(contact_id: str) -> Any:
        return await sdk.contacts.get_contact(contact_id=contact_id)

    try:
        yield read
    finally:
        await sdk.close()


@asynccontextmanager
async def _bare(told: Mapping[str, Any]) -> AsyncIterator[Read]:
    headers = {
        "Authorization": f"Bearer {told['private_integration_token']}",
        "Version": "2021-07-28",
        "User-Agent": "bench",
    }
    async with aiohttp.ClientSession(told["url"], headers=headers) as session:

        async def read(contact_id: str) -> Any:
            async with session.get(f"/contacts/{contact_id}") as reply:
                return json.loads(await reply.read())

        yield read


_READERS = {"client": _client, "sdk": _sdk, "bare": _bare}


def _credential(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "token": told["private_integration_token"],
        "location_id": told["location_id"],
        "base_url": told["url"],
    }


async def _ids(told: Mapping[str, Any]) -> list[str]:
    async with GoHighLevel(**_credential(told)) as ghl:
        return [contact["id"] async for contact in ghl.contacts.search()]


def _import_seconds() -> dict[str, float]:
    """Return the median wall and CPU seconds of a fresh process that imports the client.

    What a process needs that imports nothing is taken off.
    """
    wall, cpu = _fresh("import instep; instep.GoHighLevel")
    nothing, idle = _fresh("pass")
    return {"import_s": wall - nothing, "import_cpu_s": cpu - idle}


def _fresh(code: str) -> tuple[float, float]:
    walls, cpus = [], []
    for _ in range(_IMPORTS):
        began, spent = time.perf_counter(), _spent_by_children()
        subprocess.run([sys.executable, "-c", code], check=True)
        walls.append(time.perf_counter() - began)
        cpus.append(_spent_by_children() - spent)
    return statistics.median(walls), statistics.median(cpus)


def _spent_by_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


BENCH = Bench("clients", "read 2,000 contacts: the client, the official SDK, bare aiohttp", measure)


@contextmanager
def _serving() -> Iterator[Mapping[str, Any]]:
    command = [sys.executable, "-m", "bench.clients"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdout is not None
        try:
            yield json.loads(child.stdout.readline())
        finally:
            child.communicate()


def _serve() -> None:
    app = LocalGoHighLevel(pace=_PACE, seed=_SEED)
    app.load(invent(PEOPLE, seed=_SEED))
    with Sandbox([app]).in_thread() as sandbox:
        print(json.dumps(sandbox.describe()[app.name]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve()
