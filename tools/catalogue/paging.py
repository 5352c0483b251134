"""How an operation's pages follow each other, read from the names of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

JsonObject = dict[str, Any]
Resolve = Callable[[JsonObject], JsonObject]

_IDS = ("id", "_id", "bookingId", "planId")
_MARKS = {
    *("success", "succeded", "succeeded", "status", "statusCode", "message", "traceId", "new"),
}

_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("search_after", ("searchAfter",), ("pageLimit",)),
    ("cursors", ("startAfterId", "startAfter"), ("limit",)),
    ("last_id", ("lastMessageId",), ("limit",)),
    ("token", ("pageToken",), ("pageSize", "limit")),
    ("token", ("nextPageToken",), ("pageSize", "limit")),
    ("token", ("cursor",), ("limit", "pageSize")),
    ("offset", ("skip",), ("limit", "pageSize")),
    ("offset", ("offset",), ("limit", "pageSize")),
    ("page", ("page",), ("pageLimit", "limit", "pageSize", "perPage")),
    ("page", ("pageNumber",), ("pageSize", "limit")),
)

EXCEPTIONS: dict[str, JsonObject | None] = {
    # facts: ghl 6.9 (the search by GET hands out both cursors in `meta`)
    "opportunities.search": {
        "kind": "cursors",
        "parameters": ["startAfterId", "startAfter"],
        "size": "limit",
        "largest": 100,
    },
    "opportunities.search_advanced": {
        "kind": "page",
        "parameters": ["page"],
        "size": "limit",
        "largest": 100,
    },
    # facts: ghl 6.2
    "contacts.list": {
        "kind": "cursors",
        "parameters": ["startAfterId", "startAfter"],
        "size": "limit",
        "largest": 100,
    },
    # the specs: `startAfterDate` takes what the last record has in `sort`
    "conversations.search": {
        "kind": "last_sort",
        "parameters": ["startAfterDate"],
        "size": "limit",
        "largest": None,
    },
}
"""Operations whose parameters alone would mislead."""


def paging_of(operation: str, view: JsonObject, resolve: Resolve) -> JsonObject | None:
    """Return `{"kind", "parameters", "size", "largest"}` of a list, None where it has no pages."""
    if operation in EXCEPTIONS:
        return EXCEPTIONS[operation]
    schemas = {each["name"]: each["schema"] for each in view["parameters"]}
    body = resolve((view.get("body") or {}).get("schema") or {})
    schemas |= body.get("properties", {})
    for kind, needed, sizes in _KINDS:
        if all(name in schemas for name in needed):
            size = next((name for name in sizes if name in schemas), None)
            largest = resolve(schemas[size]).get("maximum") if size else None
            return {"kind": kind, "parameters": list(needed), "size": size, "largest": largest}
    return None


def items_of(view: JsonObject, resolve: Resolve) -> tuple[str | None, str | None]:
    """Return the key of a reply's list of records, and the key of a record's id.

    A reply with an id of its own is one record, whatever lists it holds.
    """
    reply = resolve((view.get("reply") or {}).get("schema") or {})
    if reply.get("type") == "array":
        return "", _id_key(resolve(reply.get("items") or {}))
    properties = reply.get("properties", {})
    lists = {
        name: resolve(resolve(inner).get("items") or {})
        for name, inner in properties.items()
        if resolve(inner).get("type") == "array"
    }
    records = {name: items for name, items in lists.items() if items.get("type") != "string"}
    if len(records) != 1 or any(name in properties for name in _IDS):
        return None, None
    (name, items), *_ = records.items()
    return name, _id_key(items)


def record_of(view: JsonObject, resolve: Resolve) -> str | None:
    """Return the key under which a reply holds its one record; None if it is the reply itself.

    Beside it are only marks of success: an object among other fields is one of those fields.
    """
    reply = resolve((view.get("reply") or {}).get("schema") or {})
    inner = {name: resolve(each) for name, each in reply.get("properties", {}).items()}
    objects = [name for name, each in inner.items() if each.get("properties")]
    beside = inner.keys() - objects - _MARKS
    return objects[0] if len(objects) == 1 and not beside else None


def _id_key(record: JsonObject) -> str | None:
    return next((key for key in ("id", "_id") if key in record.get("properties", {})), None)
