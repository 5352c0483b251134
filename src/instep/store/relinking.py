"""Links after an undo: moved to the record that was made again, or held because one was deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import dump
from instep.core.mapping import SideName
from instep.core.pairs import other_side
from instep.core.records import Value
from instep.store import records
from instep.store.records import Scope
from instep.store.schema.syncs import link, record


def relink(
    tx: sa.Connection,
    scope: Scope,
    side: SideName,
    made: Sequence[tuple[sa.Row[Any], str, Mapping[str, Value]]],
) -> None:
    """Move links to records that were made again: (effect, new id, the base of the written side).

    The other side keeps its base, so that what was edited there meanwhile still travels. A pair
    that is not held any more is noticed.
    """
    if not made:
        return
    rows = [
        {
            "of_link": row.link_id,
            "to_id": record_id,
            "to_base": dump(base),
            "to_held": row.held,
            "to_state": "known" if row.held is None else "excluded",
        }
        for row, record_id, base in made
    ]
    mine, base_of = (link.c.a_id, "base_a") if side == "a" else (link.c.b_id, "base_b")
    tx.execute(
        sa.update(link)
        .where(link.c.id == sa.bindparam("of_link"))
        .values(
            {
                mine.name: sa.bindparam("to_id"),
                base_of: sa.bindparam("to_base"),
                "held": sa.bindparam("to_held"),
            }
        ),
        rows,
    )
    ours = sa.and_(record.c.sync_id == scope.sync_id, record.c.side == side)
    links = [row["of_link"] for row in rows]
    tx.execute(sa.update(record).where(ours, record.c.link_id.in_(links)).values(link_id=None))
    tx.execute(
        sa.update(record)
        .where(ours, record.c.record_id == sa.bindparam("to_id"))
        .values(
            link_id=sa.bindparam("of_link"),
            state=sa.bindparam("to_state"),
            sentence=sa.bindparam("to_held"),
        ),
        rows,
    )
    free = [(row.source_id, record_id) for row, record_id, _ in made if row.held is None]
    there = other_side(side)
    records.set_states(tx, scope, [(there, source, "known", None) for source, _ in free])
    records.mark(tx, scope, side, [record_id for _, record_id in free], source="person")
    records.mark(tx, scope, there, [source for source, _ in free], source="person")


def hold(tx: sa.Connection, scope: Scope, rows: Sequence[sa.Row[Any]]) -> None:
    """Hold the pairs whose record an effect has deleted that says so; their partners are told."""
    held = [row for row in rows if row.held is not None and row.link_id is not None]
    if not held:
        return
    tx.execute(
        sa.update(link)
        .where(link.c.id == sa.bindparam("of_link"))
        .values(held=sa.bindparam("to_held")),
        [{"of_link": row.link_id, "to_held": row.held} for row in held],
    )
    sources = [(other_side(row.side), row.source_id, "excluded", row.held) for row in held]
    records.set_states(tx, scope, sources)
