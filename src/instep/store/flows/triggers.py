"""What starts flows: when each trigger is due, where its reading is, and how it fares."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.flow.arrivals import Known
from instep.store import bulk
from instep.store.database import insert_into
from instep.store.flows.versions import StoredFlow
from instep.store.schema.flows import flow, flow_item, flow_trigger
from instep.store.syncs import NEVER


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """A flow's trigger as it stands. Times are epoch milliseconds."""

    flow_id: str
    workspace_id: str
    kind: str
    watched: str
    connection_id: str | None
    event: str | None
    every_ms: int | None
    due_at: int
    cursor: str | None
    ok_at: int | None
    item_at: int | None
    failures: int
    sentence: str | None


@dataclass(frozen=True, slots=True)
class NewTrigger:
    """What a flow that is published watches. `due_at` NEVER: it is told, or a person starts it."""

    kind: str
    watched: str
    connection_id: str | None = None
    event: str | None = None
    every_ms: int | None = None
    due_at: int = NEVER


def put(tx: sa.Connection, found: StoredFlow, new: NewTrigger, *, goes_on: bool) -> None:
    """Store a flow's trigger. If it `goes_on`, its cursor and what it knows stay as they are."""
    row = {name: getattr(new, name) for name in NewTrigger.__dataclass_fields__}
    anew: dict[str, Any] = {"cursor": None, "failures": 0, "sentence": None}
    if goes_on:
        row = {name: row[name] for name in ("every_ms", "due_at", "connection_id")}
        tx.execute(sa.update(flow_trigger).where(_of(found.id)).values(**row))
        return
    forget_items(tx, found.id)
    values = {**row, **anew, "ok_at": None, "item_at": None}
    tx.execute(
        insert_into(tx, flow_trigger)
        .values(flow_id=found.id, workspace_id=found.workspace_id, **values)
        .on_conflict_do_update(index_elements=["flow_id"], set_=values)
    )


def of_flow(tx: sa.Connection, flow_id: str) -> TriggerRow | None:
    """Return a flow's trigger; None if it was never published."""
    row = tx.execute(sa.select(flow_trigger).where(_of(flow_id))).first()
    return None if row is None else _read(row)


def of_workspace(tx: sa.Connection, workspace_id: str) -> Mapping[str, TriggerRow]:
    """Return every trigger, by its flow's id."""
    query = sa.select(flow_trigger).where(flow_trigger.c.workspace_id == workspace_id)
    return {row.flow_id: _read(row) for row in tx.execute(query)}


def due(tx: sa.Connection, shard: int, now: int) -> list[tuple[TriggerRow, int]]:
    """Return the due triggers of a shard's active flows, each with its flow's version."""
    rows = tx.execute(_DUE, {"shard": shard, "now": now})
    return [(_read(row), row.version) for row in rows]


def due_shards(tx: sa.Connection, now: int) -> set[int]:
    """Return the shards that have a due trigger."""
    return set(tx.execute(_DUE_SHARDS, {"now": now}).scalars())


def watching(tx: sa.Connection, connection_ids: Collection[str]) -> Sequence[Any]:
    """Return the flows that these connections' events start, paused ones too: nothing is lost.

    Each row has flow_id, workspace_id, version, shard, connection_id and event.
    """
    if not connection_ids:
        return []
    return tx.execute(_WATCHING, {"ends": list(connection_ids)}).all()


def posted_to(tx: sa.Connection, flow_ids: Collection[str]) -> Mapping[str, Any]:
    """Return those of these flows that take what is posted to an address of their own, by id.

    Each row has flow_id, workspace_id, version and shard. Paused ones take it, too.
    """
    query = (
        sa.select(flow_trigger.c.flow_id, flow.c.workspace_id, flow.c.version, flow.c.shard)
        .join(flow, flow.c.id == flow_trigger.c.flow_id)
        .where(flow_trigger.c.flow_id.in_(sorted(flow_ids)), flow_trigger.c.kind == "bridge")
    )
    return {row.flow_id: row for row in tx.execute(query)}


def known(tx: sa.Connection, flow_id: str, item_ids: Collection[str]) -> Known:
    """Return what is known of these items, by id."""
    query = sa.select(flow_item.c.item_id, flow_item.c.print).where(
        flow_item.c.flow_id == flow_id, bulk.among(tx, flow_item.c.item_id, item_ids)
    )
    return {row.item_id: row.print for row in tx.execute(query)}


def learn(tx: sa.Connection, trigger: TriggerRow, learned: Known) -> None:
    """Remember items with what was seen of each."""
    rows = [
        {
            "flow_id": trigger.flow_id,
            "item_id": item_id,
            "workspace_id": trigger.workspace_id,
            "print": told,
        }
        for item_id, told in sorted(learned.items())
    ]
    again = 'ON CONFLICT (flow_id, item_id) DO UPDATE SET "print" = excluded."print"'
    bulk.insert(tx, flow_item, rows, again)


def change(tx: sa.Connection, flow_id: str, **values: Any) -> None:
    """Set columns of a flow's trigger."""
    tx.execute(sa.update(flow_trigger).where(_of(flow_id)).values(**values))


def told(tx: sa.Connection, flow_ids: Collection[str], now: int) -> None:
    """Note that these flows' triggers have just started a run."""
    if flow_ids:
        mine = flow_trigger.c.flow_id.in_(sorted(flow_ids))
        values = {"ok_at": now, "item_at": now, "failures": 0, "sentence": None}
        tx.execute(sa.update(flow_trigger).where(mine).values(**values))


def forget_items(tx: sa.Connection, flow_id: str) -> None:
    """Forget every item a trigger knows."""
    tx.execute(sa.delete(flow_item).where(flow_item.c.flow_id == flow_id))


def _of(flow_id: str) -> sa.ColumnElement[bool]:
    return flow_trigger.c.flow_id == flow_id


def _read(row: sa.Row[Any]) -> TriggerRow:
    return TriggerRow(**{name: getattr(row, name) for name in TriggerRow.__dataclass_fields__})


# built once: they are asked all the time, one of them with every webhook
_is_due = sa.and_(
    flow_trigger.c.due_at <= sa.bindparam("now", type_=sa.BigInteger), flow.c.state == "active"
)
_DUE = (
    sa.select(flow_trigger, flow.c.version)
    .join(flow, flow.c.id == flow_trigger.c.flow_id)
    .where(flow.c.shard == sa.bindparam("shard"), _is_due)
    .order_by(flow_trigger.c.due_at)
)
_DUE_SHARDS = (
    sa.select(flow.c.shard)
    .join(flow_trigger, flow.c.id == flow_trigger.c.flow_id)
    .where(_is_due)
    .distinct()
)
_ends: sa.BindParameter[str] = sa.bindparam("ends", expanding=True)
_WATCHING = (
    sa.select(
        flow_trigger.c.flow_id,
        flow_trigger.c.workspace_id,
        flow_trigger.c.connection_id,
        flow_trigger.c.event,
        flow.c.version,
        flow.c.shard,
    )
    .join(flow, flow.c.id == flow_trigger.c.flow_id)
    .where(flow_trigger.c.connection_id.in_(_ends), flow_trigger.c.kind == "event")
)
