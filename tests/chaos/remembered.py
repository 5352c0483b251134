"""What the history tells: which values were overwritten, and which a person was asked about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store.database import Database
from instep.store.schema.syncs import history, link, sync
from tests.chaos.doors import fold
from tests.chaos.ledger import Edit


@dataclass(frozen=True)
class Remembered:
    """The rows of the history with their kind, and which records are linked, by kind, side and id."""

    rows: list[sa.Row[Any]]
    partners: dict[tuple[str, str, str], str]

    def has_overwritten(self, edit: Edit) -> bool:
        """Whether a row says that this edit's value was replaced, or asked about."""
        return any(self._tells(row, edit) for row in self.rows)

    def _tells(self, row: sa.Row[Any], edit: Edit) -> bool:
        if row.kind != edit.kind:
            return False
        if row.what == "updated" and (row.side, row.record_id) == (edit.side, edit.record_id):
            return _names(row.before, edit)
        if row.what == "conflict" and self._concerns(row, edit):
            return _names(row.before if edit.side == "a" else row.after, edit)
        return False

    def _concerns(self, row: sa.Row[Any], edit: Edit) -> bool:
        here = (edit.side, edit.record_id)
        there = ("b" if edit.side == "a" else "a", self.partners.get((edit.kind, *here)))
        return (row.side, row.record_id) in {here, there}


def _names(values: str | None, edit: Edit) -> bool:
    told = json.loads(values or "{}")
    return edit.name in told and fold(told[edit.name]) == edit.value


def remember(database: Database) -> Remembered:
    """Read the whole history."""
    with database.read() as tx:
        kinds = sa.select(history, sync.c.name.label("kind")).join(
            sync, sync.c.id == history.c.sync_id
        )
        rows = [*tx.execute(kinds.order_by(history.c.id))]
        links = tx.execute(
            sa.select(link.c.a_id, link.c.b_id, sync.c.name).join(sync, sync.c.id == link.c.sync_id)
        ).all()
    partners = {(row.name, "a", row.a_id): row.b_id for row in links}
    return Remembered(rows, partners | {(row.name, "b", row.b_id): row.a_id for row in links})
