"""The port by which a step reaches an app: call it, find out what became of a call, or only tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of a connection, to be called for a step.

    `inputs` are filled in. `key` is the same at every attempt of the step and no other's: whoever
    honours idempotency keys is given it. `begun_at` (epoch milliseconds) is when the first attempt
    began: what a look-up finds from before is not this call's work.
    """

    connection: str
    operation: str
    inputs: Mapping[str, Any]
    key: str
    begun_at: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A call whose answer was lost has been carried out; `output` is what it would have given."""

    output: Any


class Caller(Protocol):
    """Calls operations, within the limits of each credential. Safe for many calls at once."""

    async def call(self, call: Call) -> Any:
        """Carry a call out; return what later steps read, as JSON values.

        Raises one of the error tree: OutcomeUnknown where it may have been carried out, UserError
        or RecordRejected where it cannot be, RetryLater, ConnectionBroken, Gone.
        """

    async def find_out(self, call: Call) -> Arrived | None:
        """Look up what became of a call that was begun; None if doing it again does no harm.

        Raises OutcomeUnknown if that cannot be told, RetryLater if not now, ConnectionBroken.
        """

    async def describe(self, call: Call) -> Sequence[Mapping[str, Any]]:
        """Return the requests a call would send (method, url, headers, body), secrets hidden.

        Nothing is written. What could only be known by asking the app is told as such.
        """
