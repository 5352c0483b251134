"""Tell whoever listens what has changed, a moment after it has: one look for all of a process.

The look is at the database, so that it does not matter which process changed something. Nobody
looks while nobody listens.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog

from instep.core.errors import RetryLater
from instep.core.marks import Marks, changed, read, tell
from instep.store import marks
from instep.store.database import Database

LOOK_SECONDS = 0.5
"""So often it is looked at most, and so often anybody is told."""

MOST_LISTENERS = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class News:
    """The nouns that changed; `id` is what to come back with. The first news may be of nothing."""

    id: str
    changed: tuple[str, ...]


@dataclass(slots=True)
class Live:
    """What is going on in one workspace, told to listeners in this process."""

    db: Database
    workspace_id: str
    look_seconds: float = LOOK_SECONDS
    most: int = MOST_LISTENERS
    _listeners: int = field(default=0, init=False)
    _marks: Marks | None = field(default=None, init=False)
    _bell: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _looking: asyncio.Task[None] | None = field(default=None, init=False)
    _is_closed: bool = field(default=False, init=False)

    def join(self) -> Listener:
        """Return a listener, to be left again. Raises RetryLater while there are too many."""
        if self._listeners >= self.most:
            raise RetryLater(
                f"{self.most} listen already, as many as may: ask again later, or poll."
            )
        self._listeners += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_for_ever())
        return Listener(self)

    async def leave(self) -> None:
        """Note that a listener has gone; with the last one the looking ends."""
        self._listeners -= 1
        if self._listeners == 0 and self._looking is not None:
            looking, self._looking, self._marks = self._looking, None, None
            looking.cancel()
            await asyncio.wait([looking])

    def close(self) -> None:
        """End all listening: the process stops. Those who listen come back to the next one."""
        self._is_closed = True
        self._ring()

    async def after(self, seen: Marks | None) -> Marks | None:
        """Return the marks once they are not these; None: the process stops."""
        while not self._is_closed:
            if self._marks is not None and self._marks != seen:
                return self._marks
            await self._bell.wait()
        return None

    async def _look_for_ever(self) -> None:
        while True:
            try:
                found = await self.db.run_read(lambda tx: marks.look(tx, self.workspace_id))
            except Exception:
                log.exception("nobody told of changes")  # the next look tries again
            else:
                if found != self._marks:
                    self._marks = found
                    self._ring()
            await asyncio.sleep(self.look_seconds)

    def _ring(self) -> None:
        """Wake everybody who waits now."""
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()


@dataclass(slots=True)
class Listener:
    """Somebody who listens."""

    live: Live

    async def news(self, last: str | None) -> AsyncIterator[News]:
        """Yield what changed since `last`, the id of what was told last, and then as it changes.

        With no such id, the first news says where things stand now, and of no change.
        """
        seen = read(last)
        now = await self.live.after(None)
        if now is not None:
            yield News(tell(now), () if seen is None else tuple(changed(seen, now)))
        while now is not None:
            before, now = now, await self.live.after(now)
            if now is not None:
                yield News(tell(now), tuple(changed(before, now)))

    async def leave(self) -> None:
        """Listen no longer."""
        await self.live.leave()
