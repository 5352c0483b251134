"""What a complete read saw, and who of a side was not in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.store import bulk
from instep.store.records import Scope
from instep.store.schema.syncs import record, sighting


def clear(tx: sa.Connection, sync_id: str, side: SideName) -> None:
    """Forget what was seen: a complete read begins, or has been dealt with."""
    tx.execute(sa.delete(sighting).where(sighting.c.sync_id == sync_id, sighting.c.side == side))


def note(tx: sa.Connection, scope: Scope, side: SideName, ids: Iterable[str]) -> None:
    """Note that these records were seen, in the transaction that stores their page."""
    rows = [
        {
            "workspace_id": scope.workspace_id,
            "sync_id": scope.sync_id,
            "side": side,
            "record_id": each,
        }
        for each in dict.fromkeys(ids)
    ]
    bulk.insert(tx, sighting, rows, "ON CONFLICT DO NOTHING")


def forget(tx: sa.Connection, scope: Scope, side: SideName, ids: Sequence[str]) -> None:
    """Take back that these were seen: a list that lags shows what is gone already."""
    if ids:
        tx.execute(
            sa.delete(sighting).where(
                sighting.c.sync_id == scope.sync_id,
                sighting.c.side == side,
                sighting.c.record_id.in_(list(ids)),
            )
        )


def count_missing(tx: sa.Connection, sync_id: str, side: SideName, since: int) -> int:
    """Count the linked records that the complete read begun at `since` did not bring."""
    query = sa.select(sa.func.count()).select_from(record)
    missing = _is_missing(sync_id, side, since)
    return tx.execute(query.where(*missing, record.c.link_id.is_not(None))).scalar_one()


_ASKED = [record.c[name] for name in ("record_id", "parent_id", "state", "link_id")]


def doubted(
    tx: sa.Connection, sync_id: str, side: SideName, since: int, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return the next records (record_id, parent_id, state) that have to be asked for one by one.

    Those are the ones that the complete read begun at `since` (epoch milliseconds) did not bring
    and that were neither read nor written since; and those it brought though they were gone.
    """
    returned = (
        record.c.sync_id == sync_id,
        record.c.side == side,
        record.c.state == "gone",
        _is_sighted(),
    )
    # two queries, each as narrow as it can be: as one with OR it would read the whole side twice
    missing = sa.select(*_ASKED).where(*_is_missing(sync_id, side, since))
    rows = tx.execute(missing.order_by(record.c.record_id).limit(limit)).all()
    if len(rows) < limit:
        back = sa.select(*_ASKED).where(*returned).order_by(record.c.record_id)
        rows = [*rows, *tx.execute(back.limit(limit - len(rows)))]
    return rows


def missing_under(
    tx: sa.Connection,
    sync_id: str,
    side: SideName,
    parent_ids: Sequence[str],
    listed: Collection[str],
    since: int,
) -> list[sa.Row[Any]]:
    """Return, as `doubted` does, the children of these parents that are not in `listed`.

    `listed` are the ids of all that the parents' complete lists, begun at `since` (epoch
    milliseconds), brought; such lists come at once and need no sightings.
    """
    query = sa.select(*_ASKED).where(
        record.c.sync_id == sync_id,
        record.c.side == side,
        record.c.parent_id.in_(list(parent_ids)),
        record.c.state != "gone",
        *_is_untouched(since),
    )
    return [row for row in tx.execute(query) if row.record_id not in listed]


def _is_missing(sync_id: str, side: SideName, since: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        record.c.sync_id == sync_id,
        record.c.side == side,
        record.c.state != "gone",
        ~_is_sighted(),
        *_is_untouched(since),
    )


def _is_sighted() -> sa.Exists:
    return sa.exists().where(
        sighting.c.sync_id == record.c.sync_id,
        sighting.c.side == record.c.side,
        sighting.c.record_id == record.c.record_id,
    )


def _is_untouched(since: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Neither read nor written since: what came later than the list may be missing from it."""
    unwritten = sa.or_(record.c.written_at.is_(None), record.c.written_at < since)
    return record.c.read_at < since, unwritten
