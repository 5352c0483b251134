"""Connections and their sealed credentials."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from instep.core.errors import UserError
from instep.sdk.auth import Credential
from instep.sdk.resource import Account
from instep.store import credentials, kept, postings, resealing, syncs
from instep.store.audit.acting import present
from instep.store.credentials import Place
from instep.store.database import Database
from instep.store.flows import runs, uses
from instep.store.ids import new_id
from instep.store.resealing import Some
from instep.store.schema.connections import connection, credential, lease, pace
from instep.store.schema.syncs import sync
from instep.store.vault import Vault


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What goes on again as a connection works again: syncs by name, and how many runs of flows."""

    syncs: Sequence[str] = ()
    flow_runs: int = 0


@dataclass(frozen=True, slots=True)
class Connection:
    """One authorised account at an app, without its secrets. Times: epoch milliseconds."""

    id: str
    workspace_id: str
    name: str
    connector: str
    auth_kind: str
    account_id: str
    country: str | None
    config: Mapping[str, str]
    status: str  # working, broken
    problem: str | None
    verified_at: int | None
    created_at: int
    going_on: GoingOn = field(default_factory=GoingOn)
    """Told by what has just renewed it; nothing of it is stored."""

    @property
    def place(self) -> Place:
        """Where its credential is."""
        return Place(self.workspace_id, self.id)

    @property
    def lease_name(self) -> str:
        """The name of the one right to renew its credential."""
        return f"refresh:{self.id}"


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What is stored of a connection that has just been verified."""

    name: str
    connector: str
    auth_kind: str
    account_id: str
    country: str | None
    config: Mapping[str, str]


class Connections:
    """The connections of one workspace. Wherever a name is asked for, an id does as well."""

    def __init__(self, db: Database, vault: Vault, workspace_id: str) -> None:
        self._db = db
        self._vault = vault
        self._workspace_id = workspace_id

    async def create(self, new: NewConnection, secret: Credential) -> Connection:
        """Store a connection and its credential together. Raises UserError for a taken name."""
        connection_id = new_id("con")
        now = _now()
        row = {
            **asdict(new),
            "id": connection_id,
            "workspace_id": self._workspace_id,
            "config": json.dumps(dict(new.config)),
            "budget": credentials.budget_of(self._vault, new.connector, new.account_id, secret),
            "status": "working",
            "verified_at": now,
            "created_at": now,
        }

        def insert(tx: sa.Connection) -> Connection:
            tx.execute(sa.insert(connection).values(row))
            credentials.store(tx, self._vault, Place(self._workspace_id, connection_id), secret)
            return self._find(tx, connection_id)

        return await self._named(new.name, insert)

    async def get(self, name: str) -> Connection:
        """Return a connection. Raises UserError with the names there are."""
        return await self._db.run_read(lambda tx: self._find(tx, name))

    async def list(self) -> list[Connection]:
        """Return every connection by name."""
        return await self._db.run_read(lambda tx: list_all(tx, self._workspace_id))

    async def rename(self, name: str, to: str) -> Connection:
        """Give a connection another name. Raises UserError for an unknown or a taken one."""

        def rename(tx: sa.Connection) -> Connection:
            found = self._find(tx, name)
            _change(tx, found.id, name=to)
            uses.rename(tx, self._workspace_id, found.name, to)
            return self._find(tx, found.id)

        return await self._named(to, rename)

    async def unused(self, name: str) -> Connection:
        """Return a connection that nothing uses. Raises UserError while a sync or a flow uses it."""
        return await self._db.run_read(lambda tx: self._unused(tx, name))

    def _unused(self, tx: sa.Connection, name: str) -> Connection:
        found = self._find(tx, name)
        ends = (sync.c.a_connection == found.id) | (sync.c.b_connection == found.id)
        users = [*tx.execute(sa.select(sync.c.name).where(ends)).scalars()]
        users += uses.users_of(tx, self._workspace_id, found.name)
        if users:
            raise UserError(
                f"The connection {found.name!r} is used by {', '.join(sorted(users))}; "
                "remove that first."
            )
        return found

    async def delete(self, name: str) -> None:
        """Forget a connection and its secrets. Raises UserError while a sync or a flow uses it."""

        def delete(tx: sa.Connection) -> None:
            found = self._unused(tx, name)
            tx.execute(sa.delete(credential).where(credential.c.connection_id == found.id))
            kept.forget(tx, found.id)
            tx.execute(sa.delete(lease).where(lease.c.name == found.lease_name))
            postings.forget_connection(tx, found.id)
            tx.execute(sa.delete(connection).where(connection.c.id == found.id))
            _forget_paces(tx)

        await self._db.run(delete)

    async def renew(
        self, name: str, secret: Credential, account: Account | None = None
    ) -> Connection:
        """Store a new credential, just verified, for a connection there is. Raises UserError.

        With an account, its settings and country are stored as well.
        """

        def renew(tx: sa.Connection) -> Connection:
            found = self._find(tx, name)
            credentials.store(tx, self._vault, found.place, secret)
            budget = credentials.budget_of(self._vault, found.connector, found.account_id, secret)
            told = {} if account is None else {"auth_kind": secret.kind, **_settings(account)}
            _change(tx, found.id, budget=budget, **told)
            going_on = self._let_go_on(tx, found)
            _forget_paces(tx)
            return replace(self._find(tx, found.id), going_on=going_on)

        return await self._db.run(renew)

    async def proven(self, name: str) -> GoingOn:
        """Note that the app said yes just now; return what goes on with that. Raises UserError."""
        return await self._db.run(lambda tx: self._let_go_on(tx, self._find(tx, name)))

    def _let_go_on(self, tx: sa.Connection, found: Connection) -> GoingOn:
        """Let go on what stood still only because this connection was broken."""
        now, act = _now(), present()
        _change(tx, found.id, status="working", problem=None, verified_at=now)
        postings.lift(tx, found.id)
        person = None if act is None else act.actor.name
        return GoingOn(
            syncs.go_on_with(tx, found.id, now, person),
            runs.release(tx, self._workspace_id, [found.name], now),
        )

    async def configure(self, name: str, account: Account) -> Connection:
        """Store the settings and the country of a connection that keeps its credential."""

        def configure(tx: sa.Connection) -> Connection:
            found = self._find(tx, name)
            _change(tx, found.id, **_settings(account))
            postings.lift(tx, found.id)  # they may go on with the settings put right
            return self._find(tx, found.id)

        return await self._db.run(configure)

    async def mark(self, connection_id: str, problem: str | None) -> None:
        """Say that a connection is broken and why, or (None) that it was just seen to work."""
        await self._db.run(lambda tx: mark(tx, connection_id, problem))

    async def secrets(self, found: Connection) -> Mapping[str, str]:
        """Return a connection's secrets, opened, by name. Raises ConnectionBroken without any."""
        secret = await self._db.run_read(lambda tx: credentials.load(tx, self._vault, found.place))
        return secret.secrets

    async def check_keys(self) -> None:
        """Raise UserError if the vault lacks a key that credentials were sealed with."""
        await self._db.run_read(lambda tx: credentials.check_keys(tx, self._vault))

    async def reseal(self) -> int:
        """Seal credentials and channels with the newest key; return how many were not yet.

        Each transaction does some: what is broken off goes on where it was.
        """
        done = 0
        for some_of in (resealing.reseal_credentials, resealing.reseal_channels):
            after: str | None = ""
            while after is not None:
                some = await self._db.run(partial(_some, some_of, self._vault, after))
                done, after = done + some.done, some.last
        await self._db.run(_forget_paces)
        return done

    async def _named(self, name: str, work: Callable[[sa.Connection], Connection]) -> Connection:
        """Run a write that gives a connection this name; the database says if it is taken."""
        if not name.strip():
            raise UserError("A connection needs a name.")
        try:
            return await self._db.run(work)
        except IntegrityError:
            raise UserError(
                f"There is a connection called {name!r} already; choose another name."
            ) from None

    def _find(self, tx: sa.Connection, name: str) -> Connection:
        mine = connection.c.workspace_id == self._workspace_id
        wanted = (connection.c.id == name) | (connection.c.name == name)
        row = tx.execute(sa.select(connection).where(mine, wanted)).first()
        if row is None:
            names = tx.execute(sa.select(connection.c.name).where(mine)).scalars().all()
            there = f"There are: {', '.join(sorted(names))}." if names else "There is none yet."
            raise UserError(f"There is no connection called {name!r}. {there}")
        return _read(row)


def list_all(tx: sa.Connection, workspace_id: str) -> list[Connection]:
    """Return the workspace's connections by name."""
    mine = sa.select(connection).where(connection.c.workspace_id == workspace_id)
    return [_read(row) for row in tx.execute(mine.order_by(connection.c.name))]


def mark(tx: sa.Connection, connection_id: str, problem: str | None) -> None:
    """Say in the caller's transaction that a connection is broken and why, or (None) works."""
    status = "broken" if problem else "working"
    tx.execute(
        sa.update(connection)
        .where(connection.c.id == connection_id, connection.c.status != status)
        .values(status=status, problem=problem)
    )


def _some(
    some_of: Callable[[sa.Connection, Vault, str], Some],
    vault: Vault,
    after: str,
    tx: sa.Connection,
) -> Some:
    return some_of(tx, vault, after)


def _settings(account: Account) -> dict[str, Any]:
    return {"country": account.country, "config": json.dumps(dict(account.config))}


def _forget_paces(tx: sa.Connection) -> None:
    """Forget the paces of credentials that no connection has any more."""
    used = sa.select(connection.c.budget)
    tx.execute(sa.delete(pace).where(pace.c.key.not_in(used)))


def _change(tx: sa.Connection, connection_id: str, **values: Any) -> None:
    tx.execute(sa.update(connection).where(connection.c.id == connection_id).values(values))


_COLUMNS = [each for each in Connection.__dataclass_fields__ if each != "going_on"]


def _read(row: sa.Row[Any]) -> Connection:
    fields = {name: getattr(row, name) for name in _COLUMNS}
    fields["config"] = json.loads(row.config)
    return Connection(**fields)


def _now() -> int:
    return time.time_ns() // 1_000_000
