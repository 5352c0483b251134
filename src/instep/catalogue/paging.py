"""From one page of a list to the next: what a reply holds, and which arguments lead on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.catalogue.operation import Operation, Paging

Given = Mapping[str, Any]

_USUAL_SIZE = 100
_NEXT_TOKENS = ("nextPageToken", "nextCursor", "cursor", "pageToken")


def records_in(operation: Operation, reply: Any) -> list[Any]:
    """Return the records that a reply holds; none if it is not shaped like a list's."""
    if operation.items is None:
        return []
    found = reply if operation.items == "" else _of(reply, operation.items)
    # not in the facts: a list was also seen within an object of its own name
    if isinstance(found, Mapping):
        found = found.get(operation.items)
    return found if isinstance(found, list) else []


def with_size(operation: Operation, given: Given, most: int | None) -> dict[str, Any]:
    """Return the arguments of the first page, with a page's size where none was given.

    `most` is how many records are wanted in all, None for every one.
    """
    paging = operation.paging
    arguments = dict(given)
    if paging is None:
        return arguments
    if paging.size is not None and paging.size not in arguments:
        sizes = [size for size in (most, paging.largest, _USUAL_SIZE) if size is not None]
        arguments[paging.size] = min(sizes)
    if paging.kind == "offset":
        arguments.setdefault(paging.parameters[0], 0)
    return arguments


def next_arguments(operation: Operation, given: Given, reply: Any) -> dict[str, Any] | None:
    """Return the arguments of the page after this one, None if there is none."""
    records = records_in(operation, reply)
    paging = operation.paging
    if paging is None or not records or _is_last(reply):
        return None
    more = _leading_on(paging, given, reply, records)
    if not more or all(given.get(name) == value for name, value in more.items()):
        return None
    return {**given, **more}


def _leading_on(
    paging: Paging, given: Given, reply: Any, records: list[Any]
) -> dict[str, Any] | None:
    if paging.kind == "cursors":
        # facts: ghl 6.2 (both are needed: one alone returns the first page again)
        meta = _of(reply, "meta")
        both = {name: _of(meta, name) for name in paging.parameters}
        return None if None in both.values() else both
    first = paging.parameters[0]
    value = _position(paging, given.get(first), reply, records)
    return None if value in (None, "", []) else {first: value}


def _position(paging: Paging, before: Any, reply: Any, records: list[Any]) -> Any:
    """Return where the next page begins, in the words of the one parameter that says it."""
    value: Any = None
    match paging.kind:
        case "search_after":
            value = _of(records[-1], "searchAfter")  # facts: ghl 6.3 (each record has its own)
        case "last_id":
            value = _last_id(reply, records)
        case "last_sort":
            sort = _of(records[-1], "sort")
            value = sort[0] if isinstance(sort, list) and sort else sort
        case "token":
            value = _next_token(reply)
        case "offset":
            value = int(before or 0) + len(records)
        case "page":
            value = int(before or 1) + 1
    return value


def _last_id(reply: Any, records: list[Any]) -> Any:
    """Return the id of the last message. facts: ghl 6.10."""
    inner = _of(reply, "messages")
    told = inner if isinstance(inner, Mapping) else reply
    return _of(told, "lastMessageId") or _of(records[-1], "id")


def _next_token(reply: Any) -> Any:
    places = (reply, _of(reply, "pagination"), _of(reply, "meta"))
    found = [_of(place, name) for place in places for name in _NEXT_TOKENS]
    return next((token for token in found if token), None)


def _is_last(reply: Any) -> bool:
    """Say whether a reply tells that nothing follows."""
    inner = _of(reply, "messages")
    places = (reply, _of(reply, "pagination"), inner if isinstance(inner, Mapping) else None)
    told = [_of(place, name) for place in places for name in ("hasMore", "hasNextPage", "nextPage")]
    return any(each is False for each in told)


def _of(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else None
