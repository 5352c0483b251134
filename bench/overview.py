"""What a screen waits for: the overview, a search of people and a person, over a long history.

Two apps hold 100,000 contacts each, all linked, with 1,000,000 lines of history, 1,000 runs and a day of tallies,
written straight into the tables. Each question is asked 40 times, of the services that the API asks;
a figure is the time within which nineteen of twenty were answered.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.databases import KINDS, fresh
from bench.measuring import Bench, Figures
from instep.bootstrap import Instep, assemble
from instep.connectors import memory
from instep.core.fingerprint import dump, fingerprint
from instep.core.latency import class_of
from instep.engine.people.naming import person_id
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.settings import Settings
from instep.store import bulk
from instep.store.database import Database
from instep.store.schema.syncs import history, link, record, run
from instep.store.schema.tallies import tally
from instep.store.syncs import Sync
from instep.store.tallies import HOUR_MS

PEOPLE, LINES, RUNS = 100_000, 1_000_000, 1_000
TIMES = 40
_BATCH = 5_000
_DAY = 86_400_000
_FIRST = ("Anna", "Ben", "Chloe", "David", "Emma", "Finn", "Grace", "Henry", "Isla", "Jack")
_LAST = (
    "Adams",
    "Brown",
    "Clark",
    "Davies",
    "Evans",
    "Foster",
    "Green",
    "Hughes",
    "Irwin",
    "Jones",
)


async def measure() -> Figures:
    """Ask everything on both databases."""
    figures: dict[str, float] = {}
    for kind in KINDS:
        with fresh(kind) as url, tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
            told = await _measure(url, Path(folder))
        figures |= {f"{kind}_{name}": value for name, value in told.items()}
    return figures


async def _measure(url: str, folder: Path) -> dict[str, float]:
    settings = Settings(data_dir=folder, database_url=url)
    apps = [memory.install(memory.MemoryApp(f"overview-{side}")) for side in ("a", "b")]
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        for app in apps:
            await instep.connections.connect(Typed("memory", app.name, settings={"name": app.name}))
        sync = await instep.syncs.create(Wanted("people", apps[0].name, apps[1].name))
        _fill(instep.db, sync)
        found = await _ask_all(instep, sync)
    for app in apps:
        memory.uninstall(app.name)
    return found


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


def _fill(db: Database, sync: Sync) -> None:
    now = int(time.time() * 1000)
    for table, rows in (
        (link, _links(sync, now)),
        (record, _records(sync, now)),
        (history, _lines(sync, now)),
        (run, _runs(sync, now)),
        (tally, _tallies(sync, now)),
    ):
        while batch := [*islice(rows, _BATCH)]:
            with db.write() as tx:
                bulk.insert(tx, table, batch)
    if not db.is_sqlite:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _links(sync: Sync, now: int) -> Iterator[dict[str, Any]]:
    for number in range(PEOPLE):
        base = dump(_values(number))
        yield {
            "id": f"lnk_{number}",
            "workspace_id": sync.workspace_id,
            "sync_id": sync.id,
            "a_id": f"a{number}",
            "b_id": f"b{number}",
            "base_a": base,
            "base_b": base,
            "linked_by": "e-mail",
            "linked_at": now - _DAY,
        }


def _values(number: int) -> dict[str, Any]:
    return {
        "first_name": _FIRST[number % 10],
        "last_name": f"{_LAST[number // 10 % 10]} {number}",
        "email": f"person{number}@example.com",
        "phone": f"+61412{number:06d}",
        "city": "Perth",
        "tags": ("lead", "newsletter"),
    }


def _records(sync: Sync, now: int) -> Iterator[dict[str, Any]]:
    for side in ("a", "b"):
        for number in range(PEOPLE):
            values = _values(number)
            fields = dump(values)
            label = f"{values['first_name']} {values['last_name']}"
            yield {
                "sync_id": sync.id,
                "side": side,
                "record_id": f"{side}{number}",
                "workspace_id": sync.workspace_id,
                "link_id": f"lnk_{number}",
                "fields": fields,
                "print": fingerprint(fields),
                "read_at": now,
                "changed_at": now - _DAY,
                "strong": values["email"],
                "weak": values["phone"],
                "label": label,
                "label_key": label.casefold(),
                "state": "known",
            }


def _lines(sync: Sync, now: int) -> Iterator[dict[str, Any]]:
    for number in range(LINES):
        person = number % PEOPLE
        yield {
            "workspace_id": sync.workspace_id,
            "sync_id": sync.id,
            "run_id": f"run_{number % RUNS}",
            "link_id": f"lnk_{person}",
            "side": "b",
            "record_id": f"b{person}",
            "label": f"Person {person}",
            "what": "updated",
            "before": '{"city":"Perth"}',
            "after": '{"city":"Hobart"}',
            "why": '{"city":"changed there only"}',
            "at": now - _DAY + number * _DAY // LINES,
        }


def _runs(sync: Sync, now: int) -> Iterator[dict[str, Any]]:
    for number in range(RUNS):
        at = now - (RUNS - number) * 60_000
        yield {
            "id": f"run_{number}",
            "workspace_id": sync.workspace_id,
            "sync_id": sync.id,
            "kind": "poll",
            "phase": "done",
            "state": "done",
            "counts": "{}",
            "started_at": at,
            "finished_at": at + 1_000,
        }


def _tallies(sync: Sync, now: int) -> Iterator[dict[str, Any]]:
    for hours in range(24):
        for seconds in (1, 2, 5, 10, 30, 60):
            yield {
                "hour": now - now % HOUR_MS - hours * HOUR_MS,
                "what": "sync",
                "subject_id": sync.id,
                "latency": class_of(seconds * 1000),
                "workspace_id": sync.workspace_id,
                "done": LINES // 144,
                "failed": 0,
            }


BENCH = Bench(
    "overview",
    "the overview and people, at 100,000 contacts and 1,000,000 lines of history",
    measure,
)
