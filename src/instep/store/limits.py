"""One budget per credential, shared by every worker: the pace lives in a row, leased in blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

import sqlalchemy as sa

from instep.sdk.clock import Clock
from instep.sdk.limits import Limits, Observed, Purpose
from instep.sdk.pacing import Pace, Permits, learn, lease, start
from instep.store.connections import Connection
from instep.store.database import Database, insert_into
from instep.store.schema.connections import connection, pace

BLOCK = 16
"""The most permits leased at once, so that one worker's crowd does not shut out the others; where
the app allows many a second, what is used up in _BLOCK_SECONDS."""

_BLOCK_SECONDS = 0.1

_Result = TypeVar("_Result")


class StoredLimiter:
    """A Limiter on the database; implements sdk.limits.Limiter."""

    def __init__(self, db: Database, connection: Connection, limits: Limits, clock: Clock) -> None:
        self._db = db
        self._connection = connection
        self._limits = limits
        self._clock = clock
        self._permits = Permits(clock, self._lease)
        self._learnt: Observed | None = None

    async def acquire(self, purpose: Purpose) -> None:
        """Wait until one call may be made. Raises DailyLimit, RetryLater."""
        await self._permits.take(purpose)

    async def _lease(self, purpose: Purpose) -> list[float]:
        now = self._clock.now().timestamp()
        block = max(BLOCK, int(self._limits.per_second * _BLOCK_SECONDS))
        wanted = min(block, self._permits.waiting(purpose))

        def take(at: Pace) -> tuple[tuple[list[float], Pace], Pace]:
            permits, after = lease(at, wanted, purpose, now)
            return (permits, after), after

        permits, after = await self._change(take)
        self._permits.keep_to(after)
        return permits

    async def learn(self, observed: Observed) -> None:
        """Take in what a reply said. What says nothing new costs no transaction."""
        if observed.pause_until is not None:
            self._permits.pause(observed.pause_until.timestamp())
        if not self._is_news(observed):
            return
        self._learnt = observed
        now = self._clock.now().timestamp()
        await self._change(lambda at: (None, learn(at, observed, now)))

    def _is_news(self, observed: Observed) -> bool:
        """Whether this is worth writing: another limit, a pause, much of the budget gone."""
        old = self._learnt
        if old is None or observed.pause_until is not None:
            return True
        if observed.burst_left is not None and observed.burst_left < self._limits.burst:
            return True  # somebody else calls with this credential, too
        if _declared(old) != _declared(observed):
            return True
        if observed.daily_left is None or observed.daily is None or old.daily_left is None:
            return False
        return abs(old.daily_left - observed.daily_left) * 100 > observed.daily

    async def _change(self, step: Callable[[Pace], tuple[_Result, Pace]]) -> _Result:
        """Carry the stored pace on by `step`, under the row's lock."""

        def change(tx: sa.Connection) -> _Result:
            # asked for each time: a renewed connection counts by its new credential
            of = connection.c.id == self._connection.id
            mine = pace.c.key == sa.select(connection.c.budget).where(of).scalar_subquery()
            locked = sa.select(pace.c.state).where(mine).with_for_update()
            stored = tx.execute(locked).scalar()
            if stored is None:
                tx.execute(self._first_row(tx))
                stored = tx.execute(locked).scalar_one()
            result, after = step(Pace(**json.loads(stored)))
            tx.execute(sa.update(pace).where(mine).values(state=json.dumps(asdict(after))))
            return result

        return await self._db.run(change)

    def _first_row(self, tx: sa.Connection) -> sa.Insert:
        """Return the INSERT of a fresh pace; whoever comes second keeps the first one's."""
        key = sa.select(connection.c.budget).where(connection.c.id == self._connection.id)
        row = insert_into(tx, pace).values(
            key=key.scalar_subquery(),
            workspace_id=self._connection.workspace_id,
            state=json.dumps(asdict(start(self._limits))),
        )
        statement: sa.Insert = row.on_conflict_do_nothing()
        return statement


def _declared(observed: Observed) -> tuple[float | None, int | None, int | None]:
    return observed.per_second, observed.burst, observed.daily
