"""Which record at another app is the one at this: the links of all syncs, read and never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from instep.store.schema.connections import connection
from instep.store.schema.syncs import link, sync


@dataclass(frozen=True, slots=True)
class Linked:
    """A record on the other side: its connection by name, its id there, and the sync by name."""

    connection: str
    id: str
    sync: str


def of_record(
    tx: sa.Connection, workspace_id: str, connection_name: str, kind: str, record_id: str
) -> Sequence[Linked]:
    """Return what a record of a connection is linked with, by the names of the syncs."""
    asked = {
        "workspace": workspace_id,
        "named": connection_name,
        "kind": kind,
        "record": record_id,
    }
    rows = [row for query in (_FROM_A, _FROM_B) for row in tx.execute(query, asked)]
    return [Linked(row.connection, row.record, row.sync) for row in rows]


def _seen_from(a: bool) -> sa.Select[tuple[str, str, str]]:  # noqa: FBT001 - which of two sides
    """Return the question as it is asked from side A, or else from side B."""
    here, there = connection.alias("here"), connection.alias("there")
    mine, other = (link.c.a_id, link.c.b_id) if a else (link.c.b_id, link.c.a_id)
    my_end, other_end = sync.c.a_connection, sync.c.b_connection
    if not a:
        my_end, other_end = other_end, my_end
    return (
        sa.select(
            there.c.name.label("connection"), other.label("record"), sync.c.name.label("sync")
        )
        .select_from(sync)
        .join(here, here.c.id == my_end)
        .join(there, there.c.id == other_end)
        .join(link, link.c.sync_id == sync.c.id)
        .where(
            sync.c.workspace_id == sa.bindparam("workspace"),
            here.c.name == sa.bindparam("named"),
            sync.c.canonical == sa.bindparam("kind"),
            mine == sa.bindparam("record"),
        )
        .order_by(sync.c.name)
    )


_FROM_A, _FROM_B = _seen_from(True), _seen_from(False)
