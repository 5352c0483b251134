"""The sandbox's GoHighLevel by itself: loading people, then reading and writing single contacts.

It runs in a process of its own with its data directory on disk, so every write is durable as it is
for `instep sandbox --data DIR`. Rates are per second of that process's own CPU time, user and
system together: what one core could do, whatever else the machine is busy with. The limits of the
real GoHighLevel are out of the way.

Run as `python -m bench.sandbox DIRECTORY` it loads, prints how long that took and what is needed to
call it, then answers each line of its standard input with the CPU seconds it has used.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.measuring import Bench, Figures
from instep.sandbox import Sandbox, invent
from instep.sandbox.gohighlevel import GoHighLevel

PEOPLE = 50_000
READS = 6_000
WRITES = 3_000
CONCURRENT = 16
_PACE = 100_000

Make = Callable[[int], tuple[str, str, Any]]
"""Number of a call → its method, path and JSON body."""


async def measure() -> Figures:
    """Load 50,000 contacts into a new sandbox, then get, change and create contacts."""
    with tempfile.TemporaryDirectory() as directory, _serving(Path(directory)) as server:
        async with _session(server.told) as session:
            ids = await _some_ids(session, server.told)
            read = await _rate(server, session, READS, lambda n: _get(ids, n))
            changed = await _rate(server, session, WRITES, lambda n: _put(ids, n))
            created = await _rate(server, session, WRITES, lambda n: _post(server.told, n))
    return {
        "load_50000_s": server.told["seconds"],
        "reads_per_cpu_s": read,
        "updates_per_cpu_s": changed,
        "creates_per_cpu_s": created,
    }


def _get(ids: Sequence[str], number: int) -> tuple[str, str, Any]:
    return "GET", f"/contacts/{ids[number % len(ids)]}", None


def _put(ids: Sequence[str], number: int) -> tuple[str, str, Any]:
    return "PUT", f"/contacts/{ids[number % len(ids)]}", {"city": f"Springfield {number}"}


def _post(told: Any, number: int) -> tuple[str, str, Any]:
    body = {
        "locationId": told["location_id"],
        "firstName": "Sam",
        "lastName": f"Number{number}",
        "email": f"sam.{number}@bench.example",
        "phone": f"+4477009{number:05}",
        "tags": ["bench"],
    }
    return "POST", "/contacts/", body


@dataclass(frozen=True, slots=True)
class _Server:
    told: Any
    process: subprocess.Popen[str]

    def cpu_seconds(self) -> float:
        """Return what the server has used so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


@contextmanager
def _serving(directory: Path) -> Iterator[_Server]:
    command = [sys.executable, "-m", "bench.sandbox", str(directory)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield _Server(json.loads(process.stdout.readline()), process)
        finally:
            process.communicate()


def _session(told: Any) -> aiohttp.ClientSession:
    headers = {
        "Authorization": f"Bearer {told['private_integration_token']}",
        "Version": "2021-07-28",
    }
    return aiohttp.ClientSession(told["url"], headers=headers)


async def _some_ids(session: aiohttp.ClientSession, told: Any) -> list[str]:
    body = {"locationId": told["location_id"], "pageLimit": 500}
    async with session.post("/contacts/search", json=body) as reply:
        return [contact["id"] for contact in (await reply.json())["contacts"]]


async def _rate(server: _Server, session: aiohttp.ClientSession, calls: int, make: Make) -> float:
    """Make calls, several at a time; return how many a second of the server's CPU does."""
    numbers = iter(range(calls))

    async def work() -> None:
        for number in numbers:
            method, path, body = make(number)
            async with session.request(method, path, json=body) as reply:
                await reply.read()
                reply.raise_for_status()

    before = server.cpu_seconds()
    await asyncio.gather(*(work() for _ in range(CONCURRENT)))
    return calls / (server.cpu_seconds() - before)


def _serve(directory: Path) -> None:
    people = invent(PEOPLE, seed=1)
    app = GoHighLevel(directory, pace=_PACE)
    began = time.perf_counter()
    app.load(people)
    seconds = time.perf_counter() - began
    with Sandbox([app]).in_thread() as sandbox:
        print(json.dumps({**sandbox.describe()[app.name], "seconds": seconds}), flush=True)
        for _ in sys.stdin:
            print(time.process_time(), flush=True)


BENCH = Bench("sandbox", "the local GoHighLevel, per second of one core", measure)

if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
