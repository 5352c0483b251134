"""Connections and their sealed credentials."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from instep.core.errors import ConnectionBroken, UserError
from instep.sdk.auth import Credential
from instep.store.database import Database, insert_into
from instep.store.ids import new_id
from instep.store.schema.connections import connection, credential
from instep.store.vault import Vault


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
    """The connections of one workspace."""

    def __init__(self, db: Database, vault: Vault, workspace_id: str) -> None:
        self._db = db
        self._vault = vault
        self._workspace_id = workspace_id

    async def create(self, new: NewConnection, secret: Credential) -> Connection:
        """Store a connection and its credential together. Raises UserError for a taken name."""

        def insert(tx: sa.Connection) -> Connection:
            self._refuse_taken(tx, new.name)
            now = _now()
            connection_id = new_id("con")
            tx.execute(
                sa.insert(connection).values(
                    id=connection_id,
                    workspace_id=self._workspace_id,
                    name=new.name,
                    connector=new.connector,
                    auth_kind=new.auth_kind,
                    account_id=new.account_id,
                    country=new.country,
                    config=json.dumps(dict(new.config)),
                    status="working",
                    verified_at=now,
                    created_at=now,
                )
            )
            store_credential(tx, self._vault, (self._workspace_id, connection_id), secret)
            return self._find(tx, connection_id)

        return await self._db.run(insert)

    def _refuse_taken(self, tx: sa.Connection, name: str) -> None:
        taken = sa.select(connection.c.id).where(
            connection.c.workspace_id == self._workspace_id, connection.c.name == name
        )
        if tx.execute(taken).first() is not None:
            raise UserError(f"There is a connection called {name!r} already; choose another name.")

    async def get(self, name_or_id: str) -> Connection:
        """Return a connection. Raises UserError with the names there are."""
        return await self._db.run_read(lambda tx: self._find(tx, name_or_id))

    def _find(self, tx: sa.Connection, name_or_id: str) -> Connection:
        mine = connection.c.workspace_id == self._workspace_id
        wanted = (connection.c.id == name_or_id) | (connection.c.name == name_or_id)
        row = tx.execute(sa.select(connection).where(mine, wanted)).first()
        if row is None:
            names = tx.execute(sa.select(connection.c.name).where(mine)).scalars().all()
            there = f"There are: {', '.join(sorted(names))}." if names else "There is none yet."
            raise UserError(f"There is no connection called {name_or_id!r}. {there}")
        return _read(row)

    async def list(self) -> list[Connection]:
        """Return every connection by name."""
        mine = sa.select(connection).where(connection.c.workspace_id == self._workspace_id)
        return await self._db.run_read(
            lambda tx: [_read(row) for row in tx.execute(mine.order_by(connection.c.name))]
        )

    async def mark(self, connection_id: str, problem: str | None) -> None:
        """Say that a connection is broken and why, or (None) that it works."""
        await self._db.run(
            lambda tx: tx.execute(
                sa.update(connection)
                .where(connection.c.id == connection_id)
                .values(status="broken" if problem else "working", problem=problem)
            )
        )


def store_credential(
    tx: sa.Connection, vault: Vault, of: tuple[str, str], secret: Credential
) -> None:
    """Store (or replace) the credential of a (workspace, connection), sealed."""
    workspace_id, connection_id = of
    expires = secret.expires_at
    row = {
        "kind": secret.kind,
        "sealed": vault.seal(json.dumps(dict(secret.secrets)), _place(workspace_id, connection_id)),
        "scopes": " ".join(secret.scopes),
        "expires_at": int(expires.timestamp() * 1000) if expires is not None else None,
        "stored_at": _now(),
    }
    tx.execute(
        insert_into(tx, credential)
        .values(workspace_id=workspace_id, connection_id=connection_id, **row)
        .on_conflict_do_update(index_elements=["connection_id"], set_=row)
    )


def load_credential(tx: sa.Connection, vault: Vault, connection_id: str) -> Credential:
    """Open a connection's credential. Raises ConnectionBroken if there is none."""
    query = sa.select(credential).where(credential.c.connection_id == connection_id)
    row = tx.execute(query).first()
    if row is None:
        raise ConnectionBroken("This connection has no credential; connect the app again.")
    secrets = json.loads(vault.open(row.sealed, _place(row.workspace_id, connection_id)))
    expires = row.expires_at
    return Credential(
        row.kind,
        secrets,
        datetime.fromtimestamp(expires / 1000, UTC) if expires is not None else None,
        tuple(row.scopes.split()),
    )


def _place(workspace_id: str, connection_id: str) -> str:
    return f"{workspace_id}/{connection_id}/secrets"


def _read(row: sa.Row[Any]) -> Connection:
    fields = {name: getattr(row, name) for name in Connection.__dataclass_fields__}
    fields["config"] = json.loads(row.config)
    return Connection(**fields)


def _now() -> int:
    return time.time_ns() // 1_000_000
