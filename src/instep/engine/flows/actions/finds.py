"""What the look-ups of one process share: since when they ask, and which record is whose."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from instep.core.errors import OutcomeUnknown, RetryLater
from instep.engine.flows.actions.calling import Call
from instep.sdk.clock import Clock

_MOST = 10_000


class Finds:
    """Keeps two equal calls from taking one record for the work of both, and asks none too early.

    It forgets with its process, and the oldest first. Then a call is looked up by what its record
    holds alone.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: OrderedDict[str, datetime] = OrderedDict()
        self._owners: OrderedDict[tuple[str, str, str], str] = OrderedDict()

    def wait(self, call: Call, seconds: float) -> None:
        """Raise RetryLater until an index that is so many seconds behind has to show the record.

        Counted from the first question: when the last attempt was sent is not known here.
        """
        if not seconds:
            return
        first = self._asked.setdefault(call.key, self._clock.now())
        if len(self._asked) > _MOST:
            self._asked.popitem(last=False)
        at = first + timedelta(seconds=seconds)
        if self._clock.now() < at:
            raise RetryLater("waiting until it can be found", at)
        # if it is sent again and lost again, there is something new to wait for
        self._asked.pop(call.key, None)

    def is_free(self, call: Call, record_id: str | None) -> bool:
        """Whether a record is not known to be the work of another call."""
        owner = self._owners.get((call.connection, call.operation, record_id or ""))
        return owner in (None, call.key)

    def claim(self, call: Call, record_id: str | None) -> bool:
        """Take a record for the work of this call; False if it is another's."""
        if record_id is None:
            return True
        owner = self._owners.setdefault((call.connection, call.operation, record_id), call.key)
        if len(self._owners) > _MOST:
            self._owners.popitem(last=False)
        return owner == call.key


def unknown(call: Call, why: str) -> OutcomeUnknown:
    """Return the sentence that nobody can tell what became of a call."""
    return OutcomeUnknown(
        f"{call.operation} was sent and not answered, and {why.rstrip('.')}. Look there, then say whether to "
        "do it again."
    )
