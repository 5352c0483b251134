"""How kept records look in a request and a reply: JSON that `KeptResource` writes and reads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from instep.core.records import Record, Value, Values
from instep.sdk.request import JsonObject, Reply


def sent(values: Values, without: Collection[str] = ()) -> JsonObject:
    """Return values as they are sent, leaving out some by name."""
    return {
        name: [*value] if isinstance(value, tuple) else value
        for name, value in values.items()
        if name not in without
    }


def value_of(raw: Any) -> Value:
    """Read one value."""
    return tuple(raw) if isinstance(raw, list) else raw


def values_of(told: JsonObject) -> dict[str, Value]:
    """Read values."""
    return {name: value_of(raw) for name, raw in told.items()}


def words_of(told: JsonObject) -> dict[str, tuple[str, ...]]:
    """Read words to add or to remove, by field."""
    return {name: tuple(words) for name, words in told.items()}


def body_of(record: Record) -> JsonObject:
    """Return a record as a reply holds it."""
    own = {"id": record.id, "version": record.version, "changed_at": record.changed_at}
    return {"values": sent(record.values), **own}


def whole(status: int, record: Record) -> Reply:
    """Return a reply with one whole record."""
    return Reply(status, {"etag": str(record.version)}, body_of(record))


def problem(status: int, message: str, **more: str) -> Reply:
    """Return a refusal with its sentence."""
    return Reply(status, {}, {"message": message, **more})
