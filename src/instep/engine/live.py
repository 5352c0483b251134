"""Tell whoever listens what has changed, a moment after it has: one look for all of a process.

The look is at the database, so that it does not matter which process changed something. Nobody
looks while nobody listens.
"""

from __future__ import annotations

import asyncio
from collections import Counter
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

MOST_EACH = 6
"""So many may listen for one session or token: as many as a browser opens to one place."""

LONGEST_SECONDS = 300.0
"""So long anybody listens at a stretch. Who comes back is asked again who they are."""

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
    most_each: int = MOST_EACH
    longest_seconds: float = LONGEST_SECONDS
    _listeners: Counter[str] = field(default_factory=Counter, init=False)
    _marks: Marks | None = field(default=None, init=False)
    _bell: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _looking: asyncio.Task[None] | None = field(default=None, init=False)
    _is_closed: bool = field(default=False, init=False)

    def join(self, whose: str) -> Listener:
        """Return a listener of a session or token, to be left again.

        Raises RetryLater while there are too many, of all or of this one.
        """
        if self._listeners.total() >= self.most:
            raise RetryLater(
                f"{self.most} listen already, as many as may: ask again later, or poll."
            )
        if self._listeners[whose] >= self.most_each:
            raise RetryLater(
                f"{self.most_each} listen already for this session or token, as many as may: close "
                "another page of it, or poll."
            )
        self._listeners[whose] += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_for_ever())
        return Listener(self, whose)

    async def leave(self, whose: str) -> None:
        """Note that a listener has gone; with the last one the looking ends."""
        self._listeners[whose] -= 1
        self._listeners += Counter()  # forgets whose none are left
        if not self._listeners and self._looking is not None:
            looking, self._looking, self._marks = self._looking, None, None
            looking.cancel()
            await asyncio.wait([looking])

    def close(self) -> None:
        """End all listening: the process stops. Those who listen come back to the next one."""
        self._is_closed = True
        self._ring()

    async def after(self, seen: Marks | None, until: float) -> Marks | None:
        """Return the marks once they are not these; None: the process stops, or time is up.

        `until` is by the clock of the event loop.
        """
        try:
            async with asyncio.timeout_at(until):
                while not self._is_closed:
                    if self._marks is not None and self._marks != seen:
                        return self._marks
                    await self._bell.wait()
        except TimeoutError:
            return None
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
    """Somebody who listens, on whose session or token."""

    live: Live
    whose: str

    async def news(self, last: str | None) -> AsyncIterator[News]:
        """Yield what changed since `last`, the id of what was told last, and then as it changes.

        With no such id, the first news says where things stand now, and of no change. It ends when
        the process stops, and after a while: who listens on comes back.
        """
        until = asyncio.get_running_loop().time() + self.live.longest_seconds
        seen = read(last)
        now = await self.live.after(None, until)
        if now is not None:
            yield News(tell(now), () if seen is None else tuple(changed(seen, now)))
        while now is not None:
            before, now = now, await self.live.after(now, until)
            if now is not None:
                yield News(tell(now), tuple(changed(before, now)))

    async def leave(self) -> None:
        """Listen no longer."""
        await self.live.leave(self.whose)
