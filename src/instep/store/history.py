"""What was done, and why: one row for every change, refusal and question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.store.records import Scope
from instep.store.schema.syncs import history


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of history. `before`, `after` and `why` are JSON text by field, or a sentence."""

    what: str
    side: str | None = None
    record_id: str | None = None
    label: str | None = None
    link_id: str | None = None
    effect_key: str | None = None
    before: str | None = None
    after: str | None = None
    why: str | None = None


def write(tx: sa.Connection, scope: Scope, entries: Sequence[Entry]) -> None:
    """Append these lines."""
    if entries:
        shared = {
            "workspace_id": scope.workspace_id,
            "sync_id": scope.sync_id,
            "run_id": scope.run_id,
            "at": scope.now,
            "person": scope.person,
        }
        tx.execute(sa.insert(history), [{**shared, **asdict(entry)} for entry in entries])


def of_run(tx: sa.Connection, run_id: str, limit: int = 100) -> Sequence[sa.Row[Any]]:
    """Return the first lines of a run, oldest first."""
    return tx.execute(
        sa.select(history).where(history.c.run_id == run_id).order_by(history.c.id).limit(limit)
    ).all()


def changes_since(tx: sa.Connection, link_ids: Sequence[str], since: int) -> dict[str, int]:
    """Count, per link, the changes we made since then: a restless record shows here."""
    rows = tx.execute(
        sa.select(history.c.link_id, sa.func.count())
        .where(
            history.c.link_id.in_(list(link_ids)),
            history.c.at >= since,
            history.c.what == "updated",
        )
        .group_by(history.c.link_id)
    )
    return {row.link_id: row[1] for row in rows}
