"""Authorisations begun and not answered yet: what was typed waits sealed, for a few minutes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import ConnectionBroken
from instep.store.database import Database
from instep.store.schema.connections import authorisation
from instep.store.vault import Vault

_PURPOSE = "authorisation"


@dataclass(frozen=True, slots=True)
class Begun:
    """An authorisation: whose answer is taken, until when (epoch milliseconds), what was typed."""

    asked_by: str
    ends_at: int
    typed: Mapping[str, Any]


class Authorisations:
    """The open authorisations of one workspace, each found by the `state` its answer brings back."""

    def __init__(self, db: Database, vault: Vault, workspace_id: str) -> None:
        self._db = db
        self._vault = vault
        self._workspace_id = workspace_id

    async def add(self, state: str, begun: Begun, now: int) -> None:
        """Keep one until it is answered; those whose time is over are forgotten."""
        digest = self._vault.digest(state, _PURPOSE)
        row = {
            "digest": digest,
            "workspace_id": self._workspace_id,
            "asked_by": begun.asked_by,
            "sealed": self._vault.seal(json.dumps(dict(begun.typed)), self._place(digest)),
            "ends_at": begun.ends_at,
        }

        def add(tx: sa.Connection) -> None:
            tx.execute(sa.delete(authorisation).where(authorisation.c.ends_at <= now))
            tx.execute(sa.insert(authorisation).values(row))

        await self._db.run(add)

    async def take(self, state: str, asked_by: str, now: int) -> Mapping[str, Any] | None:
        """Return what was typed and forget it: of many answers, one is taken.

        Without a state it is the only one that is open for whoever asks. None if it was never
        begun, by somebody else, too long ago, or is answered.
        """
        digests = self._vault.digests(state, _PURPOSE)
        mine = sa.and_(authorisation.c.asked_by == asked_by, authorisation.c.ends_at > now)

        def take(tx: sa.Connection) -> sa.Row[Any] | None:
            there = sa.select(authorisation.c.digest).where(mine)
            if state:
                there = there.where(authorisation.c.digest.in_(digests))
            found = tx.execute(there.limit(2)).scalars().all()
            if len(found) != 1:
                return None
            gone = sa.delete(authorisation).where(authorisation.c.digest == found[0])
            return tx.execute(gone.returning(*authorisation.c)).first()

        row = await self._db.run(take)
        if row is None:
            return None
        try:
            opened = self._vault.open(row.sealed, self._place(row.digest))
        except ConnectionBroken:
            return None  # its key is gone: it is begun again
        typed: Mapping[str, Any] = json.loads(opened)
        return typed

    def _place(self, digest: str) -> str:
        return f"{self._workspace_id}/{digest}/authorisation"
