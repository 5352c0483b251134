"""What goes on beside the drains of a process: a loop that is woken, and rounds on their way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

LEAVING_SECONDS = 5.0
"""How long what is on its way may take to finish once the process ends."""


@dataclass(slots=True)
class Beside:
    """One such loop with its rounds, by what each is about. Runs in one event loop."""

    rounds: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    _going: asyncio.Task[None] | None = None

    def start(self, loop: Coroutine[Any, Any, None]) -> None:
        """Begin to go on, until `stop`."""
        self._going = asyncio.create_task(loop)

    async def stop(self) -> None:
        """Begin nothing more, and let what is on its way finish for some seconds."""
        if self._going is not None:
            self._going.cancel()
            await asyncio.wait([self._going])
            self._going = None
        if rounds := [*self.rounds.values()]:
            _, late = await asyncio.wait(rounds, timeout=LEAVING_SECONDS)
            for each in late:
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def rung(bell: asyncio.Event, seconds: float) -> None:
    """Wait until a bell rings, for so long at most; the loop that waits can be cancelled at any time.

    `asyncio.wait_for` of Python 3.11 takes a cancellation that comes as the bell rings for nothing:
    https://github.com/python/cpython/issues/86296. Whoever stopped that loop would wait for ever.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await bell.wait()
