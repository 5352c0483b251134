"""What a screen waits for: the overview, a search of people and a person, over a long history.

Two apps hold 100,000 contacts each, all linked, with 1,000,000 lines of history, 1,000 runs and a day of tallies,
written straight into the tables. Each question is asked 40 times, of the services that the API asks;
a figure is the time within which nineteen of twenty were answered.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa

from bench.filled import old_store, on_both
from bench.measuring import Bench, Figures
from instep.bootstrap import Instep
from instep.engine.people.naming import person_id
from instep.settings import Settings
from instep.store.syncs import Sync

TIMES = 40


async def measure() -> Figures:
    """Ask everything on both databases."""
    return await on_both(_measure)


async def _measure(settings: Settings) -> dict[str, float]:
    async with old_store(settings) as (instep, sync):
        return await _ask_all(instep, sync)


async def _ask_all(instep: Instep, sync: Sync) -> dict[str, float]:
    somebody = person_id((sync.a_connection, "a54321"))
    second = (await instep.screens.people.search("", 50)).next
    questions: dict[str, Callable[[], Awaitable[Any]]] = {
        "overview": instep.screens.overviews.now,
        "everybody": lambda: instep.screens.people.search("", 50),
        "everybody_page_2": lambda: instep.screens.people.search("", 50, second),
        "name": lambda: instep.screens.people.search("anna adams"),
        "rare_name": lambda: instep.screens.people.search("54321"),
        "no_name": lambda: instep.screens.people.search("nobody is called so"),
        "email": lambda: instep.screens.people.search("person54321@"),
        "no_email": lambda: instep.screens.people.search("nobody@example.com"),
        "phone": lambda: instep.screens.people.search("0412 054 321"),
        "person": lambda: instep.screens.people.get(somebody, ask=False),
        "timeline": lambda: instep.screens.people.timeline(somebody, ask=False),
        "look_for_changes": lambda: instep.db.run_read(_look),
    }
    return {f"{name}_p95_ms": await _p95(ask) for name, ask in questions.items()}


def _look(tx: sa.Connection) -> Any:
    from instep.store import marks  # noqa: PLC0415 - beside the one use

    return marks.look(tx, "wsp_default")


async def _p95(ask: Callable[[], Awaitable[Any]]) -> float:
    await ask()
    gc.collect()
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times, n=20)[-1]


BENCH = Bench(
    "overview",
    "the overview and people, at 100,000 contacts and 1,000,000 lines of history",
    measure,
)
