"""What a poll trigger reads: an operation of GoHighLevel's catalogue, or a connector's resource."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from instep import catalogue
from instep.catalogue.watching import can_be_watched
from instep.core.errors import UserError
from instep.core.flow.model import Poll
from instep.engine.clients import Clients, Reached
from instep.engine.flows.triggers.operation_polls import OperationPolls
from instep.engine.flows.triggers.polling import Polled
from instep.engine.flows.triggers.resource_polls import ResourcePolls, watched_resources
from instep.engine.operation_services import APP, Line
from instep.sdk.clock import Clock


class AppPolls:
    """Reads what triggers watch, at every app. A `Poller`."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._operations = OperationPolls(clock)
        self._resources = ResourcePolls(clients, clock)

    async def pages(self, trigger: Poll, cursor: str | None) -> AsyncIterator[Polled]:
        """Yield the pages of one poll.

        Raises UserError for an operation that cannot be polled, and what the app answers.
        """
        reached = await self._clients.named(trigger.connection)
        async for page in self._poll(reached, trigger, cursor):
            yield replace(page, watch=replace(page.watch, changed=trigger.changed))

    def _poll(self, reached: Reached, trigger: Poll, cursor: str | None) -> AsyncIterator[Polled]:
        kind = watched_resources(reached.connector.resources).get(trigger.operation)
        if kind is not None:
            return self._resources.pages(reached, kind, trigger.inputs, cursor)
        if reached.connector.name != APP:
            raise UserError(
                f"{reached.connector.title} has nothing called {trigger.operation} to poll."
            )
        operation = catalogue.get(trigger.operation)
        if not can_be_watched(operation):
            raise UserError(f"{operation.id} is no single read, so it cannot be polled.")
        line = Line(reached.connector, reached.account, reached.client)
        return self._operations.pages(line, operation, trigger.inputs, cursor)
