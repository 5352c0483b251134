"""What was done and why, and the runs that did it, as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.telling import Told
from instep.core.times import iso_seconds
from instep.store import history, reviews, runs, syncs
from instep.store.database import Database
from instep.store.history import Lines
from instep.store.runs import Run


@dataclass(frozen=True, slots=True)
class RunTold:
    """A run as people and programs read it."""

    run: Run

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        run = self.run
        return {
            "id": run.id,
            "kind": run.kind,
            "state": run.state,
            "started_at": iso_seconds(run.started_at),
            "finished_at": iso_seconds(run.finished_at),
            "person": run.person,
            "plan": run.plan_id,
            "counts": dict(run.counts),
            "said": run.sentence,
        }


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
            return [told_of(row, _side(row, names)) for row in history.page(tx, sync.id, wanted)]

        return await self._db.run_read(read)

    async def latest(
        self, limit: int = 50, before: int | None = None
    ) -> Sequence[tuple[str, Told]]:
        """Return lines of every sync's history, newest first, each with the name of its sync."""

        def read(tx: sa.Connection) -> Sequence[tuple[str, Told]]:
            rows = history.latest(tx, self._workspace_id, limit, before)
            named = {each.id: each.name for each in syncs.list_all(tx, self._workspace_id)}
            names = reviews.names(tx, [*named])
            return [
                (named[row.sync_id], told_of(row, _side(row, names[row.sync_id])))
                for row in rows
                if row.sync_id in named
            ]

        return await self._db.run_read(read)

    async def runs(
        self, name: str, limit: int = 20, before: str | None = None
    ) -> Sequence[RunTold]:
        """Return a sync's runs, newest first; those before one of them if that is named.

        Raises UserError for an unknown sync.
        """

        def read(tx: sa.Connection) -> Sequence[RunTold]:
            sync = syncs.get(tx, self._workspace_id, name)
            return [RunTold(each) for each in runs.latest(tx, sync.id, limit, before)]

        return await self._db.run_read(read)


def told_of(row: sa.Row[Any], app: str) -> Told:
    """Return a line of history as it is told; `app` is what its side is called."""
    return Told(
        id=row.id,
        at=row.at,
        what=row.what,
        side=row.side,
        app=app,
        record=row.label or row.record_id or "a record",
        record_id=row.record_id,
        link=row.link_id,
        run=row.run_id,
        person=row.person,
        before=row.before,
        after=row.after,
        why=row.why,
    )


def _side(row: sa.Row[Any], names: tuple[str, str]) -> str:
    return names[1] if row.side == "b" else names[0]
