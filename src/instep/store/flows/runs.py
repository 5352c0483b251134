"""Runs of flows: put in with what started them, taken in order, and brought to their end."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store import bulk
from instep.store.ids import new_id
from instep.store.schema.flows import flow, flow_run, flow_step

OPEN = ("ready", "waiting", "held")
FAILED = ("dead", "stopped", "unknown")
STATES = ("ready", "waiting", "held", "done", "stopped", "dead", "unknown", "cancelled")
MOST_COUNTED = 10_000
"""So many runs in one state are counted: of more, people want to know that they are many."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to be: `sending` makes it the same one as another, of which only one is kept.

    `order_key` None: it waits for no other.
    """

    flow_id: str
    workspace_id: str
    version: int
    shard: int
    origin: str
    item: Any
    at: int
    sending: str | None = None
    order_key: str | None = None
    record_id: str | None = None
    ordered_at: int | None = None
    due_at: int | None = None
    person: str | None = None
    copy_of: str | None = None
    replay_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run that can be gone on with.

    `was_state` is what it was before its replay, if it is to begin again at `place`; else None.
    `counted_from` is when what started it came, in epoch milliseconds; None for one that is done
    again: how long that took tells nobody anything.
    """

    id: int
    key: str
    workspace_id: str
    flow_id: str
    version: int
    order_key: str
    item: Any
    started_at: int | None
    place: str | None
    was_state: str | None
    counted_from: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run has come to. `due_at` is when it may go on, for one that is open.

    Times are epoch milliseconds.
    """

    state: str
    due_at: int
    place: str | None = None
    sentence: str | None = None
    held_by: str | None = None
    started_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it goes on by itself, or once its connection is renewed."""
        return self.state in OPEN


def put(tx: sa.Connection, new: Sequence[NewRun]) -> list[str]:
    """Store these runs in this order, ready to start; return the keys of those that are new."""
    rows = [_row(each) for each in new]
    if not rows:
        return []
    bulk.insert(tx, flow_run, rows, "ON CONFLICT DO NOTHING")
    keys = [row["key"] for row in rows]
    query = sa.select(flow_run.c.key).where(bulk.among(tx, flow_run.c.key, keys))
    kept = set(tx.execute(query).scalars())
    return [key for key in keys if key in kept]


def _row(new: NewRun) -> dict[str, Any]:
    key = new_id("frn")
    return {
        "workspace_id": new.workspace_id,
        "key": key,
        "flow_id": new.flow_id,
        "version": new.version,
        "shard": new.shard,
        "origin": new.origin,
        "sending": new.sending,
        "order_key": new.order_key or key,
        "ordered_at": new.at if new.ordered_at is None else new.ordered_at,
        "record_id": new.record_id,
        "item": _dump(new.item),
        "state": "ready",
        "due_at": new.at if new.due_at is None else new.due_at,
        "person": new.person,
        "replay_id": new.replay_id,
        "replayed": 0,
        "copy_of": new.copy_of,
        "created_at": new.at,
    }


def due_shards(tx: sa.Connection, now: int) -> set[int]:
    """Return the shards that have a run to go on with."""
    return set(tx.execute(_DUE_SHARDS, {"now": now}).scalars())


def due(
    tx: sa.Connection, shard: int, now: int, limit: int, busy: Collection[int] = ()
) -> list[RunRow]:
    """Return a shard's next runs but the busy ones, at most `limit`.

    Of those of one record it is only the earliest that is to be done.
    """
    rows = tx.execute(_DUE, {"shard": shard, "now": now, "most": limit + len(busy)})
    return [_read(row) for row in rows if row.id not in busy][:limit]


def _is_due() -> sa.ColumnElement[bool]:
    # written out for the partial indexes: a bound value hides that their condition holds
    is_open = sa.text("flow_run.state IN ('ready', 'waiting', 'held')")
    goes_on = flow_run.c.state != sa.literal_column("'held'")
    now = sa.bindparam("now", type_=sa.BigInteger)
    return sa.and_(is_open, goes_on, flow_run.c.due_at <= now, flow.c.state == "active")


def _waits_for_another() -> sa.ColumnElement[bool]:
    """Whether an earlier run of the same record is still to be done.

    One that waits because its flow says so holds up no other: that may be days.
    """
    earlier = flow_run.alias("earlier")
    before = sa.or_(
        earlier.c.ordered_at < flow_run.c.ordered_at,
        sa.and_(earlier.c.ordered_at == flow_run.c.ordered_at, earlier.c.id < flow_run.c.id),
    )
    return sa.exists().where(
        earlier.c.flow_id == flow_run.c.flow_id,
        earlier.c.order_key == flow_run.c.order_key,
        sa.text("earlier.state IN ('ready', 'held')"),
        before,
    )


# built once: they are asked all the time, and putting them together takes longer than they do
_LOCK = (
    sa.select(flow_run.c.id, flow_run.c.state, flow_run.c.version)
    .where(flow_run.c.id.in_(sa.bindparam("runs", expanding=True)))
    .order_by(flow_run.c.id)  # everybody locks them in this order
    .with_for_update()
)


def _shards_due() -> sa.Select[int]:
    # shard by shard, so that the first run found will do: the runs that wait may be very many
    here = sa.select(flow.c.shard).where(flow.c.state == "active").distinct().subquery("here")
    one = (
        sa.select(sa.literal(1))
        .select_from(flow_run.join(flow, flow.c.id == flow_run.c.flow_id))
        .where(flow_run.c.shard == here.c.shard, _is_due())
    )
    return sa.select(here.c.shard).where(one.exists())


_DUE_SHARDS = _shards_due()
_DUE = (
    sa.select(
        flow_run.c.id,
        flow_run.c.key,
        flow_run.c.workspace_id,
        flow_run.c.flow_id,
        flow_run.c.version,
        flow_run.c.order_key,
        flow_run.c.item,
        flow_run.c.started_at,
        flow_run.c.place,
        flow_run.c.was_state,
        sa.case(
            (sa.or_(flow_run.c.replayed > 0, flow_run.c.copy_of.is_not(None)), None),
            else_=flow_run.c.created_at,
        ).label("counted_from"),
    )
    .join(flow, flow.c.id == flow_run.c.flow_id)
    .where(flow_run.c.shard == sa.bindparam("shard"), _is_due(), ~_waits_for_another())
    .order_by(flow_run.c.due_at, flow_run.c.ordered_at, flow_run.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def stand(tx: sa.Connection, standings: Mapping[int, Standing], now: int) -> None:
    """Store where these runs have come to."""
    rows = [
        {
            "id": run_id,
            "state": each.state,
            "due_at": each.due_at,
            "place": each.place,
            "sentence": each.sentence,
            "held_by": each.held_by,
            "started_at": each.started_at,
            "ended_at": None if each.is_open else now,
        }
        for run_id, each in sorted(standings.items())
    ]
    bulk.update(tx, flow_run, rows, key=("id",))


def begin(tx: sa.Connection, run_ids: Collection[int]) -> None:
    """Note that these runs have begun again: their replay cannot give them back any more."""
    if run_ids:
        begun = dict.fromkeys(("was_state", "was_version", "was_ended_at"))
        mine = flow_run.c.id.in_(sorted(run_ids))
        tx.execute(sa.update(flow_run).where(mine).values(**begun))


def lock(tx: sa.Connection, run_ids: Collection[int]) -> Mapping[int, tuple[str, int]]:
    """Return the state and version of these runs, which nobody changes meanwhile."""
    rows = tx.execute(_LOCK, {"runs": sorted(run_ids)})
    return {row.id: (row.state, row.version) for row in rows}


def counts(
    tx: sa.Connection,
    workspace_id: str,
    flow_id: str | None = None,
    most: int | None = MOST_COUNTED + 1,
) -> dict[str, dict[str, int]]:
    """Count the runs of each flow, or of one, by state; in each no further than `most`.

    None counts them all, which takes a moment where there are very many.
    """
    query = sa.select(flow.c.id, *(_some(state, most).label(state) for state in STATES)).where(
        flow.c.workspace_id == workspace_id
    )
    if flow_id is not None:
        query = query.where(flow.c.id == flow_id)
    return {
        row["id"]: {state: number for state in STATES if (number := row[state])}
        for row in tx.execute(query).mappings()
    }


def _some(state: str, most: int | None) -> sa.ScalarSelect[int]:
    """Return how many runs of the outer query's flow are in a state, counted so far."""
    rows = (
        sa.select(sa.literal(1))
        .where(flow_run.c.flow_id == flow.c.id, flow_run.c.state == state)
        .limit(most)
        .correlate(flow)
        .subquery()
    )
    return sa.select(sa.func.count()).select_from(rows).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run began with."""

    key: str
    item: Any


def newest(tx: sa.Connection, flow_id: str) -> Begun | None:
    """Return what a flow's newest run began with; None if it has none."""
    query = sa.select(flow_run.c.key, flow_run.c.item).where(flow_run.c.flow_id == flow_id)
    row = tx.execute(query.order_by(flow_run.c.id.desc()).limit(1)).first()
    return None if row is None else Begun(row.key, json.loads(row.item))


def release(tx: sa.Connection, workspace_id: str, connections: Collection[str], now: int) -> int:
    """Let the runs go on that wait for these connections to be renewed; return how many."""
    held = sa.and_(
        flow_run.c.workspace_id == workspace_id,
        sa.text("flow_run.state IN ('ready', 'waiting', 'held')"),
        flow_run.c.state == "held",
        flow_run.c.held_by.in_(sorted(connections)),
    )
    again = {"state": "ready", "due_at": now, "held_by": None}
    return tx.execute(sa.update(flow_run).where(held).values(**again)).rowcount


def count_failures(
    tx: sa.Connection, ends: Mapping[str, tuple[int, bool]], now: int, pause_after: tuple[int, int]
) -> list[str]:
    """Count runs that failed in a row and pause the flows that keep failing; return their ids.

    `ends` are, by flow, how many failed since the last one that did not, and whether one did not.
    `pause_after` are how many in a row it takes, and for how many milliseconds.
    """
    for flow_id, (failed, recovered) in sorted(ends.items()):
        mine = sa.update(flow).where(flow.c.id == flow_id)
        since = now if failed else None
        if recovered:
            changed = (flow.c.failures != 0) | flow.c.failing_since.is_not(None)
            to = mine if failed else mine.where(changed)
            tx.execute(to.values(failures=failed, failing_since=since))
        else:
            counted = {
                "failures": flow.c.failures + failed,
                "failing_since": sa.func.coalesce(flow.c.failing_since, now),
            }
            tx.execute(mine.values(**counted))
    failing = [flow_id for flow_id, (failed, _) in ends.items() if failed]
    return _pause(tx, failing, now, pause_after) if failing else []


def _pause(
    tx: sa.Connection, flow_ids: Sequence[str], now: int, pause_after: tuple[int, int]
) -> list[str]:
    many, grace = pause_after
    query = (
        sa.update(flow)
        .where(
            flow.c.id.in_(sorted(flow_ids)),
            flow.c.state == "active",
            flow.c.failures >= many,
            flow.c.failing_since <= now - grace,
        )
        .values(state="paused", paused_by=None, sentence=_KEEPS_FAILING, changed_at=now)
        .returning(flow.c.id)
    )
    return list(tx.execute(query).scalars())


_KEEPS_FAILING = (
    "It paused itself, as its runs kept failing. What arrives is kept; mend it, then resume it."
)


def forget(tx: sa.Connection, before: int, limit: int) -> int:
    """Forget runs that ended before then, with their steps; return how many, at most `limit`."""
    query = (
        sa.select(flow_run.c.id)
        .where(flow_run.c.ended_at < before)
        .order_by(flow_run.c.ended_at)
        .limit(limit)
    )
    old = list(tx.execute(query).scalars())
    if old:
        tx.execute(sa.delete(flow_step).where(flow_step.c.run_id.in_(old)))
        tx.execute(sa.delete(flow_run).where(flow_run.c.id.in_(old)))
    return len(old)


# made once: there is one for every event
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _dump(value: Any) -> str:
    return _JSON.encode(value)


def _read(row: Any) -> RunRow:
    fields = dict(row._mapping)  # noqa: SLF001 - the public name for a row as a mapping
    return RunRow(**{**fields, "item": json.loads(row.item)})
