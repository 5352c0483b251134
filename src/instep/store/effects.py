"""Effects on their way: claimed before they are sent, never forgotten after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from instep.core.records import Write
from instep.store.batches import OPEN
from instep.store.records import Scope
from instep.store.schema.syncs import effect


def claim(tx: sa.Connection, scope: Scope, limit: int) -> Sequence[sa.Row[Any]]:
    """Mark the next due effects as being sent, and return them.

    From here until its outcome is stored, an effect may have happened or not: a crash leaves it
    `sending`, and `doubt` turns that into a look-up. One that stayed `ready` was never sent.
    """
    rows = tx.execute(
        sa.select(effect)
        .where(
            effect.c.sync_id == scope.sync_id,
            effect.c.state == "ready",
            effect.c.due_at <= scope.now,
        )
        .order_by(effect.c.id)
        .limit(limit)
    ).all()
    if rows:
        tx.execute(
            sa.update(effect)
            .where(effect.c.id.in_([row.id for row in rows]))
            .values(state="sending", sent_at=scope.now, attempts=effect.c.attempts + 1)
        )
    return rows


def doubt(tx: sa.Connection, scope: Scope) -> int:
    """Say of every effect left `sending` by a process that is gone: outcome unknown."""
    return tx.execute(
        sa.update(effect)
        .where(effect.c.sync_id == scope.sync_id, effect.c.state == "sending")
        .values(state="unknown", due_at=scope.now)
    ).rowcount


def any_in_the_air(tx: sa.Connection, sync_id: str) -> bool:
    """Whether the outcome of an effect is unknown, or will be if nobody is sending it now."""
    query = sa.select(effect.c.id).where(
        effect.c.sync_id == sync_id, effect.c.state.in_(("sending", "unknown"))
    )
    return tx.execute(query.limit(1)).first() is not None


def unknown(tx: sa.Connection, scope: Scope, limit: int) -> Sequence[sa.Row[Any]]:
    """Return the effects to be looked up now, oldest first."""
    return tx.execute(
        sa.select(effect)
        .where(
            effect.c.sync_id == scope.sync_id,
            effect.c.state == "unknown",
            effect.c.due_at <= scope.now,
        )
        .order_by(effect.c.id)
        .limit(limit)
    ).all()


def next_due(tx: sa.Connection, sync_id: str) -> int | None:
    """Return when the next open effect is due (epoch milliseconds); None if there is none."""
    return tx.execute(
        sa.select(sa.func.min(effect.c.due_at)).where(
            effect.c.sync_id == sync_id, effect.c.state.in_(OPEN)
        )
    ).scalar()


def count_by_state(tx: sa.Connection, sync_id: str) -> dict[str, int]:
    """Count a sync's effects by state."""
    rows = tx.execute(
        sa.select(effect.c.state, sa.func.count())
        .where(effect.c.sync_id == sync_id)
        .group_by(effect.c.state)
    )
    return {row.state: row[1] for row in rows}


def dump_write(write: Write) -> str:
    """Return a write as it is stored; `write_of` reads it back."""
    stored = {"set": dict(write.set), "add": dict(write.add), "remove": dict(write.remove)}
    return json.dumps(stored, ensure_ascii=False)


def write_of(row: sa.Row[Any]) -> Write:
    """Return an effect's write as it was intended."""
    stored = json.loads(row.write)
    return Write(
        set={
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored["set"].items()
        },
        add={name: tuple(words) for name, words in stored["add"].items()},
        remove={name: tuple(words) for name, words in stored["remove"].items()},
    )
