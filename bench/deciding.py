"""Decide and store, without HTTP: how many records a second the middle of the engine moves.

Each side holds 10,000 contacts that come in pages of 500. Of every ten people eight are equal on
both sides, one differs in a field and one is on one side only. Timed is the engine's own way of a
first run, every transaction durable: taking the pages into the store (`records.take`), and
deciding batch by batch until nothing is noticed any more (`decide_batch`: match, merge, plan;
links, effects, history). Bringing an app's raw values into comparable form (`Work.seen`:
projection, phone numbers) is timed beside it and counted into the second rate only.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.databases import KINDS, fresh
from bench.measuring import Bench, Figures
from instep.bootstrap import Instep, assemble
from instep.connectors import memory
from instep.core.mapping import SideName
from instep.core.records import Record, Value
from instep.engine.deciding import decide_batch
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.engine.work import Side, Work, to_ms
from instep.settings import Settings
from instep.store import records, runs, shards, statistics
from instep.store.records import Seen
from instep.store.runs import Run

PAGE = 500


@dataclass(frozen=True, slots=True)
class Account:
    """How many contacts each side holds, and how many of them differ, and are on one side only."""

    people: int
    odd: int = 0


TEN_THOUSAND = Account(10_000, 1_000)


@dataclass(slots=True)
class Seconds:
    """Where the time went."""

    normalising: float = 0.0
    storing: float = 0.0
    deciding: float = 0.0
    busy: float = 0.0  # processor seconds of storing and deciding, whoever else uses the machine


async def measure() -> Figures:
    """Measure once on each database."""
    figures: dict[str, float] = {}
    for kind in KINDS:
        with fresh(kind) as url, tempfile.TemporaryDirectory() as folder:
            settings = Settings(database_url=url, data_dir=Path(folder))
            async with assemble(settings, available={"memory": memory.connector}) as instep:
                seconds = await go_through(instep, TEN_THOUSAND)
        moved = 2 * TEN_THOUSAND.people
        timed = seconds.storing + seconds.deciding
        figures |= {
            f"{kind}_records_per_s": moved / timed,
            f"{kind}_storing_s": seconds.storing,
            f"{kind}_deciding_s": seconds.deciding,
            f"{kind}_processor_s": seconds.busy,
            f"{kind}_normalising_s": seconds.normalising,
            f"{kind}_with_normalising_records_per_s": moved / (timed + seconds.normalising),
        }
    return figures


async def go_through(instep: Instep, account: Account) -> Seconds:
    """Take both sides in and decide about everybody; return where the time went."""
    work, run = await _open(instep)
    seconds = Seconds()
    for side in (work.a, work.b):
        await _take(work, run, side, account, seconds)
    began, busy = time.perf_counter(), time.process_time()
    await work.db.run(statistics.refresh)
    after = await decide_batch(work, run, None)
    while after is not None:
        after = await decide_batch(work, run, after)
    seconds.deciding = time.perf_counter() - began
    seconds.busy += time.process_time() - busy
    await _check(work, run, account)
    return seconds


async def _open(instep: Instep) -> tuple[Work, Run]:
    for name in ("here", "there"):
        memory.install(memory.MemoryApp(name))
        await instep.connections.connect(
            Typed("memory", name, country="US", settings={"name": name})
        )
    sync = await instep.syncs.create(Wanted("bench", "here", "there"))
    now = to_ms(instep.engine.clock.now())
    fence = await instep.db.run(lambda tx: shards.take(tx, sync.shard, instep.engine.owner, now))
    work = await instep.engine.open(sync, fence)
    return work, await instep.engine.start(work)


async def _take(work: Work, run: Run, side: Side, account: Account, seconds: Seconds) -> None:
    for records_of_page in pages(side.name, account):
        began = time.perf_counter()
        page = [work.seen(side, record) for record in records_of_page]
        normalised, busy = time.perf_counter(), time.process_time()
        await _store(work, run, side, page)
        seconds.normalising += normalised - began
        seconds.storing += time.perf_counter() - normalised
        seconds.busy += time.process_time() - busy


async def _store(work: Work, run: Run, side: Side, page: Sequence[Seen]) -> None:
    scope = work.scope(run)
    await work.write(
        lambda tx: records.take(
            tx, scope, side.name, page, source=run.kind, trusted_since=scope.now
        )
    )


async def _check(work: Work, run: Run, account: Account) -> None:
    """Refuse to report a speed at which the wrong things were decided."""
    counts = (await work.read(lambda tx: runs.get(tx, run.id))).counts
    wanted = {
        "matched": account.people - account.odd,
        "to_update": account.odd,
        "to_create_a": account.odd,
        "to_create_b": account.odd,
    }
    found = {word: counts.get(word, 0) for word in wanted}
    if found != wanted:
        raise AssertionError(f"decided {found}, but it should have been {wanted}")


def pages(side: SideName, account: Account) -> Iterator[list[Record]]:
    """Yield one side's contacts page by page, invented as they are asked for.

    Nothing is held that an app would hold: what Python has to look after is the engine's alone.
    """
    for start in range(0, account.people, PAGE):
        end = min(start + PAGE, account.people)
        yield [_contact(side, place, account) for place in range(start, end)]


def _contact(side: SideName, place: int, account: Account) -> Record:
    """Return the contact at one place; side B comes in an order of its own."""
    number = place if side == "a" else place * _STRIDE % account.people
    group = side if number >= account.people - account.odd else "both"
    values = _values(group, number)
    if side == "b" and number < account.odd:
        values["city"] = "Turin"
    return Record(f"{side}-{place:06}", values, "1", "2026-01-01T00:00:00Z")


_STRIDE = 7_919  # a prime: a walk by it meets every number once
_AREAS = {"both": 212, "a": 213, "b": 415}


def _values(group: str, number: int) -> dict[str, Value]:
    return {
        "first_name": ("Ada", "Grace", "Alan", "Edsger", "Barbara")[number % 5],
        "last_name": f"Lovelace-{group}-{number}",
        "email": f"{group}.{number}@Example.com",
        "phone": f"({_AREAS[group]}) {200 + number // 10_000}-{number % 10_000:04}",
        "address": f"{number} Analytical Way",
        "city": ("London", "Boston", "Leiden")[number % 3],
        "state": "MA",
        "postal_code": f"{number:05}",
        "country": "US",
        "date_of_birth": f"19{10 + number % 90}-0{1 + number % 9}-15",
        "website": f"https://example.com/{group}/{number}",
        "company": "Analytical Engines",
        "tags": ("lead", f"batch {number % 7}"),
        "opted_out": False,
    }


BENCH = Bench("deciding", "store and decide 10,000 contacts a side, without HTTP", measure)
