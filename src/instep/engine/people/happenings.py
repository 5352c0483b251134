"""Records, messages, opportunities and lines of history as things that happened with a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from instep.core.person.timeline import Happening
from instep.core.records import Values
from instep.engine.history_services import told_of
from instep.engine.work import to_ms

_TIME = {"task": "due_at", "appointment": "starts_at", "note": "added_at"}
_TEXT = {"task": "body", "appointment": "description", "note": "body"}
_MOST_TEXT = 2_000
_MOST_TITLE = 120


def of_record(
    kind: str,
    key: str,
    connections: tuple[str, ...],
    values: Values,
    changed_at: int | None,
    asked_at: int | None = None,
) -> Happening:
    """Return a task, note or appointment, from its values by canonical names.

    One without a time of its own stands where it was changed.
    """
    at = values.get(_TIME[kind])
    text = values.get(_TEXT[kind])
    status = values.get("status")
    completed = values.get("completed")
    return Happening(
        key=key,
        kind=kind,
        connections=connections,
        title=_title(values.get("title") or text or kind),
        at=_ms(at) if at is not None else changed_at,
        text=str(text)[:_MOST_TEXT] if text else None,
        status=status if isinstance(status, str) else None,
        done=bool(completed) if kind == "task" else None,
        asked_at=asked_at,
    )


def _title(text: Any) -> str:
    first = str(text).strip().splitlines()[:1]
    return (first[0] if first else "")[:_MOST_TITLE]


def _ms(value: Any) -> int | None:
    """Return a time as GoHighLevel and our own records tell it, in epoch milliseconds."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value)
    text = str(value)
    if text.isdecimal():
        return int(text)
    if len(text) == len("2026-01-05"):
        text = f"{text}T00:00:00Z"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_ms(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))


def of_conversation(told: Mapping[str, Any], connection: str, asked_at: int) -> Happening:
    """Return a conversation of GoHighLevel as its search tells it."""
    body = told.get("lastMessageBody")
    return Happening(
        key=f"conversation:{connection}:{told.get('id')}",
        kind="conversation",
        connections=(connection,),
        title=_title(body or "Nothing was written yet"),
        at=_ms(told.get("lastMessageDate")),
        text=str(body)[:_MOST_TEXT] if body else None,
        direction=told.get("lastMessageDirection"),
        unread=int(told.get("unreadCount") or 0),
        asked_at=asked_at,
    )


def of_message(told: Mapping[str, Any], connection: str, asked_at: int) -> Happening:
    """Return a message of GoHighLevel. An e-mail does not tell its text here, only its id."""
    # facts: ghl 3 (the list of a conversation's messages)
    body = told.get("body")
    way = str(told.get("messageType") or "message").removeprefix("TYPE_").replace("_", " ").lower()
    return Happening(
        key=f"message:{connection}:{told.get('id')}",
        kind="message",
        connections=(connection,),
        title=_title(body or way),
        at=_ms(told.get("dateAdded")),
        text=str(body)[:_MOST_TEXT] if body else None,
        status=told.get("status"),
        direction=told.get("direction"),
        asked_at=asked_at,
    )


def of_opportunity(told: Mapping[str, Any], connection: str, asked_at: int) -> Happening:
    """Return an opportunity of GoHighLevel: it stands where it was changed last."""
    value = told.get("monetaryValue")
    return Happening(
        key=f"opportunity:{connection}:{told.get('id')}",
        kind="opportunity",
        connections=(connection,),
        title=_title(told.get("name") or "Opportunity"),
        at=_ms(told.get("updatedAt") or told.get("createdAt")),
        text=None if value is None else f"Worth {value}",
        status=told.get("status"),
        asked_at=asked_at,
    )


def of_line(row: sa.Row[Any], connection: str) -> Happening:
    """Return a line of history."""
    told = told_of(row, connection)
    return Happening(
        key=f"change:{row.id:019d}",
        kind="change",
        connections=(connection,),
        title=told.sentence[:_MOST_TEXT],
        at=row.at,
        status=row.what,
        person=row.person,
    )
