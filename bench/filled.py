"""A store as it is after years: two apps with 100,000 contacts each, all linked, and what was done.

1,000,000 lines of history, 1,000 runs, a day of tallies; and for screens that list them 100,000 runs
of one flow and 20,000 entries of the audit log. All of it is written straight into the tables.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.databases import KINDS, fresh
from bench.measuring import Figures
from instep.bootstrap import Instep, assemble
from instep.connectors import memory
from instep.core.fingerprint import dump, fingerprint
from instep.core.latency import class_of
from instep.core.people.chain import FIRST, digest
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.settings import Settings
from instep.store import bulk
from instep.store.database import Database
from instep.store.schema.audit import audit_entry
from instep.store.schema.flows import flow, flow_run, flow_version
from instep.store.schema.syncs import history, link, record, run
from instep.store.schema.tallies import tally
from instep.store.syncs import Sync
from instep.store.tallies import HOUR_MS
from instep.store.workspaces import DEFAULT_WORKSPACE

PEOPLE, LINES, RUNS = 100_000, 1_000_000, 1_000
FLOW_RUNS, ENTRIES = 100_000, 20_000
FLOW = "flw_bench"
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


async def on_both(measure: Callable[[Settings], Awaitable[dict[str, float]]]) -> Figures:
    """Measure once on each database, with a folder of its own."""
    figures: dict[str, float] = {}
    for kind in KINDS:
        with fresh(kind) as url, tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
            told = await measure(Settings(data_dir=Path(folder), database_url=url, port=0))
        figures |= {f"{kind}_{name}": value for name, value in told.items()}
    return figures


@asynccontextmanager
async def old_store(settings: Settings) -> AsyncIterator[tuple[Instep, Sync]]:
    """Open a store as it is after years of one sync of people."""
    apps = [memory.install(memory.MemoryApp(f"bench-{side}")) for side in ("a", "b")]
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        for app in apps:
            await instep.connections.connect(Typed("memory", app.name, settings={"name": app.name}))
        sync = await instep.syncs.create(Wanted("people", apps[0].name, apps[1].name))
        fill(instep.db, sync)
        yield instep, sync
    for app in apps:
        memory.uninstall(app.name)


def fill(db: Database, sync: Sync) -> None:
    """Write contacts, links, history, runs and tallies of a sync."""
    now = int(time.time() * 1000)
    _write(
        db,
        (link, _links(sync, now)),
        (record, _records(sync, now)),
        (history, _lines(sync, now)),
        (run, _runs(sync, now)),
        (tally, _tallies(sync, now)),
    )


def fill_lists(db: Database) -> None:
    """Write runs of a flow, some of them given up on, and entries of the audit log."""
    now = int(time.time() * 1000)
    _write(
        db,
        (flow, [_flow(now)]),
        (flow_version, [_version(now)]),
        (flow_run, _flow_runs(now)),
        (audit_entry, _entries(now)),
    )


def _write(db: Database, *tables: tuple[sa.Table, Iterable[dict[str, Any]]]) -> None:
    for table, rows in tables:
        left = iter(rows)
        while batch := [*islice(left, _BATCH)]:
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


def _flow(now: int) -> dict[str, Any]:
    return {
        "id": FLOW,
        "workspace_id": DEFAULT_WORKSPACE,
        "name": "welcome",
        "version": 1,
        "state": "active",
        "failures": 0,
        "shard": 0,
        "address": 1,
        "created_at": now,
        "changed_at": now,
    }


def _version(now: int) -> dict[str, Any]:
    document = {"id": "welcome", "trigger": {"kind": "manual"}, "steps": []}
    return {
        "flow_id": FLOW,
        "number": 1,
        "workspace_id": DEFAULT_WORKSPACE,
        "document": json.dumps(document),
        "published_at": now,
    }


def _flow_runs(now: int) -> Iterator[dict[str, Any]]:
    for number in range(FLOW_RUNS):
        at = now - (FLOW_RUNS - number) * 1_000
        yield {
            "workspace_id": DEFAULT_WORKSPACE,
            "key": f"key_{number}",
            "flow_id": FLOW,
            "version": 1,
            "shard": 0,
            "origin": "manual",
            "order_key": f"key_{number}",
            "ordered_at": at,
            "record_id": f"a{number % PEOPLE}",
            "item": f'{{"email":"person{number}@example.com"}}',
            "state": "dead" if number % 100 == 0 else "done",
            "due_at": at,
            "replayed": 0,
            "created_at": at,
            "started_at": at,
            "ended_at": at + 400,
        }


def _entries(now: int) -> Iterator[dict[str, Any]]:
    previous = FIRST
    for number in range(1, ENTRIES + 1):
        said = {
            "workspace_id": DEFAULT_WORKSPACE,
            "at": now - (ENTRIES - number) * 60_000,
            "actor_kind": "user",
            "actor_id": "usr_ann",
            "actor": "ann",
            "origin": "127.0.0.1",
            "act": "sync pause",
            "noun": "sync",
            "object_id": "syn_people",
            "object": "people",
            "changes": "[]",
        }
        made = digest(previous, number, said)
        yield {**said, "number": number, "previous": previous, "digest": made}
        previous = made
