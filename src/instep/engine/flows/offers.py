"""What the workspace has for flows to use: its connections with all they offer, and its syncs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from instep.core.errors import InstepError
from instep.core.flow.offer import OfferedAction, OfferedTrigger
from instep.engine.clients import Clients, Reached
from instep.engine.flows.actions.offered_actions import OfferedActions, with_custom_fields
from instep.engine.flows.triggers.timetable import objection
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector
from instep.sdk.resource import Account
from instep.store import connections, credentials, syncs
from instep.store.connections import Connection
from instep.store.database import Database

OWN = "instep"
"""The name under which Instep itself offers actions, beside the connections."""


@dataclass(frozen=True, slots=True)
class WorkspaceOffer:
    """What there was when it was asked for. Connections that cannot be opened offer nothing."""

    rows: Mapping[str, Connection]
    reached: Mapping[str, Reached]
    scopes: Mapping[str, Collection[str]]
    sync_names: Collection[str]
    own: Mapping[str, OfferedAction]
    clock: Clock
    polled: Callable[[Reached], Mapping[str, OfferedTrigger]]
    told: Callable[[Connector], Mapping[str, OfferedTrigger]]
    accounts: Mapping[str, Account] = field(default_factory=dict)
    offered: OfferedActions = field(default_factory=OfferedActions)

    def connections(self) -> Collection[str]:
        """Return the names of all connections, and Instep's own."""
        return [*self.rows, OWN]

    def actions(self, connection: str) -> Mapping[str, OfferedAction]:
        """Return a connection's operations by name."""
        if connection == OWN:
            return self.own
        reached = self.reached.get(connection)
        if reached is None:
            return {}
        return self.offered.actions(reached, self.accounts.get(connection))

    def polls(self, connection: str) -> Mapping[str, OfferedTrigger]:
        """Return a connection's reads that can be polled, by name."""
        reached = self.reached.get(connection)
        return {} if reached is None else self.polled(reached)

    def events(self, connection: str) -> Mapping[str, OfferedTrigger]:
        """Return what a connection's app tells by itself, by name."""
        reached = self.reached.get(connection)
        return {} if reached is None else self.told(reached.connector)

    def syncs(self) -> Collection[str]:
        """Return the names of all syncs."""
        return self.sync_names

    def granted(self, connection: str) -> Collection[str] | None:
        """Return the scopes a connection carries; None where its app does not tell."""
        row = self.rows.get(connection)
        return None if row is None else self.scopes.get(row.id) or None

    def calls_per_day(self, connection: str) -> int | None:
        """Return the calls a day that flows may make: half of a known quota, the rest is for syncs."""
        reached = self.reached.get(connection)
        if reached is None:
            return None
        row = self.rows[connection]
        daily = reached.connector.limits(row.auth_kind, row.config).daily
        return None if daily is None else daily // 2

    def timetable(self, cron: str, zone: str) -> str | None:
        """Say in a sentence why a schedule cannot be; None if it can."""
        return objection(cron, zone, self.clock.now())


@dataclass(frozen=True, slots=True)
class WorkspaceOffers:
    """Looks what there is, each time somebody asks."""

    db: Database
    clients: Clients
    clock: Clock
    workspace_id: str
    own: Mapping[str, OfferedAction]
    polled: Callable[[Reached], Mapping[str, OfferedTrigger]]
    told: Callable[[Connector], Mapping[str, OfferedTrigger]]

    async def current(self, asking: Collection[str] = ()) -> WorkspaceOffer:
        """Return what is offered now. Only the connections in `asking` are asked for custom fields."""

        def read(
            tx: sa.Connection,
        ) -> tuple[list[Connection], Mapping[str, Collection[str]], list[str]]:
            names = [each.name for each in syncs.list_all(tx, self.workspace_id)]
            rows = connections.list_all(tx, self.workspace_id)
            return rows, credentials.scopes(tx, self.workspace_id), names

        rows, scopes, names = await self.db.run_read(read)
        reached = {}
        for row in rows:
            # one that is not installed, or not described completely, offers nothing
            with contextlib.suppress(InstepError):
                reached[row.name] = await self.clients.reach(row.id)
        return WorkspaceOffer(
            rows={row.name: row for row in rows},
            reached=reached,
            scopes=scopes,
            sync_names=names,
            own=self.own,
            clock=self.clock,
            polled=self.polled,
            told=self.told,
            accounts=await self._accounts(reached, asking),
        )

    async def _accounts(
        self, reached: Mapping[str, Reached], asking: Collection[str]
    ) -> Mapping[str, Account]:
        accounts = {}
        for name in sorted(reached.keys() & set(asking)):
            # an app that cannot be asked now has no fields of its own: checking says which is not known
            with contextlib.suppress(InstepError):
                accounts[name] = await with_custom_fields(self.clients, reached[name])
        return accounts
