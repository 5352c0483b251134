"""Secrets sealed anew with the newest key, some at a time: it may be broken off and begun again.

What is sealed with the newest key already is left as it is. What cannot be opened stays, too, and is
counted: it is lost to whoever has not the key that sealed it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import ConnectionBroken
from instep.sdk.auth import Credential
from instep.store import alert_channels, credentials
from instep.store.credentials import Place
from instep.store.database import insert_into
from instep.store.schema.alerts import alert_channel
from instep.store.schema.connections import connection, credential, sealing_key
from instep.store.vault import ID_LENGTH, Vault

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Some:
    """What came of some of them: how many were sealed anew, and the last one's id; None at the end."""

    done: int
    last: str | None


@dataclass(frozen=True, slots=True)
class _Opened:
    id: str
    sealed: str
    place: str
    text: str


def reseal_credentials(tx: sa.Connection, vault: Vault, after: str = "") -> Some:
    """Seal some credentials anew, those after an id, and count their calls by the new key, too."""
    query = sa.select(credential, connection.c.connector, connection.c.account_id).join(
        connection, connection.c.id == credential.c.connection_id
    )
    query = query.where(credential.c.connection_id > after)
    rows = tx.execute(query.order_by(credential.c.connection_id).limit(AT_ONCE)).all()
    opened = [
        (row, found)
        for row in rows
        if (found := _open(vault, row.connection_id, row.sealed, _place_of(row))) is not None
    ]
    done = _store(tx, vault, credential.c.connection_id, [each for _, each in opened])
    budgets = [
        {"of": row.connection_id, "to": _budget(vault, row, found.text)} for row, found in opened
    ]
    if budgets:
        mine = sa.update(connection).where(connection.c.id == sa.bindparam("of"))
        tx.execute(mine.values(budget=sa.bindparam("to")), budgets)
    return Some(done, rows[-1].connection_id if len(rows) == AT_ONCE else None)


def reseal_channels(tx: sa.Connection, vault: Vault, after: str = "") -> Some:
    """Seal the settings of some channels anew, those after an id."""
    query = sa.select(alert_channel).where(alert_channel.c.id > after)
    rows = tx.execute(query.order_by(alert_channel.c.id).limit(AT_ONCE)).all()
    places = ((row, alert_channels.place_of(row.workspace_id, row.id)) for row in rows)
    opened = [_open(vault, row.id, row.sealed, place) for row, place in places]
    done = _store(tx, vault, alert_channel.c.id, [each for each in opened if each is not None])
    return Some(done, rows[-1].id if len(rows) == AT_ONCE else None)


def sealed_with(tx: sa.Connection) -> Mapping[str, int]:
    """Return how many secrets each key has sealed, by the ids of the keys."""
    found: dict[str, int] = {}
    for column in (credential.c.sealed, alert_channel.c.sealed):
        key_id = sa.func.substr(column, 1, ID_LENGTH)
        for name, number in tx.execute(sa.select(key_id, sa.func.count()).group_by(key_id)):
            found[name] = found.get(name, 0) + number
    return found


def note_key(tx: sa.Connection, workspace_id: str, key_id: str, now: int) -> None:
    """Note since when a key is the newest one; what was noted before stays."""
    row = {"id": key_id, "workspace_id": workspace_id, "since": now}
    tx.execute(insert_into(tx, sealing_key).values(row).on_conflict_do_nothing())


def since(tx: sa.Connection) -> Mapping[str, int]:
    """Return since when each key was the newest one, in epoch milliseconds, by their ids."""
    return {row.id: row.since for row in tx.execute(sa.select(sealing_key))}


def forget_keys(tx: sa.Connection, key_ids: Sequence[str]) -> None:
    """Forget since when these were the newest."""
    tx.execute(sa.delete(sealing_key).where(sealing_key.c.id.in_(key_ids)))


def _open(vault: Vault, row_id: str, sealed: str, place: str) -> _Opened | None:
    try:
        return _Opened(row_id, sealed, place, vault.open(sealed, place))
    except ConnectionBroken:
        return None


def _store(
    tx: sa.Connection, vault: Vault, key: sa.ColumnElement[str], opened: Sequence[_Opened]
) -> int:
    table: Any = key.table
    rows = [*_fresh(vault, opened)]
    if rows:
        # one renewed meanwhile is sealed with the newest key already: it is not what was read
        still = (key == sa.bindparam("of"), table.c.sealed == sa.bindparam("was"))
        tx.execute(sa.update(table).where(*still).values(sealed=sa.bindparam("fresh")), rows)
    return len(rows)


def _fresh(vault: Vault, opened: Sequence[_Opened]) -> Iterator[dict[str, str]]:
    for each in opened:
        if not vault.is_current(each.sealed):
            fresh = vault.seal(each.text, each.place)
            yield {"of": each.id, "was": each.sealed, "fresh": fresh}


def _place_of(row: sa.Row[Any]) -> str:
    return str(Place(row.workspace_id, row.connection_id))


def _budget(vault: Vault, row: sa.Row[Any], text: str) -> str:
    secret = Credential(row.kind, json.loads(text))
    return credentials.budget_of(vault, row.connector, row.account_id, secret)
