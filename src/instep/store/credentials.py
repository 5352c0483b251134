"""Credentials in their table: sealed whole, each bound to its connection."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from instep.core.errors import ConnectionBroken, UserError
from instep.sdk.auth import Credential
from instep.store import alert_channels
from instep.store.database import insert_into
from instep.store.schema.connections import credential
from instep.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Place:
    """Where a credential belongs. Its text is what the sealed secrets are bound to."""

    workspace_id: str
    connection_id: str

    def __str__(self) -> str:
        return f"{self.workspace_id}/{self.connection_id}/secrets"


_RENEWED_BY_ITSELF = frozenset({"access_token", "refresh_token"})


def budget_of(vault: Vault, connector: str, account_id: str, secret: Credential) -> str:
    """Return by what the calls of a credential are counted: a digest, which tells no secret.

    Two connections with the same credential for the same account have one budget, as at the app.
    Tokens that are renewed by themselves do not count: the app that they were granted to does.
    """
    lasting = {
        name: text for name, text in secret.secrets.items() if name not in _RENEWED_BY_ITSELF
    }
    return vault.digest(json.dumps([connector, account_id, lasting], sort_keys=True), "budget")


def store(tx: sa.Connection, vault: Vault, place: Place, secret: Credential) -> None:
    """Store (or replace) a credential."""
    row = _row(vault, place, secret)
    first = {"workspace_id": place.workspace_id, "connection_id": place.connection_id, "version": 1}
    tx.execute(
        insert_into(tx, credential)
        .values(**first, **row)
        .on_conflict_do_update(
            index_elements=["connection_id"], set_={**row, "version": credential.c.version + 1}
        )
    )


def replace(
    tx: sa.Connection, vault: Vault, place: Place, secret: Credential, version: int
) -> bool:
    """Replace the credential if it still is at `version`; return whether it was."""
    row = _row(vault, place, secret)
    changed = tx.execute(_if_still(place, version).values(version=version + 1, **row))
    return changed.rowcount == 1


def _if_still(place: Place, version: int) -> sa.Update:
    return sa.update(credential).where(
        credential.c.connection_id == place.connection_id, credential.c.version == version
    )


def _row(vault: Vault, place: Place, secret: Credential) -> dict[str, Any]:
    expires = secret.expires_at
    return {
        "kind": secret.kind,
        "sealed": vault.seal(json.dumps(dict(secret.secrets)), str(place)),
        "scopes": " ".join(secret.scopes),
        "expires_at": int(expires.timestamp() * 1000) if expires is not None else None,
        "stored_at": time.time_ns() // 1_000_000,
    }


def version_of(tx: sa.Connection, place: Place) -> int:
    """Return a credential's version: one more each time. Raises ConnectionBroken without one."""
    return int(_find(tx, place).version)


def load(tx: sa.Connection, vault: Vault, place: Place) -> Credential:
    """Open a credential. Raises ConnectionBroken if there is none or it cannot be opened."""
    row = _find(tx, place)
    expires = row.expires_at
    return Credential(
        row.kind,
        json.loads(vault.open(row.sealed, str(place))),
        datetime.fromtimestamp(expires / 1000, UTC) if expires is not None else None,
        tuple(row.scopes.split()),
    )


def _find(tx: sa.Connection, place: Place) -> sa.Row[Any]:
    row = tx.execute(
        sa.select(credential).where(
            credential.c.workspace_id == place.workspace_id,
            credential.c.connection_id == place.connection_id,
        )
    ).first()
    if row is None:
        raise ConnectionBroken("This connection has no credential; connect the app again.")
    return row


def scopes(tx: sa.Connection, workspace_id: str) -> dict[str, tuple[str, ...]]:
    """Return the scopes that each credential is known to carry, by connection id."""
    told = sa.select(credential.c.connection_id, credential.c.scopes).where(
        credential.c.workspace_id == workspace_id, credential.c.scopes != ""
    )
    return {row.connection_id: tuple(row.scopes.split()) for row in tx.execute(told)}


def check_keys(tx: sa.Connection, vault: Vault) -> None:
    """Raise UserError if a stored secret was sealed with a key that is not at hand."""
    lost = sum(not vault.knows_key_of(row.sealed) for row in _all(tx))
    lost += alert_channels.lost_keys(tx, vault)
    if lost:
        raise UserError(
            f"{lost} stored credential(s) were sealed with another key than the one in use. "
            "Put the old INSTEP_KEY or key file back; without it those apps must be connected anew."
        )


def _all(tx: sa.Connection) -> Sequence[sa.Row[Any]]:
    return tx.execute(sa.select(credential)).all()
