"""The last calls of each connection, as this process made them: no body, no query, no secret."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from instep.sdk.client import Call
from instep.sdk.clock import Clock

KEPT = 50
"""How many calls are kept for each connection."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A call, and when it ended."""

    at: datetime
    call: Call


class CallLog:
    """Remembers the last calls in memory: looking at them costs no write for each call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_connection: defaultdict[str, deque[Noted]] = defaultdict(
            lambda: deque(maxlen=KEPT)
        )

    def note(self, connection_id: str, call: Call) -> None:
        """Remember a call in the place of the oldest one."""
        self._by_connection[connection_id].append(Noted(self._clock.now(), call))

    def of(self, connection_id: str) -> Sequence[Noted]:
        """Return the last calls of a connection, the newest first."""
        known = self._by_connection.get(connection_id, ())
        return [*reversed(known)]
