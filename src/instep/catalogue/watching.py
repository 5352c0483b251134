"""What a repeated read of an operation brings: its items, and what they are known by. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from instep.catalogue.operation import Operation
from instep.catalogue.paging import records_in
from instep.core.flow.arrivals import Watch

_DAYS = "calendars.free_slots"
_ONE = "the one"
_IDS = ("id", "_id")
# the first that a record has: not every kind has one, and then its content says that it changed
_VERSIONS = ("dateUpdated", "updatedAt")
# facts: ghl 6.8 (the specs say event, the real one says appointment)
_ALSO: Mapping[str, str] = {"event": "appointment"}
# facts: ghl 6.5 (every reply has another one), 6.3 and 6.10 (where a page ends)
_OF_THE_REPLY = frozenset({"traceId"})
_OF_THE_PAGE: Mapping[str, frozenset[str]] = {
    "search_after": frozenset({"searchAfter"}),
    "last_sort": frozenset({"sort"}),
    "cursors": frozenset({"sort"}),
}


def can_be_watched(operation: Operation) -> bool:
    """Whether it makes sense to read it again and again: it is one call that changes nothing."""
    return operation.effect == "read" and not operation.parts


def items_in(operation: Operation, reply: Any) -> list[Any]:
    """Return the items of a reply: a list's records, or the one thing that was asked for.

    What belongs to the reply or to its page and not to the record is left out. The days of free
    slots are items of their own. What is no object is put into one: a text as `text`, a list as
    `list`, a sound by its `size` (bytes) and `sha256`.
    """
    if operation.items is not None:
        apart = _OF_THE_PAGE.get(operation.paging.kind, frozenset()) if operation.paging else ()
        return [_without(each, apart) for each in records_in(operation, reply)]
    if operation.id == _DAYS:
        return _days(reply)
    one = _one(operation, reply)
    return [] if one in (None, "", b"", [], {}) else [_as_object(one)]


def watch_of(operation: Operation, items: Sequence[Any]) -> Watch:
    """Return what these items of an operation are known by.

    The specs do not name every id and version there is, so the items themselves are looked at; an
    item without a version goes by its content whatever the others have.
    """
    if operation.id == _DAYS:
        return Watch(("date",))
    key = operation.key or _held(items, _IDS)
    version = _held(items, _VERSIONS)
    return Watch(
        key=None if key is None else (key,),
        version=None if version is None else (version,),
        alone=_ONE if operation.items is None else None,
    )


def _held(items: Sequence[Any], names: Sequence[str]) -> str | None:
    for name in names:
        if any(isinstance(each, Mapping) and each.get(name) for each in items):
            return name
    return None


def _without(item: Any, names: frozenset[str] | tuple[str, ...]) -> Any:
    if not isinstance(item, Mapping):
        return item
    return {name: value for name, value in item.items() if name not in names}


def _one(operation: Operation, reply: Any) -> Any:
    if operation.record is None or not isinstance(reply, Mapping):
        return _without(reply, _OF_THE_REPLY)
    names = (operation.record, _ALSO.get(operation.record, operation.record))
    return next((reply[name] for name in names if name in reply), None)


def _as_object(one: Any) -> Any:
    match one:
        case bytes():
            return {"size": len(one), "sha256": hashlib.sha256(one).hexdigest()}
        case str():
            return {"text": one}
        case list():
            return {"list": one}
        case _:
            return one


def _days(reply: Any) -> list[Any]:
    """Return a day with its free slots each (facts: ghl 6.8)."""
    days = reply.items() if isinstance(reply, Mapping) else ()
    return [
        {"date": day, "slots": told["slots"]}
        for day, told in days
        if isinstance(told, Mapping) and "slots" in told
    ]
