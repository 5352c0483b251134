"""What a step's action does: opened by the name of its connection, and carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    InstepError,
    RecordRejected,
    RetryLater,
    ScopeMissing,
)
from instep.core.flow.keeping import MASK, is_secret
from instep.engine.clients import LOOK_SECONDS, Reached
from instep.engine.flows.actions.calling import Arrived, Call, Caller
from instep.engine.flows.actions.finds import unknown
from instep.sdk.clock import Clock

_Result = TypeVar("_Result")


class Opens(Protocol):
    """Opens connections by name."""

    async def named(self, name: str) -> Reached:
        """Open a connection. Raises UserError if there is none."""


class Way(Protocol):
    """How the operations of one kind of connection are carried out; as `Caller`, once it is open."""

    async def call(self, reached: Reached, call: Call) -> Any:
        """Carry a call out."""

    async def find_out(self, reached: Reached, call: Call) -> Arrived | None:
        """Look up what became of a call."""

    async def describe(self, reached: Reached, call: Call) -> Sequence[Mapping[str, Any]]:
        """Return what would be sent."""


class Calls:
    """Calls operations over the workspace's connections: the `Caller` of flows.

    `way` chooses how a connection's operation is carried out. `own` are callers that go by a
    connection's name alone, such as Instep itself. What goes out at once is bounded per connection.
    """

    def __init__(
        self,
        opens: Opens,
        way: Callable[[Reached, Call], Way],
        own: Mapping[str, Caller],
        clock: Clock,
    ) -> None:
        self._opens = opens
        self._clock = clock
        self._way = way
        self._own = own
        self._open: dict[str, tuple[float, Reached]] = {}
        self._opening = asyncio.Lock()
        self._slots: dict[str, tuple[int, asyncio.Semaphore]] = {}

    async def call(self, call: Call) -> Any:
        """Carry a call out; return what later steps read, as JSON values."""
        if call.connection in self._own:
            return await self._own[call.connection].call(call)
        return await self._through(call, lambda way, reached: way.call(reached, call))

    async def find_out(self, call: Call) -> Arrived | None:
        """Look up what became of a call that was begun; None if doing it again does no harm."""
        try:
            if call.connection in self._own:
                return await self._own[call.connection].find_out(call)
            return await self._through(call, lambda way, reached: way.find_out(reached, call))
        except InstepError as error:
            may_not_look = isinstance(error, ScopeMissing | AccountDenied)
            if isinstance(error, ConnectionBroken | RetryLater) and not may_not_look:
                raise
            # such as a parent that is gone, or a right to read: no word about the call itself
            raise unknown(call, f"looking it up was refused: {error}") from error

    async def describe(self, call: Call) -> Sequence[Mapping[str, Any]]:
        """Return the requests a call would send, secrets hidden."""
        if call.connection in self._own:
            return await self._own[call.connection].describe(call)

        async def described(way: Way, reached: Reached) -> Sequence[Mapping[str, Any]]:
            return [_masked(each) for each in await way.describe(reached, call)]

        return await self._through(call, described)

    async def _through(
        self, call: Call, work: Callable[[Way, Reached], Awaitable[_Result]]
    ) -> _Result:
        reached = await self._reached(call.connection)
        way = self._way(reached, call)
        try:
            async with self._slot(reached):
                return await work(way, reached)
        except (RecursionError, UnicodeError):
            # found out while the request was put together, so nothing was sent
            raise RecordRejected(
                f"The inputs of {call.operation} are nested too deeply, or hold half a character."
            ) from None
        except ConnectionBroken as error:
            error.connection_id = reached.connection_id
            raise

    async def _reached(self, name: str) -> Reached:
        """Open a connection; its name is looked up no oftener than its settings are."""
        reached = self._known(name)
        if reached is None:
            async with self._opening:  # many want it at once: one looks for all
                reached = self._known(name) or await self._look(name)
        return reached

    async def _look(self, name: str) -> Reached:
        reached = await self._opens.named(name)
        self._open[name] = (self._clock.monotonic(), reached)
        return reached

    def _known(self, name: str) -> Reached | None:
        at, reached = self._open.get(name, (0.0, None))
        return reached if self._clock.monotonic() - at < LOOK_SECONDS else None

    def _slot(self, reached: Reached) -> asyncio.Semaphore:
        """Return what bounds a connection: more at once would only wait at its limiter."""
        size, slot = self._slots.get(reached.connection_id, (0, None))
        if slot is None or size != reached.concurrency:
            slot = asyncio.Semaphore(reached.concurrency)
            self._slots[reached.connection_id] = (reached.concurrency, slot)
        return slot


def _masked(value: Any) -> Any:
    """Return a request without what stands in it under a secret's name, such as a password.

    What hides the connection's own credential is told as it is.
    """
    match value:
        case Mapping():
            return {
                name: MASK if is_secret(name) and name != "Authorization" else _masked(each)
                for name, each in value.items()
            }
        case list() | tuple():
            return [_masked(each) for each in value]
    return value
