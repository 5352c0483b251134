"""Events that start runs: stored in the transaction that keeps the event itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store.flows import runs, triggers
from instep.store.flows.runs import NewRun


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a connection, for the flows that wait for it. `at` is epoch milliseconds."""

    connection_id: str
    event: str
    sending: str
    body: Mapping[str, Any]
    record_id: str | None
    at: int
    told_at: int | None


def start(tx: sa.Connection, told: Sequence[Told], now: int) -> bool:
    """Start a run of each flow that waits for one of these events; return whether there is one.

    A sending that started a run before starts none again.
    """
    waiting = triggers.watching(tx, {each.connection_id for each in told})
    if not waiting:
        return False
    flows: dict[tuple[str, str], list[Any]] = {}
    for row in waiting:
        flows.setdefault((row.connection_id, row.event), []).append(row)
    new = [
        _run(row, each, now)
        for each in told
        for row in flows.get((each.connection_id, each.event), ())
    ]
    if not runs.put(tx, new):
        return False
    triggers.told(tx, {each.flow_id for each in new}, now)
    return True


def _run(row: Any, told: Told, now: int) -> NewRun:
    return NewRun(
        flow_id=row.flow_id,
        workspace_id=row.workspace_id,
        version=row.version,
        shard=row.shard,
        origin="event",
        item=told.body,
        at=now,
        sending=told.sending,
        order_key=told.record_id,
        record_id=told.record_id,
        ordered_at=told.at if told.told_at is None else told.told_at,
    )
