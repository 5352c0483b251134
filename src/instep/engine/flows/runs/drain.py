"""One drain of one shard of flows: many runs on their way, those of one record one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa
import structlog

from instep.core.flow.model import Flow
from instep.engine.flows.runs.carrying import Carrier
from instep.engine.flows.runs.journey import Change, Journey
from instep.engine.flows.triggers.starting import Due, Starter
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import runs, steps, triggers
from instep.store.flows.runs import RunRow, Standing
from instep.store.flows.steps import StepRow
from instep.store.flows.triggers import TriggerRow
from instep.store.shards import DrainOvertaken, Fence

AT_ONCE = 128
"""Runs of one shard that are carried at once."""

AHEAD = 256
"""Runs that are read ahead."""

LONGEST_SECONDS = 300.0
"""After so long a drain takes nothing new, so that it can be handed on."""

_GLANCE_SECONDS = 1.0
_BETWEEN_LOOKS = 0.01

log = structlog.get_logger()

_UNREAD = (
    "This version of Instep cannot read the version of the flow that it belongs to. Publish the flow "
    "again, then replay the run on the newest version."
)

Found = tuple[RunRow, dict[str, StepRow]]
"""A run, and the steps it has come by."""


class Library(Protocol):
    """Knows the flows that runs belong to."""

    db: Database
    clock: Clock

    async def opened(self, wanted: set[tuple[str, int]]) -> Mapping[tuple[str, int], Flow]:
        """Return these versions of flows, read."""

    async def journeys(self, found: Sequence[Found]) -> Sequence[Journey]:
        """Return these runs ready to be carried on."""


@dataclass(slots=True)
class Drain:
    """What is on its way of one shard. Rung, it looks at once for what has become due."""

    library: Library
    fence: Fence
    carrier: Carrier
    starter: Starter
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _rung: bool = True
    _ended: list[asyncio.Task[None]] = field(default_factory=list)
    _ahead: deque[Journey] = field(default_factory=deque)
    _going: dict[asyncio.Task[None], Journey] = field(default_factory=dict)
    _starting: dict[asyncio.Task[None], str] = field(default_factory=dict)
    _looked_at: float = 0.0

    async def go(self) -> bool:
        """Take what is due until nothing is, or time is up; return whether more is due."""
        ends_at = time.monotonic() + LONGEST_SECONDS
        try:
            while True:
                in_time = time.monotonic() < ends_at
                if in_time and self._has_room:
                    await self._look()
                self._begin()
                if not self._going and not self._starting:
                    return not in_time
                await self._wait()
        finally:
            await self._leave()

    def ring(self) -> None:
        """Say that something has become due."""
        self._rung = True
        self._bell.set()

    @property
    def _has_room(self) -> bool:
        return not self._ahead and len(self._going) <= AT_ONCE // 2

    async def _look(self) -> None:
        """Read what is due and is not on its way; not all the time, unless the bell has rung."""
        pause = self._looked_at + _BETWEEN_LOOKS - time.monotonic()
        if pause > 0 and not self._rung:
            await asyncio.sleep(pause)
        self._rung = False
        self._looked_at = time.monotonic()
        due, found = await self._due()
        await self._start(due)
        journeys = await self.library.journeys(found)
        self._ahead.extend(journeys)
        readable = {each.run.id for each in journeys}
        for run in (run for run, _ in found if run.id not in readable):
            now = to_ms(self.library.clock.now())
            await self.carrier.store(Change(run, (), Standing("stopped", now, sentence=_UNREAD)))

    async def _due(self) -> tuple[list[tuple[TriggerRow, int]], list[Found]]:
        now = to_ms(self.library.clock.now())
        busy = {each.run.id for each in self._going.values()}
        keys = {_key(each.run) for each in self._going.values()}
        shard = self.fence.shard

        def read(tx: sa.Connection) -> tuple[list[tuple[TriggerRow, int]], list[Found]]:
            rows = runs.due(tx, shard, now, AHEAD, busy)
            fresh = [row for row in rows if _key(row) not in keys]
            known = steps.of_runs(tx, [row.id for row in fresh]) if fresh else {}
            return triggers.due(tx, shard, now), [(row, known[row.id]) for row in fresh]

        return await self.library.db.run_read(read)

    def _begin(self) -> None:
        """Carry on what was read ahead, as far as there is room."""
        busy = {_key(each.run) for each in self._going.values()}
        while self._ahead and len(self._going) < AT_ONCE:
            journey = self._ahead.popleft()
            # several that wait because their flow says so may come due together
            if _key(journey.run) not in busy:
                busy.add(_key(journey.run))
                self._going[self._task(self.carrier.carry(journey))] = journey

    async def _start(self, due: Sequence[tuple[TriggerRow, int]]) -> None:
        fresh = [(row, version) for row, version in due if row.flow_id not in self._busy_flows]
        if fresh:
            flows = await self.library.opened({(row.flow_id, version) for row, version in fresh})
            for row, version in fresh:
                if (row.flow_id, version) in flows:
                    started = self._start_one(Due(row, flows[row.flow_id, version], version))
                    self._starting[self._task(started)] = row.flow_id

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin some work; its end rings the bell."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[None]) -> None:
        self._ended.append(task)
        self._bell.set()

    @property
    def _busy_flows(self) -> set[str]:
        return set(self._starting.values())

    async def _start_one(self, due: Due) -> None:
        try:
            await self.starter.start(due, self.fence)
        except DrainOvertaken:
            raise
        except Exception:  # a fault of ours: it is tried again later
            log.exception("trigger failed", flow=due.flow.id)
            await self.starter.note_fault(due, self.fence)

    async def _wait(self) -> None:
        """Wait until something ended, or somebody rings; let what ended be seen."""
        # not asyncio.wait, which would look at everything that is going each time
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GLANCE_SECONDS):
                await self._bell.wait()
        self._bell.clear()
        ended, self._ended = self._ended, []
        for task in ended:
            self._going.pop(task, None)
            self._starting.pop(task, None)
        for task in ended:
            task.result()  # raises DrainOvertaken, if that is how it ended

    async def _leave(self) -> None:
        left = [*self._going, *self._starting]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _key(run: RunRow) -> tuple[str, str]:
    return run.flow_id, run.order_key
