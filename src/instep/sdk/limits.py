"""What an app allows, what its headers say, and the port that keeps within it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """An app's limits as far as they are known before the first reply.

    `burst` calls at once, then `per_second`. `daily` calls a day, None if unknown or unlimited.
    """

    per_second: float
    burst: int
    concurrency: int
    daily: int | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """What a reply's headers say about the limits. None: the reply does not say."""

    per_second: float | None = None
    burst: int | None = None
    burst_left: int | None = None
    daily: int | None = None
    daily_left: int | None = None
    daily_resets_at: datetime | None = None
    pause_until: datetime | None = None


class Purpose(IntEnum):
    """Who asks for a call. The last tenth of a daily quota is kept for people."""

    PERSON = 0
    WRITE = 1
    READ = 2


class Limiter(Protocol):
    """Permits to call one credential's app, shared by every worker. Implemented by the store."""

    async def acquire(self, purpose: Purpose) -> None:
        """Wait until one call may be made.

        Raises DailyLimit when today's quota is used up (or, for machines, down to the reserve).
        """

    async def learn(self, observed: Observed) -> None:
        """Take in what a reply said."""
