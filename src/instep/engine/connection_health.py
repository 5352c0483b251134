"""Whether a connection works right now, and what it was asked last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from instep.core.errors import ConnectionBroken, InstepError
from instep.engine.call_log import Noted
from instep.engine.clients import Clients
from instep.sdk.clock import Clock
from instep.sdk.limits import Purpose
from instep.store.connections import Connection, Connections, GoingOn


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a test: whether the app said yes, its words if not, and in how many milliseconds.

    `going_on` is what had stopped because the connection was broken.
    """

    works: bool
    said: str | None
    milliseconds: int
    going_on: GoingOn = field(default_factory=GoingOn)


class ConnectionHealth:
    """Looks after the connections of one workspace."""

    def __init__(self, stored: Connections, clients: Clients, clock: Clock) -> None:
        self._stored = stored
        self._clients = clients
        self._clock = clock

    async def test(self, name: str) -> Tested:
        """Ask the app one harmless question, and keep whether it works. Raises UserError."""
        found = await self._stored.get(name)
        began = self._clock.monotonic()
        said = await self._refusal(found)
        took = round((self._clock.monotonic() - began) * 1000)
        if said is not None:
            return Tested(works=False, said=said, milliseconds=took)
        going_on = await self._stored.proven(found.name)
        return Tested(works=True, said=None, milliseconds=took, going_on=going_on)

    async def _refusal(self, found: Connection) -> str | None:
        try:
            reached = await self._clients.reach(found.id)
            await reached.client.send(reached.connector.verify(reached.account), Purpose.PERSON)
        except ConnectionBroken as error:
            await self._stored.mark(found.id, str(error))
            return str(error)
        except InstepError as error:
            return str(error)
        return None

    async def calls(self, name: str) -> Sequence[Noted]:
        """Return the last calls of this process, the newest first. Raises UserError."""
        found = await self._stored.get(name)
        return self._clients.log.of(found.id)
