"""Many writers, one transaction: whatever gathered while the last one was written shares the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

MUCH = 8
"""So many in one batch are much: the next one is let grow."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class GroupCommit(Generic[_Item, _Result]):
    """Hands what is put to `write`, at most `most` at once. Runs in one event loop.

    What `write` returns, or raises, everybody of the batch gets. `linger` is how many seconds it
    lets more gather while much comes: fewer transactions, each a little later.
    """

    def __init__(
        self,
        write: Callable[[Sequence[_Item]], Awaitable[_Result]],
        most: int,
        linger: float = 0.0,
    ) -> None:
        self._write = write
        self._most = most
        self._linger = linger
        self._much = False
        self._waiting: list[tuple[_Item, asyncio.Future[_Result]]] = []
        self._writing: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many have not begun to be written."""
        return len(self._waiting)

    async def put(self, item: _Item) -> _Result:
        """Wait until an item is written."""
        written: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                if self._much and self._linger:
                    await asyncio.sleep(self._linger)
                self._much = len(self._waiting) >= MUCH
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                # who lost patience was told so, and is not written for
                await self._write_some([each for each in batch if not each[1].done()])
        finally:
            self._writing = None

    async def _write_some(self, batch: Sequence[tuple[_Item, asyncio.Future[_Result]]]) -> None:
        try:
            result = await self._write([item for item, _ in batch])
        except BaseException as error:
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
            if isinstance(error, Exception):
                return  # theirs to handle, each of them
            raise
        for _, written in batch:
            if not written.done():
                written.set_result(result)
