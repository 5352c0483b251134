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


def start(tx: sa.Connection, told: Sequence[Told], now: int) -> frozenset[int]:
    """Start a run of each flow that waits for one of these events; return the shards they are in.

    A sending that started a run before starts none again.
    """
    waiting = triggers.watching(tx, {each.connection_id for each in told})
    if not waiting:
        return frozenset()
    flows: dict[tuple[str, str], list[Any]] = {}
    for row in waiting:
        flows.setdefault((row.connection_id, row.event), []).append(row)
    new = [
        _run(row, each, now)
        for each in told
        for row in flows.get((each.connection_id, each.event), ())
    ]
    if not runs.put(tx, new):
        return frozenset()
    triggers.told(tx, {each.flow_id for each in new}, now)
    return frozenset(each.shard for each in new)


@dataclass(frozen=True, slots=True)
class Posted:
    """What somebody posted to a flow's own address: its items. `at` is epoch milliseconds.

    `sending` makes it the same posting as another; `order_keys` keep the runs of a key in order,
    one for each item, None where an item names none.
    """

    flow_id: str
    sending: str
    items: Sequence[Any]
    order_keys: Sequence[str | None]
    at: int


def start_posted(tx: sa.Connection, posted: Sequence[Posted], now: int) -> frozenset[str]:
    """Start a run for each item posted; return the ids of the flows that were there to take them.

    A posting that started runs before starts none again.
    """
    there = triggers.posted_to(tx, {each.flow_id for each in posted})
    new = [
        _posted_run(there[each.flow_id], each, number, now)
        for each in sorted(posted, key=lambda one: one.at)
        if each.flow_id in there
        for number in range(len(each.items))
    ]
    if runs.put(tx, new):
        triggers.told(tx, {each.flow_id for each in new}, now)
    return frozenset(there)


def _posted_run(row: Any, posted: Posted, number: int, now: int) -> NewRun:
    key = posted.order_keys[number]
    return NewRun(
        flow_id=row.flow_id,
        workspace_id=row.workspace_id,
        version=row.version,
        shard=row.shard,
        origin="bridge",
        item=posted.items[number],
        at=now,
        sending=f"{posted.sending}#{number}",
        order_key=key,
        record_id=key,
        ordered_at=posted.at,
    )


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
