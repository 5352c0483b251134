"""Who drains what, and when: the only module that knows DBOS.

DBOS holds one workflow per drain of a shard, never one per record (facts: engine). A tick finds
what is due: a drain that lingers here is woken, another one started at once, and only where this
process has enough to do it is put into the queue. A drain's steps are sittings, each of them safe to
repeat. Only public calls of the MIT package are used, so that the engine underneath can be replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Collection, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID

from instep.engine.beside import rung
from instep.engine.draining import Engine
from instep.engine.work import to_ms
from instep.store import workers
from instep.store.ids import new_id
from instep.store.shards import DrainOvertaken, Fence

PROTOCOL = "1"
"""DBOS recovers only workflows of its own application version. Bump it when the order of a drain's
steps changes, after letting the running drains end."""

QUEUE = "drains"
AT_ONCE = 8
"""Drains at work at once in this process, started at once or taken from the queue."""

SITTINGS = 60
"""Sittings of one drain before it hands on to a fresh one: step lists stay short."""

LONGEST_SITTING = 600.0
"""Seconds after which a drain ends that was woken again and again: others get their turn."""

_ROUNDS_AT_ONCE = 3
"""How often a drain goes on by itself with what has become due; after that the tick tells it."""

TICK_SECONDS = 1.0
BETWEEN_TICKS = 0.02
DEAD_AFTER_MS = 15_000
_SWEPT_AT_ONCE = 1_000
KEEP_FINISHED = timedelta(hours=1)
SWEEP_EVERY = timedelta(minutes=10)
"""DBOS keeps finished workflows for ever; what they did is in our own tables."""

log = structlog.get_logger()


class Jobs:
    """The running engine of this process. Start it once; DBOS itself is one per process."""

    def __init__(self, engine: Engine, *, worker: str) -> None:
        self._engine = engine
        self._lingering = engine.lingering
        self._worker = worker
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._stopping = threading.Event()
        self._beat_at = 0.0
        self._sweep_at = engine.clock.now() + SWEEP_EVERY
        self._ticking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Launch DBOS on our database, take up what this worker left, and begin ticking."""
        await asyncio.to_thread(self._launch)
        self._ticking = asyncio.create_task(self._tick_for_ever())

    def _launch(self) -> None:
        logging.getLogger("dbos").setLevel(logging.WARNING)
        config: DBOSConfig = {
            "name": "instep",
            "system_database_url": self._engine.db.url,
            "application_version": PROTOCOL,
            "executor_id": self._worker,
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 1.0,
        }
        DBOS(config=config)
        _Current.jobs = self
        DBOS.launch()
        # only what finds no room at once comes here, and each look costs more than our own tick
        DBOS.register_queue(
            QUEUE, partition_concurrency=1, worker_concurrency=AT_ONCE, polling_interval_sec=0.5
        )

    async def stop(self) -> None:
        """End ticking and let the pieces under way finish."""
        self._stopping.set()
        self._lingering.close()
        if self._ticking is not None:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=10)
        _Current.jobs = None

    def wake(self) -> None:
        """Look for due work at once; callable from any thread."""
        self._loop.call_soon_threadsafe(self._wake.set)

    async def _tick_for_ever(self) -> None:
        while True:
            try:
                await self._tick()
            except Exception:
                log.exception("tick failed")  # the next tick tries again; work is in the tables
            ticked_at = time.monotonic()
            await rung(self._wake, TICK_SECONDS)
            # many wake it at once: one look is enough for all of them
            await asyncio.sleep(max(0.0, ticked_at + BETWEEN_TICKS - time.monotonic()))
            self._wake.clear()

    async def _tick(self) -> None:
        if time.monotonic() >= self._beat_at:
            self._beat_at = time.monotonic() + TICK_SECONDS
            await self._beat()
            await self._sweep()
        due = await self._engine.due_shards()
        missing = self._engine.ring(due)
        if missing:
            room = AT_ONCE - self._lingering.busy
            await asyncio.to_thread(_start_missing, missing, room)

    async def _beat(self) -> None:
        """Say that this worker lives, and take over what dead ones left."""
        now = to_ms(self._engine.clock.now())
        db = self._engine.db
        dead = await db.run(lambda tx: workers.beat(tx, self._worker, now, DEAD_AFTER_MS))
        if dead:
            await asyncio.to_thread(_take_over, dead)
            await db.run(lambda tx: workers.forget(tx, dead))

    async def _sweep(self) -> None:
        """Let DBOS forget drains that ended a while ago, every now and then."""
        now = self._engine.clock.now()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY
            await asyncio.to_thread(_forget_finished, now - KEEP_FINISHED)
            await self._engine.sweep()

    def sit(self, shard: int) -> bool:
        """Carry out one sitting of a drain; called by DBOS from its own threads.

        Returns whether more is due right now.
        """
        return self._wait_for(self._sit(shard)) and not self._stopping.is_set()

    async def _sit(self, shard: int) -> bool:
        """Drain until nothing was due for a while. What is rung while it works is not lost."""
        with self._lingering.draining(shard):
            try:
                return await self._drain_and_linger(await self._engine.take(shard))
            except DrainOvertaken:
                log.info("drain overtaken", shard=shard)
                return False

    async def _drain_and_linger(self, fence: Fence) -> bool:
        ends_at = time.monotonic() + LONGEST_SITTING
        at_once = 0  # rounds since somebody rang
        while True:
            self._lingering.heard(fence.shard)
            if await self._engine.drain(fence):
                return True
            if time.monotonic() >= ends_at or self._stopping.is_set():
                return False
            at_once += 1
            # a hint that came during a run is due as soon as that ends; but never a hot loop
            if at_once <= _ROUNDS_AT_ONCE and fence.shard in await self._engine.due_shards():
                continue
            if not await self._lingering.wait(fence.shard):
                return False
            at_once = 0

    def _wait_for(self, work: Coroutine[Any, Any, bool]) -> bool:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _Current:
    """DBOS finds workflows by name in the module, so they find this process's Jobs here."""

    jobs: Jobs | None = None


@DBOS.workflow(name="drain")
def _drain(shard: int) -> int:
    for sitting in range(SITTINGS):
        if not _sit(shard):
            return sitting + 1
    _enqueue(shard)
    return SITTINGS


@DBOS.step(name="advance")
def _sit(shard: int) -> bool:
    return _Current.jobs is not None and _Current.jobs.sit(shard)


def _start_missing(shards: Collection[int], room: int) -> None:
    """Start a drain for each of these shards that has none yet; beyond `room`, enqueue it.

    Two workers may do so at the same moment: the shard's fence lets one of the two write.
    """
    waiting = DBOS.list_workflows(
        name="drain", status=["ENQUEUED", "PENDING"], load_input=False, load_output=False
    )
    missing = set(shards) - {_shard_of(each.workflow_id) for each in waiting}
    for place, shard in enumerate(sorted(missing)):
        if place < room:
            _start(shard)
        else:
            _enqueue(shard)


def _start(shard: int) -> None:
    with SetWorkflowID(_new_drain_id(shard)):
        DBOS.start_workflow(_drain, shard)


def _enqueue(shard: int) -> None:
    with SetWorkflowID(_new_drain_id(shard)), SetEnqueueOptions(queue_partition_key=str(shard)):
        DBOS.enqueue_workflow(QUEUE, _drain, shard)


def _new_drain_id(shard: int) -> str:
    return f"drain:{shard}:{new_id('drn')}"


def _forget_finished(before: datetime) -> None:
    ended = DBOS.list_workflows(
        name="drain",
        status=["SUCCESS", "ERROR", "CANCELLED"],
        completed_before=before.isoformat(),
        limit=_SWEPT_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if ended:
        DBOS.delete_workflows([each.workflow_id for each in ended])


def _shard_of(drain_id: str) -> int:
    return int(drain_id.split(":")[1])


def _take_over(dead: list[str]) -> None:
    """Enqueue again what dead workers were draining; the fence stops one that wakes up later."""
    left = DBOS.list_workflows(
        name="drain", status="PENDING", executor_id=dead, load_input=False, load_output=False
    )
    if left:
        log.warning("taking over drains of dead workers", workers=dead, drains=len(left))
        # not into our own queue: one that was started at once has no partition there
        DBOS.resume_workflows([each.workflow_id for each in left])
