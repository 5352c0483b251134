"""The time an app of the sandbox believes it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from instep.sandbox.faults import Faults


class Clock:
    """Real time, moved by the fault `clock_skew` while that is on."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def now(self) -> datetime:
        """Return the app's time, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._faults.seconds("clock_skew"))

    def milliseconds(self) -> int:
        """Return the app's time as milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)
