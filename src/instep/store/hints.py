"""Hints: records that a sync has to read again, because their app said something about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.sdk.webhooks import Hint
from instep.store import bulk
from instep.store.schema.events import hint
from instep.store.schema.syncs import sync
from instep.store.watchers import Watcher


@dataclass(frozen=True, slots=True)
class Concern:
    """A sync's side that one event is a hint for."""

    watcher: Watcher
    side: str
    hint: Hint
    event_id: int


def note(tx: sa.Connection, concerns: Sequence[Concern]) -> None:
    """Note these records to be read again; several events about one record are one hint."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for each in sorted(concerns, key=lambda concern: concern.event_id):
        row = _row(each)
        key = (row["sync_id"], row["side"], row["record_id"])
        older = rows.get(key, {})
        row["deleted"] = row["deleted"] or older.get("deleted", False)
        row["parent_id"] = row["parent_id"] or older.get("parent_id")
        rows[key] = row
    bulk.insert(tx, hint, [rows[key] for key in sorted(rows)], _AGAIN)


_AGAIN = (
    "ON CONFLICT (sync_id, side, record_id) DO UPDATE SET event_id = excluded.event_id, "
    "deleted = hint.deleted OR excluded.deleted, "
    "parent_id = COALESCE(excluded.parent_id, hint.parent_id)"
)


def _row(each: Concern) -> dict[str, Any]:
    return {
        "workspace_id": each.watcher.workspace_id,
        "sync_id": each.watcher.sync_id,
        "side": each.side,
        "record_id": each.hint.record_id,
        "parent_id": each.hint.parent_id,
        "deleted": each.hint.deleted,
        "event_id": each.event_id,
    }


def newest(tx: sa.Connection, sync_id: str) -> int | None:
    """Return the newest event a sync has a hint of; None if it has no hints."""
    query = sa.select(sa.func.max(hint.c.event_id)).where(hint.c.sync_id == sync_id)
    found: int | None = tx.execute(query).scalar_one()
    return found


def any_left(tx: sa.Connection, sync_id: str) -> bool:
    """Whether events have named records of this sync that were not read again yet.

    Locks the sync first: an intake that is about to add a hint is waited for, or waits for us.
    """
    tx.execute(sa.select(sync.c.id).where(sync.c.id == sync_id).with_for_update(key_share=True))
    query = sa.select(hint.c.record_id).where(hint.c.sync_id == sync_id)
    return tx.execute(query.limit(1)).first() is not None


def waiting(tx: sa.Connection, sync_id: str, upto: int, limit: int) -> Sequence[sa.Row[Any]]:
    """Return a sync's next hints whose newest event is not younger than `upto`."""
    query = (
        sa.select(hint)
        .where(hint.c.sync_id == sync_id, hint.c.event_id <= upto)
        .order_by(hint.c.event_id)
        .limit(limit)
    )
    return tx.execute(query).all()


def remove(tx: sa.Connection, rows: Sequence[sa.Row[Any]]) -> None:
    """Take away hints that were followed; one that an event has renewed since stays."""
    if rows:
        tx.execute(
            sa.delete(hint).where(
                hint.c.sync_id == sa.bindparam("of_sync"),
                hint.c.side == sa.bindparam("of_side"),
                hint.c.record_id == sa.bindparam("of_record"),
                hint.c.event_id == sa.bindparam("of_event"),
            ),
            [
                {
                    "of_sync": row.sync_id,
                    "of_side": row.side,
                    "of_record": row.record_id,
                    "of_event": row.event_id,
                }
                for row in sorted(rows, key=lambda row: (row.side, row.record_id))
            ],
        )
