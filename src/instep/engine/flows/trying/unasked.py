"""Connections for a dry run: whatever is opened here, no app is asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from instep.engine.clients import Clients, Reached
from instep.sdk.resource import Resource


@dataclass(frozen=True, slots=True)
class Unasked:
    """Opens connections as ever, and resources without the fields that an account made itself."""

    clients: Clients

    async def named(self, name: str) -> Reached:
        """Open a connection. Raises UserError if there is none."""
        return await self.clients.named(name)

    async def resource(
        self,
        reached: Reached,
        kind: type[Resource],
        naming: Any,  # noqa: ARG002 - of the port
    ) -> Resource:
        """Open a resource of a connection, whatever is named."""
        return kind(reached.account)
