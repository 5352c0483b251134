"""The messages that tell of alerts, and those that flows send: put in, claimed, ended, tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store import bulk
from instep.store.schema.alerts import alert_message

_FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message for one channel. The same `key` for the same channel is the same message."""

    channel_id: str
    key: str
    title: str
    text: str
    alerts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is stored. Times are epoch milliseconds."""

    id: int
    key: str
    channel_id: str
    title: str
    text: str
    alerts: Sequence[Mapping[str, Any]]
    state: str  # waiting, sent, dead
    attempts: int
    due_at: int
    sentence: str | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Attempted:
    """What came of one attempt: `state` is the message's from now on, `due_at` that of the next."""

    message: Message
    state: str
    due_at: int
    at: int
    sentence: str | None


def put(tx: sa.Connection, workspace_id: str, messages: Sequence[NewMessage], now: int) -> None:
    """Put messages into the outbox, but for those that were put there before."""
    rows = [
        {
            "workspace_id": workspace_id,
            "key": each.key,
            "channel_id": each.channel_id,
            "title": each.title,
            "text": each.text,
            "alerts": json.dumps(list(each.alerts)),
            "state": "waiting",
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        for each in messages
    ]
    bulk.insert(tx, alert_message, rows, "ON CONFLICT (channel_id, key) DO NOTHING")


def due(tx: sa.Connection, now: int, limit: int) -> list[Message]:
    """Return the messages that are due, at most so many of each channel, oldest first."""
    place = sa.func.row_number().over(
        partition_by=alert_message.c.channel_id, order_by=alert_message.c.id
    )
    # written out for the partial index: a bound value hides that its condition holds
    waits = alert_message.c.state == sa.literal_column("'waiting'")
    ranked = (
        sa.select(alert_message, place.label("place"))
        .where(waits, alert_message.c.due_at <= now)
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.place <= limit).order_by(ranked.c.id)
    return [_read(row) for row in tx.execute(query)]


def store(tx: sa.Connection, attempted: Sequence[Attempted]) -> None:
    """Store what came of these attempts."""
    rows = [
        {
            "id": each.message.id,
            "state": each.state,
            "attempts": each.message.attempts + 1,
            "due_at": each.due_at,
            "sentence": each.sentence,
            "ended_at": None if each.state == "waiting" else each.at,
        }
        for each in attempted
    ]
    bulk.update(tx, alert_message, rows, key=("id",))


def counts(tx: sa.Connection, workspace_id: str) -> dict[str, dict[str, int]]:
    """Count the messages of every channel that has any, by state."""
    query = (
        sa.select(alert_message.c.channel_id, alert_message.c.state, sa.func.count())
        .where(alert_message.c.workspace_id == workspace_id)
        .group_by(alert_message.c.channel_id, alert_message.c.state)
    )
    counted: dict[str, dict[str, int]] = {}
    for channel_id, state, number in tx.execute(query):
        counted.setdefault(channel_id, {})[state] = number
    return counted


def forget(tx: sa.Connection, before: int) -> int:
    """Forget what ended before then (epoch milliseconds); return how many, at most 10,000."""
    old = (
        sa.select(alert_message.c.id)
        .where(alert_message.c.ended_at < before)
        .order_by(alert_message.c.ended_at)
        .limit(_FORGOTTEN_AT_ONCE)
    )
    return tx.execute(sa.delete(alert_message).where(alert_message.c.id.in_(old))).rowcount


def forget_channel(tx: sa.Connection, channel_id: str) -> None:
    """Forget every message of a channel that goes."""
    tx.execute(sa.delete(alert_message).where(alert_message.c.channel_id == channel_id))


def _read(row: sa.Row[Any]) -> Message:
    fields = {name: getattr(row, name) for name in Message.__dataclass_fields__}
    fields["alerts"] = json.loads(row.alerts)
    return Message(**fields)
