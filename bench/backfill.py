"""A first run end to end: 10,000 contacts matched or created over HTTP.

Each app holds 9,500 people, 9,000 of them the same in both; 500 are to be created on either side.
The sandbox runs in a process of its own with its rate limits out of the way, so the seconds are
Instep's (and, on a machine with few cores, the sandbox's): with the vendors' real limits the
creates alone take minutes.
"""

from __future__ import annotations

import time

from bench.apps import serving
from bench.measuring import Bench, Figures
from bench.syncing import connected

BOTH, ONLY_ONE_SIDE = 9_000, 500


async def measure() -> Figures:
    """Match and create everybody once."""
    with serving(BOTH + ONLY_ONE_SIDE, ONLY_ONE_SIDE) as apps:
        async with connected(apps) as syncing:
            began = time.perf_counter()
            counts = await syncing.run()
            seconds = time.perf_counter() - began
            _check(counts, await syncing.run())
        spent = {app: apps.spent(app).total for app in apps.described}
    contacts = BOTH + 2 * ONLY_ONE_SIDE
    return {
        "contacts": contacts,
        "matched": counts["matched"],
        "created": counts["created_a"] + counts["created_b"],
        "end_to_end_s": seconds,
        "contacts_per_s": contacts / seconds,
        **{f"{app}_calls": number for app, number in spent.items()},
    }


def _check(counts: Figures, again: Figures) -> None:
    """Refuse to report the speed of a run that did not do its work."""
    wanted = {"matched": BOTH, "created_a": ONLY_ONE_SIDE, "created_b": ONLY_ONE_SIDE}
    done = {word: counts.get(word, 0) for word in wanted}
    twice = {word: again.get(word, 0) for word in wanted if again.get(word)}
    if done != wanted or twice:
        raise AssertionError(f"counted {done} (and then {twice}), not {wanted}")


BENCH = Bench("backfill", "10,000 contacts matched or created over HTTP, end to end", measure)
