"""Who posts, and when: one process of all that share a database, beside its drains.

The right to post is a lease, and every outcome is written under a fence: a process that was killed is
taken over once its lease is over, and one that only slept can write nothing more. What it had on its
way is posted again, under the same id. Each connection is posted to by itself, so that a slow
receiver keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from instep.core.errors import ConnectionBroken, UserError
from instep.core.posting import pause
from instep.core.retention import What
from instep.engine.beside import Beside, rung
from instep.engine.faults import AFTER_FAULT
from instep.engine.posting import Outlet, Round, open_outlet
from instep.engine.turns import LEASE, Turn
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.connector import Transport
from instep.store import postings, retention
from instep.store.connections import Connection, Connections
from instep.store.database import Database
from instep.store.shards import OF_POSTINGS, DrainOvertaken, Fence
from instep.store.workspaces import DEFAULT_WORKSPACE

BATCH = 50
"""Postings whose outcomes are stored together. So many may be posted twice after a kill."""

_TICK_SECONDS = 1.0
_PATIENCE_SECONDS = LEASE.total_seconds() + 1.0
_GLANCE_SECONDS = 0.25
_SWEEP_EVERY = timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(slots=True)
class _Resting:
    """A receiver that is left alone: after how many rounds without an answer, until when."""

    rounds: int
    until: datetime


@dataclass(slots=True)
class Outlets:
    """What posts for this process. One per process; its coroutines run in one event loop.

    `keep` is how long what was sent is remembered.
    """

    db: Database
    connections: Connections
    clock: Clock
    transport: Transport
    keep: timedelta
    chance: Callable[[], float] = random.random
    _turn: Turn = field(init=False)
    _sweep_at: datetime | None = field(default=None, init=False)
    _beside: Beside = field(default_factory=Beside, init=False)
    _resting: dict[str, _Resting] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Wait for the turn to post."""
        self._turn = Turn(self.db, self.clock, "postings", OF_POSTINGS)

    def start(self) -> None:
        """Begin to post what is due, as it becomes due."""
        self._beside.start(self._go_on())

    async def stop(self) -> None:
        """Let what is on its way finish for some seconds, and leave the rest to others."""
        await self._beside.stop()
        await self._turn.give_back()

    def wake(self) -> None:
        """Look for due postings at once; called in the event loop."""
        self._beside.bell.set()

    async def post_due(self, only: Collection[str] | None = None) -> bool:
        """Post everything that is due now, of all connections or of these, and wait for it.

        Returns False if another process does the posting: then it is left to that one.
        """
        while True:
            due = [each for each in await self._due() if only is None or each in only]
            if due and not await self._may_post():
                return False
            self._begin(due)
            busy = [
                task for each, task in self._beside.rounds.items() if only is None or each in only
            ]
            if not busy:
                return True
            await asyncio.gather(*busy)

    async def settle(self, connection_ids: Collection[str]) -> bool:
        """As `post_due`, but while another process does the posting, wait for it a while.

        It may be about to end, or may have been killed. Returns False if it does the posting still.
        """
        ends_at = time.monotonic() + _PATIENCE_SECONDS
        while not await self.post_due(connection_ids):
            if time.monotonic() >= ends_at:
                return False
            await asyncio.sleep(_GLANCE_SECONDS)
        return True

    async def _go_on(self) -> None:
        while True:
            self._beside.bell.clear()
            try:
                due = await self._due()
                if (due or self._beside.rounds) and await self._may_post():
                    self._begin(due)
                await self._sweep()
            except Exception:
                log.exception("postings not looked at")  # the next look tries again
            await rung(self._beside.bell, _TICK_SECONDS)

    async def _due(self) -> list[str]:
        """Return the connections that something can be posted to now and is not yet."""
        now = self.clock.now()
        due = await self.db.run_read(lambda tx: postings.due_connections(tx, to_ms(now)))
        resting = {name for name, each in self._resting.items() if each.until > now}
        return [each for each in due if each not in resting and each not in self._beside.rounds]

    async def _may_post(self) -> bool:
        """Whether it is our turn, or can be; False while another process has it."""
        return await self._turn.take() is not None

    def _begin(self, due: Collection[str]) -> None:
        for each in due:
            fence = self._turn.fence
            if fence is not None and each not in self._beside.rounds:
                self._beside.rounds[each] = asyncio.create_task(self._empty(each, fence))

    async def _empty(self, connection_id: str, fence: Fence) -> None:
        """Post what is due for a connection, until nothing is or its receiver wants a rest."""
        try:
            while await self._post_some(connection_id, fence):
                pass
        except DrainOvertaken:
            log.info("posting overtaken", connection=connection_id)
            self._turn.lost()
        except Exception:  # a fault of ours: nothing is lost, and it is tried again later
            log.exception("posting failed", connection=connection_id)
            self._resting[connection_id] = _Resting(0, self.clock.now() + AFTER_FAULT)
        finally:
            del self._beside.rounds[connection_id]

    async def _post_some(self, connection_id: str, fence: Fence) -> bool:
        """Post a batch and store what came of it; return whether to go on at once."""
        now = to_ms(self.clock.now())
        due = await self.db.run_read(lambda tx: postings.due(tx, connection_id, now, BATCH))
        if not due:
            return False
        found = await self.connections.get(connection_id)
        try:
            outlet = open_outlet(found, await self.connections.secrets(found))
        except (UserError, ConnectionBroken) as error:
            await self._store(found, fence, str(error), ())
            return False
        done = Round(outlet, self.transport, self.clock, self.chance)
        await done.post(due)
        await self._store(found, fence, done.stopped, done.tried)
        self._rest(found, outlet, done)
        return not (done.busy or done.stopped)

    async def _store(
        self,
        found: Connection,
        fence: Fence,
        stopped: str | None,
        tried: Collection[postings.Tried],
    ) -> None:
        now = to_ms(self.clock.now())

        def store(tx: sa.Connection) -> None:
            fence.check(tx)
            postings.store(tx, [*tried])
            if stopped is not None:
                postings.stop(tx, found.workspace_id, found.id, stopped, now)

        await self.db.run(store)
        if stopped is not None:
            log.warning("posting stopped", connection=found.name, why=stopped)

    def _rest(self, found: Connection, outlet: Outlet, done: Round) -> None:
        """Leave a receiver alone for a while that does not answer or asks for patience."""
        if not done.busy:
            self._resting.pop(found.id, None)
            return
        before = self._resting.get(found.id)
        rounds = 1 if before is None else before.rounds + 1
        until = self.clock.now() + timedelta(seconds=pause(rounds))
        until = max(until, done.retry_at or until)
        self._resting[found.id] = _Resting(rounds, until)
        log.info("receiver rests", connection=found.name, where=outlet.where, until=str(until))

    async def _sweep(self) -> None:
        """Forget what was sent long ago, every now and then."""
        now = self.clock.now()
        if self._sweep_at is None or now >= self._sweep_at:
            self._sweep_at = now + _SWEEP_EVERY
            await self.db.run(lambda tx: _forget(tx, now, self.keep))


def _forget(tx: sa.Connection, now: datetime, usual: timedelta) -> None:
    """Forget what was sent longer ago than it is to be kept."""
    keep = retention.keep(tx, DEFAULT_WORKSPACE, What.SENT, usual)
    postings.forget(tx, to_ms(now - keep))
