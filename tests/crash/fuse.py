"""A fuse that ends the engine's life at one exact step, in this process.

The engine is given a database and a transport with the fuse in them. Every writing transaction and
every call of an app is a crossing. At the chosen one the fuse blows, just before or just after the
step; from then on nothing gets through any more, as if the process were gone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


class Killed(BaseException):
    """The process is gone. Not an Exception: nothing in the engine may catch it."""


@dataclass
class Fuse:
    """Blows at crossing `at` (counted from one): before it, or `after` it. None: never."""

    at: int | None = None
    after: bool = False
    crossings: int = 0
    blown: bool = False
    last: str = field(default="", repr=False)

    async def cross(self, what: str, step: Callable[[], Awaitable[Any]]) -> Any:
        self._stop_the_dead()
        self.crossings += 1
        is_it = self.crossings == self.at
        if is_it:
            self.blown, self.last = not self.after, what
            self._stop_the_dead()
        result = await step()
        self.blown = self.blown or is_it
        self._stop_the_dead()
        return result

    def _stop_the_dead(self) -> None:
        if self.blown:
            raise Killed(f"{'after' if self.after else 'before'} step {self.at}: {self.last}")


class FusedDatabase:
    """The database of a process that can be killed at a transaction."""

    def __init__(self, database, fuse: Fuse) -> None:
        self._database = database
        self._fuse = fuse
        self.url = database.url
        self.is_sqlite = database.is_sqlite

    async def run(self, work):
        return await self._fuse.cross("a transaction", lambda: self._database.run(work))

    async def run_read(self, work):
        self._fuse._stop_the_dead()
        return await self._database.run_read(work)


class FusedTransport:
    """The wire of a process that can be killed at a call."""

    def __init__(self, transport, fuse: Fuse) -> None:
        self._transport = transport
        self._fuse = fuse

    async def send(self, request, headers):
        what = f"{request.method} {request.path}"
        return await self._fuse.cross(what, lambda: self._transport.send(request, headers))

    async def close(self) -> None:
        await self._transport.close()
