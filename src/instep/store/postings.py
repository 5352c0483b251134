"""Postings in their table: put in with what they tell of, claimed in order, ended or tried again."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import dump, load
from instep.core.records import Values
from instep.sdk.kept.outbox import NewPosting
from instep.store import bulk
from instep.store.database import insert_into
from instep.store.ids import new_id
from instep.store.schema.connections import connection
from instep.store.schema.postings import posting, posting_stop

TRIES_KEPT = 20
"""So many attempts of one posting are told of, the last ones."""

_FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Posting:
    """One posting as it is stored. Times are epoch milliseconds."""

    id: int
    key: str
    connection_id: str
    kind: str
    record_id: str
    event: str
    values: Values
    state: str  # waiting, sent, dead
    attempts: int
    due_at: int
    status: int | None
    sentence: str | None
    tries: Sequence[dict[str, Any]]
    created_at: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one attempt: `state` is the posting's from now on, `due_at` that of the next.

    `status` is HTTP's, None without an answer; `milliseconds` is how long it took.
    """

    posting: Posting
    state: str
    due_at: int
    at: int
    milliseconds: int
    status: int | None
    sentence: str | None


def put(
    tx: sa.Connection,
    workspace_id: str,
    connection_id: str,
    postings: Sequence[NewPosting],
    now: int,
) -> None:
    """Put these into the outbox of a connection, in this order; `now` is epoch milliseconds.

    The caller's transaction holds what they tell of, so that neither is there without the other.
    """
    rows = [
        {
            "workspace_id": workspace_id,
            "key": new_id("msg"),
            "connection_id": connection_id,
            "kind": each.kind,
            "record_id": each.record_id,
            "event": each.event,
            "fields": dump(each.values),
            "state": "waiting",
            "attempts": 0,
            "due_at": now,
            "tries": "[]",
            "created_at": now,
        }
        for each in postings
    ]
    bulk.insert(tx, posting, rows)


def due_connections(tx: sa.Connection, now: int) -> list[str]:
    """Return the connections that something is due for and whose postings were not stopped."""
    due = sa.exists().where(posting.c.connection_id == connection.c.id, _is_due(now))
    stopped = sa.exists().where(posting_stop.c.connection_id == connection.c.id)
    return list(tx.execute(sa.select(connection.c.id).where(due, ~stopped)).scalars())


def due(tx: sa.Connection, connection_id: str, now: int, limit: int) -> list[Posting]:
    """Return a connection's next due postings: of each record only the earliest that waits."""
    query = (
        sa.select(posting)
        .where(posting.c.connection_id == connection_id, _is_due(now))
        .order_by(posting.c.due_at, posting.c.id)
        .limit(limit)
    )
    return [_read(row) for row in tx.execute(query)]


def _is_due(now: int) -> sa.ColumnElement[bool]:
    """Return the condition that a posting may be sent now: none before it waits of its record."""
    earlier = posting.alias()
    waits_for = sa.exists().where(
        earlier.c.connection_id == posting.c.connection_id,
        earlier.c.kind == posting.c.kind,
        earlier.c.record_id == posting.c.record_id,
        earlier.c.id < posting.c.id,
        earlier.c.state == sa.literal_column("'waiting'"),
    )
    # written out for the partial indexes: a bound value hides that their condition holds
    waits = posting.c.state == sa.literal_column("'waiting'")
    return sa.and_(waits, posting.c.due_at <= now, ~waits_for)


def store(tx: sa.Connection, tried: Sequence[Tried]) -> None:
    """Store what came of these attempts."""
    rows = [
        {
            "id": each.posting.id,
            "state": each.state,
            "attempts": each.posting.attempts + 1,
            "due_at": each.due_at,
            "status": each.status,
            "sentence": each.sentence,
            "tries": json.dumps([*each.posting.tries, _told(each)][-TRIES_KEPT:]),
            "ended_at": None if each.state == "waiting" else each.at,
        }
        for each in tried
    ]
    bulk.update(tx, posting, rows, key=("id",))


def _told(each: Tried) -> dict[str, Any]:
    return {
        "at": each.at,
        "status": each.status,
        "milliseconds": each.milliseconds,
        "sentence": each.sentence,
    }


def stop(tx: sa.Connection, workspace_id: str, connection_id: str, sentence: str, now: int) -> None:
    """Post nothing more to a connection until `lift`."""
    row = {"workspace_id": workspace_id, "sentence": sentence, "stopped_at": now}
    tx.execute(
        insert_into(tx, posting_stop)
        .values(connection_id=connection_id, **row)
        .on_conflict_do_update(index_elements=["connection_id"], set_=row)
    )


def lift(tx: sa.Connection, connection_id: str) -> bool:
    """Let a connection's postings go on; return whether they were stopped."""
    mine = sa.delete(posting_stop).where(posting_stop.c.connection_id == connection_id)
    return tx.execute(mine).rowcount > 0


def stops(tx: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return why postings are stopped, by connection."""
    query = sa.select(posting_stop).where(posting_stop.c.workspace_id == workspace_id)
    return {row.connection_id: row.sentence for row in tx.execute(query)}


def counts(tx: sa.Connection, workspace_id: str) -> dict[str, dict[str, int]]:
    """Count the postings of every connection that has any, by state."""
    query = (
        sa.select(posting.c.connection_id, posting.c.state, sa.func.count().label("number"))
        .where(posting.c.workspace_id == workspace_id)
        .group_by(posting.c.connection_id, posting.c.state)
    )
    counted: dict[str, dict[str, int]] = {}
    for row in tx.execute(query):
        counted.setdefault(row.connection_id, {})[row.state] = row.number
    return counted


def page(
    tx: sa.Connection, connection_id: str, state: str | None, limit: int, before: int | None
) -> list[Posting]:
    """Return a connection's postings, newest first: those in a state, those before one of them."""
    query = sa.select(posting).where(posting.c.connection_id == connection_id)
    if state is not None:
        query = query.where(posting.c.state == state)
    if before is not None:
        query = query.where(posting.c.id < before)
    rows = tx.execute(query.order_by(posting.c.id.desc()).limit(limit))
    return [_read(row) for row in rows]


def known(tx: sa.Connection, connection_id: str, keys: Collection[str]) -> set[str]:
    """Return which of these keys are of postings of this connection."""
    query = sa.select(posting.c.key).where(
        posting.c.connection_id == connection_id, bulk.among(tx, posting.c.key, keys)
    )
    return set(tx.execute(query).scalars())


def replay(tx: sa.Connection, connection_id: str, keys: Collection[str], now: int) -> int:
    """Let these postings be posted afresh, each under its key; return how many there are."""
    return _again(tx, connection_id, bulk.among(tx, posting.c.key, keys), now)


def replay_dead(tx: sa.Connection, connection_id: str, now: int) -> int:
    """As `replay`, of all that are dead, except where a later one of the same record was sent.

    Such a one was overtaken: it would put the receiver's record back to what it was before.
    """
    later = posting.alias()
    overtaken = sa.exists().where(
        later.c.connection_id == posting.c.connection_id,
        later.c.kind == posting.c.kind,
        later.c.record_id == posting.c.record_id,
        later.c.id > posting.c.id,
        later.c.state == sa.literal_column("'sent'"),
    )
    return _again(tx, connection_id, sa.and_(posting.c.state == "dead", ~overtaken), now)


def _again(tx: sa.Connection, connection_id: str, which: sa.ColumnElement[bool], now: int) -> int:
    again = {"state": "waiting", "attempts": 0, "due_at": now, "ended_at": None}
    query = sa.update(posting).where(posting.c.connection_id == connection_id, which)
    return tx.execute(query.values(again)).rowcount


def forget(tx: sa.Connection, before: int) -> int:
    """Forget what was sent before then (epoch milliseconds); return how many, at most 10,000."""
    old = (
        sa.select(posting.c.id)
        .where(posting.c.state == "sent", posting.c.ended_at < before)
        .order_by(posting.c.ended_at)
        .limit(_FORGOTTEN_AT_ONCE)
    )
    return tx.execute(sa.delete(posting).where(posting.c.id.in_(old))).rowcount


def forget_connection(tx: sa.Connection, connection_id: str) -> None:
    """Forget everything of a connection that goes."""
    tx.execute(sa.delete(posting).where(posting.c.connection_id == connection_id))
    lift(tx, connection_id)


def _read(row: sa.Row[Any]) -> Posting:
    fields = {
        name: getattr(row, name)
        for name in Posting.__dataclass_fields__
        if name not in {"values", "tries"}
    }
    return Posting(**fields, values=load(row.fields), tries=json.loads(row.tries))
