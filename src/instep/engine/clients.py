"""Reach a connection: its credential, its budget, its client. One of each per process."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import structlog

from instep.core.errors import ConnectionBroken
from instep.engine.call_log import CallLog
from instep.engine.custom_fields import CustomFields, names_custom
from instep.sdk.client import Call, Client
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector
from instep.sdk.kept import Answering
from instep.sdk.resource import Account, Resource
from instep.store.connections import Connection, Connections
from instep.store.database import Database
from instep.store.keeper import StoredKeeper
from instep.store.limits import StoredLimiter
from instep.store.tokens import StoredTokens
from instep.store.vault import Vault

LOOK_SECONDS = 2.0
"""How long an open connection may go on by settings that were changed meanwhile."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection opened: what the app is, whose account, and the client that talks to it."""

    connection_id: str
    connector: Connector
    account: Account
    client: Client
    concurrency: int


@dataclass(slots=True)
class _Open:
    """A connection kept open: the row it was opened by, and when that was last looked at."""

    row: Connection
    reached: Reached
    looked_at: float

    def is_as(self, row: Connection) -> bool:
        """Whether this row would be opened the same way."""
        return _manner(self.row) == _manner(row)


def _manner(row: Connection) -> tuple[Any, ...]:
    """Return what of a connection decides how it is opened; its credential is read for each call."""
    return row.auth_kind, row.account_id, row.country, dict(row.config)


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
        self._open: dict[str, _Open] = {}
        self._retired: list[Reached] = []  # somebody may still be in the middle of a call
        self._opening = asyncio.Lock()
        self._custom = CustomFields(clock)
        self.log = CallLog(clock)

    async def named(self, name: str) -> Reached:
        """Open a connection by its name or id. Raises UserError if there is none."""
        connection = await self._connections.get(name)
        return await self.reach(connection.id)

    async def reach(self, connection_id: str) -> Reached:
        """Open a connection, once for the same settings. Raises ConnectionBroken, UserError."""
        async with self._opening:
            known, now = self._open.get(connection_id), self._clock.monotonic()
            if known is not None and now - known.looked_at < LOOK_SECONDS:
                return known.reached
            row = await self._connections.get(connection_id)
            if known is not None and known.is_as(row) and self._is_current(known, row):
                known.looked_at = now
                return known.reached
            fresh = _Open(row, self._reach(row), now)
            if known is not None:
                self._retired.append(known.reached)
            self._open[connection_id] = fresh
            return fresh.reached

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

    def _is_current(self, known: _Open, row: Connection) -> bool:
        """Whether the app is described as it was when the connection was opened."""
        return known.reached.connector is self._connectors.get(row.connector)

    def _reach(self, connection: Connection) -> Reached:
        connector = self._connectors.get(connection.connector)
        if connector is None:
            raise ConnectionBroken(
                f"The connection {connection.name!r} needs the connector {connection.connector!r}, "
                "which is not installed."
            )
        connector.check_complete()
        return self._build(connection, connector)

    def _build(self, connection: Connection, connector: Connector) -> Reached:
        limits = connector.limits(connection.auth_kind, connection.config)
        account = Account(connection.account_id, connection.country, connection.config)
        resources = [each for each in connector.resources if each.kept]
        keeper = StoredKeeper(self._db, connection, resources, self._clock)
        client = Client(
            connector=connector,
            account=account,
            tokens=StoredTokens(self._db, self._vault, connection, self._clock),
            limiter=StoredLimiter(self._db, connection, limits, self._clock),
            clock=self._clock,
            on_call=partial(self._note, connection.id),
            kept=Answering(keeper, resources),
        )
        return Reached(connection.id, connector, account, client, limits.concurrency)

    def _note(self, connection_id: str, call: Call) -> None:
        """Remember a call, and tell the verbose log of it: no body, no query, no secret."""
        self.log.note(connection_id, call)
        if log.is_enabled_for(logging.DEBUG):
            log.debug("call", **asdict(call))

    def title(self, connector: str) -> str:
        """Return what people call an app; its connector's name if that is not installed."""
        known = self._connectors.get(connector)
        return connector if known is None else known.title

    def write_only(self, connector: str) -> Sequence[str]:
        """Return the kinds of records an app takes and cannot be read back, by canonical name."""
        known = self._connectors.get(connector)
        return () if known is None else known.write_only

    def calls(self) -> dict[str, int]:
        """Return how many calls were made so far, by connector."""
        calls: Counter[str] = Counter()
        for reached in self._everyone():
            calls[reached.connector.name] += reached.client.calls.total
        return dict(calls)

    async def close(self) -> None:
        """Close every client."""
        for reached in self._everyone():
            await reached.client.close()
        self._open.clear()
        self._retired.clear()

    def _everyone(self) -> list[Reached]:
        return [*self._retired, *(each.reached for each in self._open.values())]
