"""Time as a port: the real clock, and one that tests turn by hand."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the time is, and how to wait."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until it is moved; sleeping moves it, the shortest sleep first."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._wakings: list[datetime] = []
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return where the clock stands."""
        return self._now

    def monotonic(self) -> float:
        """Return where the clock stands, in seconds."""
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Let others run, then move the clock to this sleep's end, unless another ends before."""
        self.slept.append(seconds)
        until = self._now + timedelta(seconds=seconds)
        self._wakings.append(until)
        try:
            await asyncio.sleep(0)
            while until > min(self._wakings):  # noqa: ASYNC110 - no event says that all have run
                await asyncio.sleep(0)
            self._now = max(self._now, until)
        finally:
            self._wakings.remove(until)

    def move(self, seconds: float) -> None:
        """Move the clock forward."""
        self._now += timedelta(seconds=seconds)
