"""What was done and why, and the runs that did it, as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from instep.core.telling import Told
from instep.store import history, reviews, runs, syncs
from instep.store.database import Database
from instep.store.history import Lines
from instep.store.runs import Run


class History:
    """The services around the history of one workspace."""

    def __init__(self, db: Database, workspace_id: str) -> None:
        self._db = db
        self._workspace_id = workspace_id

    async def lines(self, name: str, wanted: Lines) -> Sequence[Told]:
        """Return lines of a sync's history, newest first. Raises UserError for an unknown sync."""

        def read(tx: sa.Connection) -> Sequence[Told]:
            sync = syncs.get(tx, self._workspace_id, name)
            names = reviews.names(tx, [sync.id])[sync.id]
            return [_told(row, names) for row in history.page(tx, sync.id, wanted)]

        return await self._db.run_read(read)

    async def runs(self, name: str, limit: int = 20, before: str | None = None) -> Sequence[Run]:
        """Return a sync's runs, newest first; those before one of them if that is named.

        Raises UserError for an unknown sync.
        """

        def read(tx: sa.Connection) -> Sequence[Run]:
            sync = syncs.get(tx, self._workspace_id, name)
            return runs.latest(tx, sync.id, limit, before)

        return await self._db.run_read(read)


def _told(row: sa.Row[Any], names: tuple[str, str]) -> Told:
    return Told(
        id=row.id,
        at=row.at,
        what=row.what,
        side=row.side,
        app=names[1] if row.side == "b" else names[0],
        record=row.label or row.record_id or "a record",
        record_id=row.record_id,
        link=row.link_id,
        run=row.run_id,
        person=row.person,
        before=row.before,
        after=row.after,
        why=row.why,
    )
