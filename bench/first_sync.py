"""A first sync of 100,000 contacts that both sides hold: how fast it decides, and in what memory.

The way is that of the bench `deciding`, with everybody equal on both sides: 200,000 records are taken
in, matched and linked. It runs in a process of its own for each database, and once with 10,000 for
comparison: `memory_ratio` near 1 means that memory does not depend on how many there are.

Run as `python -m bench.first_sync URL CONTACTS` it is that process; its last line is its figures.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.databases import KINDS, fresh
from bench.deciding import Account, go_through
from bench.measuring import Bench, Figures
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.settings import Settings

SMALL, LARGE = 10_000, 100_000
_KILOBYTES = 1 if sys.platform == "linux" else 1024  # macOS reports bytes


async def measure() -> Figures:
    """Measure both sizes on each database."""
    figures: dict[str, float] = {}
    for kind in KINDS:
        small, large = _in_a_process(kind, SMALL), _in_a_process(kind, LARGE)
        figures |= {f"{kind}_{name}": value for name, value in large.items()}
        figures[f"{kind}_memory_ratio"] = large["peak_mb"] / small["peak_mb"]
    return figures


def _in_a_process(kind: str, contacts: int) -> Mapping[str, float]:
    with fresh(kind) as url:
        child = subprocess.run(
            [sys.executable, "-m", "bench.first_sync", url, str(contacts)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    figures: Mapping[str, float] = json.loads(child.stdout.splitlines()[-1])
    return figures


async def _decide(url: str, contacts: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=url, data_dir=Path(folder))
        async with assemble(settings, available={"memory": memory.connector}) as instep:
            seconds = await go_through(instep, Account(contacts))
    timed = seconds.storing + seconds.deciding
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES / 1024
    return {
        "records_per_s": 2 * contacts / timed,
        "storing_s": seconds.storing,
        "deciding_s": seconds.deciding,
        "normalising_s": seconds.normalising,
        "processor_s": seconds.busy,
        "peak_mb": peak,
    }


BENCH = Bench("first_sync", "decide about 100,000 contacts that both sides hold", measure)

if __name__ == "__main__":
    print(json.dumps(asyncio.run(_decide(sys.argv[1], int(sys.argv[2])))))
