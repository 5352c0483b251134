"""Channels in their table: where alerts are told, their settings sealed like a credential."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from instep.core.errors import UserError
from instep.store import alert_messages, alert_rules, alerts
from instep.store.database import Database
from instep.store.ids import new_id
from instep.store.schema.alerts import alert_channel
from instep.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Channel:
    """Where alerts are told, without anything secret. Times: epoch milliseconds."""

    id: str
    workspace_id: str
    name: str
    kind: str
    leads_to: str
    problem: str | None
    problem_at: int | None
    created_at: int

    @property
    def place(self) -> str:
        """What its sealed settings are bound to."""
        return place_of(self.workspace_id, self.id)


@dataclass(frozen=True, slots=True)
class NewChannel:
    """What a person says of a channel; `leads_to` tells where it leads, and nothing secret."""

    name: str
    kind: str
    leads_to: str
    settings: Mapping[str, str]


class Channels:
    """The channels of one workspace. Wherever a name is asked for, an id does as well."""

    def __init__(self, db: Database, vault: Vault, workspace_id: str) -> None:
        self._db = db
        self._vault = vault
        self._workspace_id = workspace_id

    async def add(self, new: NewChannel, now: int) -> Channel:
        """Store a channel. Raises UserError for a taken name, or none."""
        if not new.name.strip():
            raise UserError("A channel needs a name.")
        channel_id = new_id("chn")
        place = place_of(self._workspace_id, channel_id)
        row = {
            "id": channel_id,
            "workspace_id": self._workspace_id,
            "name": new.name,
            "kind": new.kind,
            "leads_to": new.leads_to,
            "sealed": self._vault.seal(json.dumps(dict(new.settings)), place),
            "created_at": now,
        }

        def insert(tx: sa.Connection) -> Channel:
            tx.execute(sa.insert(alert_channel).values(row))
            return find(tx, self._workspace_id, channel_id)

        try:
            return await self._db.run(insert)
        except IntegrityError:
            raise UserError(
                f"There is a channel called {new.name!r} already; choose another name."
            ) from None

    async def get(self, name: str) -> Channel:
        """Return a channel. Raises UserError with the names there are."""
        return await self._db.run_read(lambda tx: find(tx, self._workspace_id, name))

    async def list(self) -> list[Channel]:
        """Return every channel by name."""
        return await self._db.run_read(lambda tx: list_all(tx, self._workspace_id))

    async def settings(self, of: Channel) -> Mapping[str, str]:
        """Return a channel's settings, opened. Raises ConnectionBroken if they cannot be."""
        query = sa.select(alert_channel.c.sealed).where(alert_channel.c.id == of.id)
        sealed = await self._db.run_read(lambda tx: tx.execute(query).scalar_one())
        opened: dict[str, str] = json.loads(self._vault.open(sealed, of.place))
        return opened

    async def remove(self, name: str) -> Channel:
        """Forget a channel, its messages, and what it knew. Raises UserError for an unknown one."""

        def remove(tx: sa.Connection) -> Channel:
            found = find(tx, self._workspace_id, name)
            alert_rules.forget_channel(tx, self._workspace_id, found.id)
            alert_messages.forget_channel(tx, found.id)
            alerts.forget_channels(tx, [found.id])
            tx.execute(sa.delete(alert_channel).where(alert_channel.c.id == found.id))
            return found

        return await self._db.run(remove)

    async def mark(self, channel_id: str, problem: str | None, now: int) -> None:
        """Say why messages do not get through to a channel, or (None) that one did."""
        await self._db.run(lambda tx: mark(tx, channel_id, problem, now))


def find(tx: sa.Connection, workspace_id: str, name: str) -> Channel:
    """Return a channel by name or id. Raises UserError with the names there are."""
    there = list_all(tx, workspace_id)
    for each in there:
        if name in {each.id, each.name}:
            return each
    names = f"There are: {', '.join(each.name for each in there)}." if there else _NONE
    raise UserError(f"There is no channel called {name!r}. {names}")


_NONE = "There is none yet; instep alerts channel add makes one."


def list_all(tx: sa.Connection, workspace_id: str) -> list[Channel]:
    """Return the workspace's channels by name."""
    mine = sa.select(alert_channel).where(alert_channel.c.workspace_id == workspace_id)
    return [_read(row) for row in tx.execute(mine.order_by(alert_channel.c.name))]


def mark(tx: sa.Connection, channel_id: str, problem: str | None, now: int) -> None:
    """Say in the caller's transaction why messages do not get through, or (None) that one did.

    A problem keeps the time at which it began.
    """
    mine = sa.update(alert_channel).where(alert_channel.c.id == channel_id)
    if problem is None:
        mine = mine.where(alert_channel.c.problem.is_not(None))
        tx.execute(mine.values(problem=None, problem_at=None))
        return
    began = sa.func.coalesce(alert_channel.c.problem_at, now)
    tx.execute(mine.values(problem=problem, problem_at=began))


def lost_keys(tx: sa.Connection, vault: Vault) -> int:
    """Count the channels that were sealed with a key which is not at hand."""
    return sum(not vault.knows_key_of(row.sealed) for row in _all(tx))


def _all(tx: sa.Connection) -> Sequence[sa.Row[Any]]:
    return tx.execute(sa.select(alert_channel)).all()


def place_of(workspace_id: str, channel_id: str) -> str:
    """Return what the sealed settings of a channel are bound to."""
    return f"{workspace_id}/{channel_id}/channel"


def _read(row: sa.Row[Any]) -> Channel:
    return Channel(**{name: getattr(row, name) for name in Channel.__dataclass_fields__})
