"""Reach a connection: its credential, its budget, its client. One of each per process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from instep.core.errors import ConnectionBroken
from instep.engine.custom_fields import CustomFields, names_custom
from instep.sdk.client import Call, Client
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector
from instep.sdk.resource import Account, Resource
from instep.store.connections import Connection, Connections
from instep.store.database import Database
from instep.store.limits import StoredLimiter
from instep.store.tokens import StoredTokens
from instep.store.vault import Vault

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection opened: what the app is, whose account, and the client that talks to it."""

    connection_id: str
    connector: Connector
    account: Account
    client: Client
    concurrency: int


def _log_call(call: Call) -> None:
    """Tell the verbose log of a call: no body, no query, no secret."""
    log.debug("call", **asdict(call))


class Clients:
    """Opens connections and keeps them open, so that sockets and permits are shared."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        connections: Connections,
        connectors: Mapping[str, Connector],
        clock: Clock,
    ) -> None:
        self._db = db
        self._vault = vault
        self._connections = connections
        self._connectors = connectors
        self._clock = clock
        self._open: dict[str, Reached] = {}
        self._opening = asyncio.Lock()
        self._custom = CustomFields(clock)

    async def named(self, name: str) -> Reached:
        """Open a connection by its name or id. Raises UserError if there is none."""
        connection = await self._connections.get(name)
        return await self.reach(connection.id)

    async def reach(self, connection_id: str) -> Reached:
        """Open a connection, once. Raises ConnectionBroken if it is known to be broken."""
        async with self._opening:
            if connection_id not in self._open:
                self._open[connection_id] = await self._reach(connection_id)
            return self._open[connection_id]

    async def resource(self, reached: Reached, kind: type[Resource], naming: Any) -> Resource:
        """Open one resource of a connection.

        It has the account's own fields where `naming` (a stored mapping, filter or the like) names
        one; the app is asked for them then. Raises RetryLater or ConnectionBroken from that call.
        """
        if not names_custom(naming):
            return kind(reached.account)
        account = await self._custom.account(
            reached.connection_id, kind, reached.account, reached.client
        )
        return kind(account)

    async def _reach(self, connection_id: str) -> Reached:
        connection = await self._connections.get(connection_id)
        connector = self._connectors.get(connection.connector)
        if connector is None:
            raise ConnectionBroken(
                f"The connection {connection.name!r} needs the connector {connection.connector!r}, "
                "which is not installed."
            )
        return self._build(connection, connector)

    def _build(self, connection: Connection, connector: Connector) -> Reached:
        limits = connector.limits(connection.auth_kind, connection.config)
        account = Account(connection.account_id, connection.country, connection.config)
        client = Client(
            connector=connector,
            account=account,
            tokens=StoredTokens(self._db, self._vault, connection, self._clock),
            limiter=StoredLimiter(self._db, connection, limits, self._clock),
            clock=self._clock,
            on_call=_log_call,
        )
        return Reached(connection.id, connector, account, client, limits.concurrency)

    def title(self, connector: str) -> str:
        """Return what people call an app; its connector's name if that is not installed."""
        known = self._connectors.get(connector)
        return connector if known is None else known.title

    def calls(self) -> dict[str, int]:
        """Return how many calls were made so far, by connector."""
        calls: Counter[str] = Counter()
        for reached in self._open.values():
            calls[reached.connector.name] += reached.client.calls.total
        return dict(calls)

    async def close(self) -> None:
        """Close every client."""
        for reached in self._open.values():
            await reached.client.close()
        self._open.clear()
