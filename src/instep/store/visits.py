"""Which parents' children are to be read next, where an app lists them one parent at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.core.pairs import other_side
from instep.store.database import insert_into
from instep.store.kin import Relative
from instep.store.records import Scope
from instep.store.schema.syncs import link, notice, record, visit


def due(
    tx: sa.Connection, scope: Scope, side: SideName, parents: Relative, began: int, limit: int
) -> list[str]:
    """Return linked parents never visited, or changed since: those longest unvisited first.

    A parent visited since `began` (epoch milliseconds) has had its turn.
    """
    query, seen = _turn(scope, side, parents, began)
    changed = sa.or_(seen.is_(None), record.c.read_at > seen)
    return _first(tx, query.where(changed), seen, limit)


def stale(
    tx: sa.Connection, scope: Scope, side: SideName, parents: Relative, began: int, limit: int
) -> list[str]:
    """Return linked parents not visited since `began`, changed or not, those longest ago first."""
    query, seen = _turn(scope, side, parents, began)
    return _first(tx, query, seen, limit)


def _turn(
    scope: Scope, side: SideName, parents: Relative, began: int
) -> tuple[sa.Select[Any], sa.ColumnElement[Any]]:
    end = parents.end(side)
    mine = sa.and_(visit.c.sync_id == scope.sync_id, visit.c.side == side, visit.c.parent_id == end)
    theirs = sa.and_(
        record.c.sync_id == parents.sync_id,
        record.c.side == parents.side(side),
        record.c.record_id == end,
    )
    query = (
        sa.select(end)
        .join(record, theirs)
        .outerjoin(visit, mine)
        .where(link.c.sync_id == parents.sync_id, record.c.state != "gone")
        .where(sa.or_(visit.c.visited_at.is_(None), visit.c.visited_at < began))
    )
    return query, visit.c.visited_at


def _first(
    tx: sa.Connection, query: sa.Select[Any], seen: sa.ColumnElement[Any], limit: int
) -> list[str]:
    ordered = query.order_by(sa.func.coalesce(seen, 0), query.selected_columns[0])
    return [*tx.execute(ordered.limit(limit)).scalars()]


def linked(tx: sa.Connection, parents: Relative | None, side: SideName) -> list[str]:
    """Return every linked parent, by our side's id."""
    if parents is None:
        return []
    query = sa.select(parents.end(side)).where(link.c.sync_id == parents.sync_id)
    return [*tx.execute(query).scalars()]


def unvisited_parents(
    tx: sa.Connection, sync_id: str, side: SideName, parents: Relative, limit: int
) -> list[str]:
    """Return parents of `side` never visited yet whose partner has children to be decided about."""
    query = _unvisited(sync_id, side, parents)
    chosen = query.with_only_columns(parents.end(side)).distinct().limit(limit)
    return [*tx.execute(chosen).scalars()]


def below_unvisited(
    tx: sa.Connection, sync_id: str, side: SideName, parents: Relative, ids: Collection[str]
) -> set[str]:
    """Return those of these children of the other side whose parent's partner was never visited."""
    query = _unvisited(sync_id, side, parents).where(notice.c.record_id.in_(list(ids)))
    return set(tx.execute(query).scalars())


def _unvisited(sync_id: str, side: SideName, parents: Relative) -> sa.Select[Any]:
    there = other_side(side)
    child = sa.and_(
        record.c.sync_id == notice.c.sync_id,
        record.c.side == notice.c.side,
        record.c.record_id == notice.c.record_id,
    )
    partner = sa.and_(link.c.sync_id == parents.sync_id, parents.end(there) == record.c.parent_id)
    mine = sa.and_(
        visit.c.sync_id == sync_id, visit.c.side == side, visit.c.parent_id == parents.end(side)
    )
    return (
        sa.select(notice.c.record_id)
        .select_from(notice)
        .join(record, child)
        .join(link, partner)
        .outerjoin(visit, mine)
        .where(notice.c.sync_id == sync_id, notice.c.side == there)
        .where(record.c.link_id.is_(None), visit.c.parent_id.is_(None))
    )


def note(tx: sa.Connection, scope: Scope, side: SideName, ids: Sequence[str], at: int) -> None:
    """Note that the children of these parents were read as they were at `at`."""
    if ids:
        rows = [
            {
                "sync_id": scope.sync_id,
                "side": side,
                "parent_id": each,
                "workspace_id": scope.workspace_id,
                "visited_at": at,
            }
            for each in ids
        ]
        tx.execute(
            insert_into(tx, visit).on_conflict_do_update(
                index_elements=["sync_id", "side", "parent_id"], set_={"visited_at": at}
            ),
            rows,
        )


def children(
    tx: sa.Connection, scope: Scope, side: SideName, parent_ids: Sequence[str]
) -> dict[str, str]:
    """Return the known children of these parents that are not gone: parent by record id."""
    query = sa.select(record.c.record_id, record.c.parent_id).where(
        record.c.sync_id == scope.sync_id,
        record.c.side == side,
        record.c.parent_id.in_(list(parent_ids)),
        record.c.state != "gone",
    )
    return {row.record_id: row.parent_id for row in tx.execute(query)}
