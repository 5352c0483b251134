"""Drains of this process that wait for more work, and the bells by which they are woken.

A drain that has had work stays for a while: the next change then finds it ready and costs neither
a queue's poll nor a workflow of its own. Only so many wait at once, since each keeps a place that
another shard may want; the one that has waited longest gives way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

LINGER_SECONDS = 30.0
"""How long a drain waits for more work before it ends."""

MOST_LINGERING = 4
"""How many drains of one process wait at once, at most."""


class Lingering:
    """The drains of one process. Everything here runs in the process's one event loop."""

    def __init__(self, seconds: float = LINGER_SECONDS, most: int = MOST_LINGERING) -> None:
        self._seconds = seconds
        self._most = most
        self._bells: dict[int, asyncio.Event] = {}
        self._waiting: dict[int, asyncio.Event] = {}  # in the order in which they began to wait
        self._closed = False

    @property
    def busy(self) -> int:
        """How many drains of this process are at work."""
        return len(self._bells) - len(self._waiting)

    @contextmanager
    def draining(self, shard: int) -> Iterator[None]:
        """Answer for this shard while the block runs: its bell works, whoever rings it when."""
        bell = self._bells[shard] = asyncio.Event()
        try:
            yield
        finally:
            if self._bells.get(shard) is bell:
                del self._bells[shard]

    def ring(self, shards: Collection[int]) -> set[int]:
        """Tell the drains of these shards that there is work; return the shards without one here."""
        for shard in shards:
            if shard in self._bells:
                self._bells[shard].set()
        return {shard for shard in shards if shard not in self._bells}

    def heard(self, shard: int) -> None:
        """Note that the drain looks for work now: what is rung from here on counts."""
        self._bells[shard].clear()

    async def wait(self, shard: int) -> bool:
        """Wait until the shard's bell is rung; False when the time is over or somebody needs the place."""
        bell = self._bells[shard]
        if self._closed:
            return False
        self._waiting[shard] = leave = asyncio.Event()
        if len(self._waiting) > self._most:
            next(iter(self._waiting.values())).set()
        try:
            return await _either(bell, leave, self._seconds)
        finally:
            if self._waiting.get(shard) is leave:
                del self._waiting[shard]

    def close(self) -> None:
        """Let nobody wait any more."""
        self._closed = True
        for leave in self._waiting.values():
            leave.set()


async def _either(bell: asyncio.Event, leave: asyncio.Event, seconds: float) -> bool:
    """Wait until one of the two is set; return whether the bell was."""
    waits = [asyncio.create_task(each.wait()) for each in (bell, leave)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
    return bell.is_set()
