"""Writes that come at the same time share one transaction, each under a savepoint of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from instep.store.database import Database

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A write, and who waits for it."""

    work: Callable[[sa.Connection], Any]
    done: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a write returned, or why it was taken back."""

    result: Any = None
    error: BaseException | None = None


class Gathering:
    """Commits together whatever has come while it committed the last time.

    A write that fails is taken back alone. Its coroutines run in one event loop.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def run(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Run `work` in a transaction that may hold others' as well; return once it is durable.

        Raises what `work` raises, and then nothing of it was written.
        """
        done: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(work, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        """Write until nothing waits; what comes meanwhile makes the next batch."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._write(batch)
        finally:
            self._writing = None

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            outcomes = await self._db.run(lambda tx: [_attempt(tx, each.work) for each in batch])
        except BaseException as error:  # noqa: BLE001 - nobody is left waiting, whatever ended it
            outcomes = [_Outcome(error=error)] * len(batch)
        for each, outcome in zip(batch, outcomes, strict=True):
            if each.done.done():
                continue  # whoever waited was cancelled
            if outcome.error is not None:
                each.done.set_exception(outcome.error)
            else:
                each.done.set_result(outcome.result)


def _attempt(tx: sa.Connection, work: Callable[[sa.Connection], Any]) -> _Outcome:
    try:
        with tx.begin_nested():
            return _Outcome(work(tx))
    except Exception as error:  # noqa: BLE001 - handed on to whoever asked for it
        return _Outcome(error=error)
