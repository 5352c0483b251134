"""Change a sync that has worked already, and remove one with everything that is its own."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import dump
from instep.core.rules import Rules
from instep.store import syncs
from instep.store.batches import OPEN
from instep.store.database import insert_into
from instep.store.decisions import bases_of, set_bases
from instep.store.schema.metadata import metadata
from instep.store.schema.plans import plan, plan_item
from instep.store.schema.syncs import checkpoint, effect, link, notice, record, run, sync
from instep.store.syncs import Sync

_PIECE = 1_000
"""Links whose bases are rewritten at once."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a sync is to be from now on."""

    mapping: Sequence[Mapping[str, Any]]
    rules: Rules
    every_seconds: int


def store(tx: sa.Connection, sync_id: str, change: Change) -> None:
    """Store the mapping, the rules and the time between polls."""
    tx.execute(
        sa.update(sync)
        .where(sync.c.id == sync_id)
        .values(
            mapping=json.dumps([dict(row) for row in change.mapping]),
            rules=json.dumps(change.rules.as_json()),
            every_seconds=change.every_seconds,
        )
    )


def count_open_effects(tx: sa.Connection, sync_id: str) -> int:
    """Count the writes that are on their way."""
    query = sa.select(sa.func.count()).select_from(effect)
    return tx.execute(
        query.where(effect.c.sync_id == sync_id, effect.c.state.in_(OPEN))
    ).scalar_one()


def carries_out_a_plan(tx: sa.Connection, sync_id: str) -> bool:
    """Whether the open run, if there is one, does what a person has approved."""
    query = sa.select(run.c.plan_id).where(run.c.sync_id == sync_id, run.c.state == "running")
    return tx.execute(query).scalar() is not None


def begin_anew(tx: sa.Connection, sync_id: str, now: int) -> None:
    """Let both sides be read completely, by the run under way or else by the next one.

    That one is a poll, whatever brings it about: nothing is decided by what is known so far.
    """
    tx.execute(sa.delete(checkpoint).where(checkpoint.c.sync_id == sync_id))
    syncs.set_poll(tx, sync_id, now)
    tx.execute(
        sa.update(run)
        .where(run.c.sync_id == sync_id, run.c.state == "running")
        .values(phase="read_a")
    )


def notice_all(tx: sa.Connection, one: Sync, now: int) -> None:
    """Notice every record, for rules that may say something else about it now.

    Whatever has lost its partner is left out: what follows a delete is decided when it happens.
    """
    gone = record.alias()
    bereft = (
        sa.exists()
        .where(link.c.id == record.c.link_id, gone.c.sync_id == one.id, gone.c.state == "gone")
        .where(gone.c.record_id.in_((link.c.a_id, link.c.b_id)), gone.c.link_id == link.c.id)
    )
    chosen = sa.select(
        record.c.sync_id,
        record.c.side,
        record.c.record_id,
        record.c.workspace_id,
        sa.literal("person"),
        sa.literal(now, sa.BigInteger()),
    ).where(record.c.sync_id == one.id, record.c.state != "gone", ~bereft)
    columns = ["sync_id", "side", "record_id", "workspace_id", "source", "noticed_at"]
    tx.execute(insert_into(tx, notice).from_select(columns, chosen).on_conflict_do_nothing())


def forget_bases(tx: sa.Connection, sync_id: str, keys: Collection[str]) -> None:
    """Forget what both sides last agreed on about these pairs, in all links."""
    after = ""
    while keys:
        query = sa.select(link).where(link.c.sync_id == sync_id, link.c.id > after)
        rows = tx.execute(query.order_by(link.c.id).limit(_PIECE)).all()
        if not rows:
            return
        after = rows[-1].id
        set_bases(tx, [_without(row, keys) for row in rows])


def _without(row: sa.Row[Any], keys: Collection[str]) -> dict[str, str]:
    a, b = (
        {key: value for key, value in base.items() if key not in keys} for base in bases_of(row)
    )
    return {"of_link": row.id, "to_a": dump(a), "to_b": dump(b)}


def remove(tx: sa.Connection, sync_id: str) -> None:
    """Remove a sync and every row that is its own, history included. Nothing at the apps."""
    plans = sa.select(plan.c.id).where(plan.c.sync_id == sync_id)
    tx.execute(sa.delete(plan_item).where(plan_item.c.plan_id.in_(plans)))
    for table in reversed(metadata.sorted_tables):
        if "sync_id" in table.c:
            tx.execute(sa.delete(table).where(table.c.sync_id == sync_id))
    tx.execute(sa.delete(sync).where(sync.c.id == sync_id))
