"""Peak memory of a first run and a poll, at 1,000 and at 50,000 contacts a side.

Each size runs in a fresh process that holds only Instep; the sandbox has its own. The ratio says
whether memory depends on how many contacts there are: pages should, lists would not.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys

from bench.apps import Apps, serving
from bench.measuring import Bench, Figures
from bench.syncing import connected

SMALL, LARGE = 1_000, 50_000
_KILOBYTES = 1 if sys.platform == "linux" else 1024  # macOS reports bytes


async def measure() -> Figures:
    """Measure both sizes, one after the other."""
    small, large = _peak_mb(SMALL), _peak_mb(LARGE)
    return {f"at_{SMALL}_mb": small, f"at_{LARGE}_mb": large, "ratio": large / small}


def _peak_mb(contacts: int) -> float:
    with serving(contacts) as apps:
        child = subprocess.run(
            [sys.executable, "-m", "bench.memory", json.dumps(apps.described), str(contacts)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return float(child.stdout.splitlines()[-1])


async def _sync(apps: Apps, contacts: int) -> None:
    async with connected(apps) as syncing:
        counts = await syncing.run()
        if counts["matched"] != contacts:
            raise AssertionError(f"matched {counts['matched']} of {contacts}")
        await syncing.run()


def _main() -> None:
    asyncio.run(_sync(Apps(json.loads(sys.argv[1])), int(sys.argv[2])))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES
    print(peak / 1024)


BENCH = Bench("memory", "peak memory of a run at 1,000 and 50,000 contacts a side", measure)

if __name__ == "__main__":
    _main()
