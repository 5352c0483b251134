"""Who drains what, and when: the only module that knows DBOS.

DBOS holds one workflow per drain of a shard, never one per record (facts: engine). A tick finds
what is due; a drain's steps are pieces of `Engine.advance`, each safe to repeat. Only public calls
of the MIT package are used, so that the engine underneath can be replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID

from instep.engine.draining import Engine
from instep.engine.work import to_ms
from instep.store import syncs, workers
from instep.store.ids import new_id

PROTOCOL = "1"
"""DBOS recovers only workflows of its own application version. Bump it when the order of a drain's
steps changes, after letting the running drains end."""

QUEUE = "drains"
PIECES = 60
"""Pieces of one drain before it hands on to a fresh one: step lists stay short."""

TICK_SECONDS = 1.0
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
        self._worker = worker
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._stopping = threading.Event()
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
        DBOS.register_queue(
            QUEUE, partition_concurrency=1, worker_concurrency=8, polling_interval_sec=0.25
        )

    async def stop(self) -> None:
        """End ticking and let the pieces under way finish."""
        self._stopping.set()
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
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TICK_SECONDS)
            self._wake.clear()

    async def _tick(self) -> None:
        now = to_ms(self._engine.clock.now())
        db = self._engine.db
        dead = await db.run(lambda tx: workers.beat(tx, self._worker, now, DEAD_AFTER_MS))
        if dead:
            await asyncio.to_thread(_take_over, dead)
            await db.run(lambda tx: workers.forget(tx, dead))
        await self._sweep()
        due = await db.run_read(lambda tx: syncs.due(tx, now))
        if due:
            await asyncio.to_thread(_enqueue_missing, {sync.shard for sync in due})

    async def _sweep(self) -> None:
        """Let DBOS forget drains that ended a while ago, every now and then."""
        now = self._engine.clock.now()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY
            await asyncio.to_thread(_forget_finished, now - KEEP_FINISHED)

    def advance(self, shard: int) -> bool:
        """Carry out one piece of a drain; called by DBOS from its own threads."""
        return self._wait_for(self._engine.advance(shard)) and not self._stopping.is_set()

    def _wait_for(self, work: Coroutine[Any, Any, bool]) -> bool:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _Current:
    """DBOS finds workflows by name in the module, so they find this process's Jobs here."""

    jobs: Jobs | None = None


@DBOS.workflow(name="drain")
def _drain(shard: int) -> int:
    for piece in range(PIECES):
        if not _advance(shard):
            return piece + 1
    _enqueue(shard)
    return PIECES


@DBOS.step(name="advance")
def _advance(shard: int) -> bool:
    return _Current.jobs is not None and _Current.jobs.advance(shard)


def _enqueue_missing(shards: set[int]) -> None:
    """Enqueue a drain for each of these shards that has none waiting or running."""
    waiting = DBOS.list_workflows(
        name="drain", status=["ENQUEUED", "PENDING"], load_input=False, load_output=False
    )
    for shard in shards - {_shard_of(each.workflow_id) for each in waiting}:
        _enqueue(shard)


def _enqueue(shard: int) -> None:
    drain_id = f"drain:{shard}:{new_id('drn')}"
    with SetWorkflowID(drain_id), SetEnqueueOptions(queue_partition_key=str(shard)):
        DBOS.enqueue_workflow(QUEUE, _drain, shard)


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
        DBOS.resume_workflows([each.workflow_id for each in left], queue_name=QUEUE)
