"""One cheap look at how everything stands: a few rows or the end of an index for each noun."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from instep.core.marks import Marks, mark_of
from instep.store.schema.alerts import alert, alert_channel
from instep.store.schema.connections import connection, credential
from instep.store.schema.flows import flow, flow_replay, flow_run, flow_trigger
from instep.store.schema.plans import plan
from instep.store.schema.postings import posting, posting_stop
from instep.store.schema.syncs import effect, history, notice, record, run, sync
from instep.store.schema.tallies import tally


def look(tx: sa.Connection, workspace_id: str) -> Marks:
    """Return the marks of every noun."""
    return {noun: mark_of(find(tx, workspace_id)) for noun, find in _NOUNS.items()}


def _rows(tx: sa.Connection, query: Any) -> list[list[Any]]:
    return [[*row] for row in tx.execute(query)]


def _newest(tx: sa.Connection, column: sa.Column[Any]) -> Any:
    """Return the highest number of a table: the end of its key."""
    return tx.execute(sa.select(sa.func.max(column))).scalar()


def _syncs(tx: sa.Connection, workspace_id: str) -> Any:
    c = sync.c
    names = (c.id, c.name, c.state, c.reason, c.sentence, c.next_kind, c.every_seconds, c.mapping)
    query = sa.select(*names, c.brakes, c.rules).where(c.workspace_id == workspace_id)
    return _rows(tx, query.order_by(c.id))


def _runs(tx: sa.Connection, workspace_id: str) -> Any:
    """Return the open runs with what they did so far, and the newest run of each sync."""
    # as the partial index spells it
    is_open = run.c.state == sa.literal_column("'running'")
    going = sa.select(run.c.id, run.c.phase, run.c.counts, run.c.sentence).where(is_open)
    last = (
        sa.select(run.c.id)
        .where(run.c.sync_id == sync.c.id)
        .order_by(run.c.started_at.desc(), run.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    newest = sa.select(sync.c.id, last).where(sync.c.workspace_id == workspace_id)
    return [_rows(tx, going.order_by(run.c.id)), _rows(tx, newest.order_by(sync.c.id))]


def _records(tx: sa.Connection, _workspace_id: str) -> Any:
    """Return the end of history, and whether anything is noticed or to be written."""
    is_open = effect.c.state != sa.literal_column("'failed'")
    open_one = tx.execute(sa.select(effect.c.id).where(is_open).limit(1)).scalar()
    noticed = tx.execute(sa.select(notice.c.record_id).limit(1)).scalar()
    return [_newest(tx, history.c.id), open_one is None, noticed is None]


def _reviews(tx: sa.Connection, _workspace_id: str) -> Any:
    waits = record.c.state == sa.literal_column("'review'")
    query = sa.select(record.c.sync_id, sa.func.count(), sa.func.max(record.c.record_id))
    failed = sa.select(effect.c.sync_id, sa.func.count(), sa.func.max(effect.c.id))
    dead = effect.c.state == sa.literal_column("'failed'")
    return [
        _rows(tx, query.where(waits).group_by(record.c.sync_id).order_by(record.c.sync_id)),
        _rows(tx, failed.where(dead).group_by(effect.c.sync_id).order_by(effect.c.sync_id)),
    ]


def _flows(tx: sa.Connection, workspace_id: str) -> Any:
    c, t = flow.c, flow_trigger.c
    names = (c.id, c.name, c.state, c.sentence, c.version, c.changed_at, c.failures, c.address)
    query = (
        sa.select(*names, t.sentence, t.failures)
        .join(flow_trigger, t.flow_id == c.id, isouter=True)
        .where(c.workspace_id == workspace_id)
    )
    return _rows(tx, query.order_by(c.id))


def _flow_runs(tx: sa.Connection, workspace_id: str) -> Any:
    """Return the newest run, how many are open and when they are due, and what ended of late."""
    # as the partial index spells it
    is_open = sa.text("flow_run.state IN ('ready', 'waiting', 'held')")
    going = sa.select(sa.func.count(), sa.func.max(flow_run.c.due_at)).where(is_open)
    hour = sa.select(sa.func.max(tally.c.hour)).scalar_subquery()
    ended = sa.select(sa.func.sum(tally.c.done), sa.func.sum(tally.c.failed)).where(
        tally.c.hour == hour, tally.c.what == "flow"
    )
    replays = sa.select(flow_replay.c.id, flow_replay.c.state, flow_replay.c.taken).where(
        flow_replay.c.workspace_id == workspace_id
    )
    newest = replays.order_by(flow_replay.c.id.desc()).limit(5)
    counted = [[int(each or 0) for each in row] for row in _rows(tx, ended)]
    return [_newest(tx, flow_run.c.id), _rows(tx, going), counted, _rows(tx, newest)]


def _connections(tx: sa.Connection, workspace_id: str) -> Any:
    c = connection.c
    query = (
        sa.select(c.id, c.name, c.status, c.problem, c.config, c.country, credential.c.version)
        .join(credential, credential.c.connection_id == c.id, isouter=True)
        .where(c.workspace_id == workspace_id)
    )
    return _rows(tx, query.order_by(c.id))


def _alerts(tx: sa.Connection, workspace_id: str) -> Any:
    c, of = alert.c, alert_channel.c
    is_open = (c.workspace_id == workspace_id) & c.over_at.is_(None)
    query = sa.select(c.id, c.sentence, c.snoozed_until, c.acknowledged_by).where(is_open)
    channels = sa.select(of.id, of.name, of.problem).where(of.workspace_id == workspace_id)
    return [_newest(tx, c.id), _rows(tx, query.order_by(c.id)), _rows(tx, channels.order_by(of.id))]


def _plans(tx: sa.Connection, workspace_id: str) -> Any:
    query = sa.select(plan.c.id, plan.c.state).where(plan.c.workspace_id == workspace_id)
    return _rows(tx, query.order_by(plan.c.id.desc()).limit(20))


def _postings(tx: sa.Connection, _workspace_id: str) -> Any:
    # as the partial index spells it
    waits = posting.c.state == sa.literal_column("'waiting'")
    count = sa.select(sa.func.count(), sa.func.max(posting.c.due_at)).where(waits)
    stops = sa.select(posting_stop.c.connection_id).order_by(posting_stop.c.connection_id)
    return [_newest(tx, posting.c.id), _rows(tx, count), _rows(tx, stops)]


_NOUNS: Mapping[str, Callable[[sa.Connection, str], Any]] = {
    "alert": _alerts,
    "connection": _connections,
    "flow": _flows,
    "flow_run": _flow_runs,
    "plan": _plans,
    "posting": _postings,
    "record": _records,
    "review": _reviews,
    "run": _runs,
    "sync": _syncs,
}

NOUNS = tuple(_NOUNS)
"""What is told of: each is a noun of the API."""
