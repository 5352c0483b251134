"""Where what comes in waits until it is durable: bounded in number and in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from instep.core.errors import RetryLater
from instep.engine.group_commit import GroupCommit

CAPACITY = 2_000
"""Webhooks that may wait for the writer; one more is told to come again."""

BATCH = 500
LINGER = 0.003
"""Seconds that webhooks gather while many come at once."""

PATIENCE_SECONDS = 5.0
"""How long a webhook may wait to be durable; apps do not wait for their answer for long."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class IntakeBusy(RetryLater):
    """The webhook could not be kept in time. The app should send it again."""


class WaitingRoom(Generic[_Item, _Result]):
    """Hands what waits to `write`, many at once. Runs in one event loop."""

    def __init__(
        self,
        write: Callable[[Sequence[_Item]], Awaitable[_Result]],
        capacity: int = CAPACITY,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._writer = GroupCommit(write, BATCH, LINGER)
        self._capacity = capacity
        self._patience = patience

    @property
    def waiting(self) -> int:
        """How many wait for the writer."""
        return self._writer.waiting

    async def keep(self, item: _Item) -> _Result:
        """Wait until an item is durable. Raises IntakeBusy if that takes too long."""
        if self.waiting >= self._capacity:
            raise IntakeBusy("Too many webhooks came at once; send this one again.")
        try:
            async with asyncio.timeout(self._patience):
                return await self._writer.put(item)
        except TimeoutError:
            raise IntakeBusy("The webhook could not be kept in time; send it again.") from None


def busy(error: SQLAlchemyError) -> IntakeBusy:
    """Return what a sender is told where the database does not take its webhook."""
    return IntakeBusy(f"The webhook could not be kept ({type(error).__name__}); send it again.")
