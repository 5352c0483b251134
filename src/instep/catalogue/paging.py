"""From one page of a list to the next: what a reply holds, and which arguments lead on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from instep.catalogue.operation import Operation, Paging, ViewName
from instep.catalogue.signature import Argument, arguments_of

Given = Mapping[str, Any]

_USUAL_SIZE = 100
_NEXT_TOKENS = ("nextPageToken", "nextCursor", "nextToken", "cursor", "pageToken")
_TOKEN = "pageToken"  # noqa: S105 - the name of an argument


def records_in(operation: Operation, reply: Any) -> list[Any]:
    """Return the records that a reply holds; none if it is not shaped like a list's."""
    return list_in(operation, reply) or []


def list_in(operation: Operation, reply: Any) -> list[Any] | None:
    """Return the list of records where the catalogue says it is; None if there is no list.

    `items` may lead through objects, as `results.posts` does.
    """
    if operation.items is None:
        return None
    found = reply
    for name in filter(None, operation.items.split(".")):
        found = _of(found, name)
        # not in the facts: a list was also seen within an object of its own name
        if isinstance(found, Mapping) and name in found:
            found = found[name]
    return found if isinstance(found, list) else None


def with_size(
    operation: Operation, given: Given, most: int | None, view: ViewName = "v2"
) -> dict[str, Any]:
    """Return the arguments of the first page, with a page's size where none was given.

    `most` is how many records are wanted in all, None for every one.
    """
    takes = arguments_of(operation, view)
    paging = operation.paging
    arguments = dict(given)
    if paging is None:
        return arguments
    if paging.size is not None and paging.size not in arguments:
        sizes = [size for size in (most, paging.largest, _USUAL_SIZE) if size is not None]
        arguments[paging.size] = _as_taken(min(sizes), takes.get(paging.size))
    if paging.kind == "offset":
        first = paging.parameters[0]
        arguments.setdefault(first, _as_taken(0, takes.get(first)))
    return arguments


def next_arguments(
    operation: Operation, given: Given, reply: Any, view: ViewName = "v2"
) -> dict[str, Any] | None:
    """Return the arguments of the page after this one, None if there is none."""
    more = leading_on(operation, view, given, reply, records_in(operation, reply))
    if more is None or all(given.get(name) == value for name, value in more.items()):
        return None
    return {**given, **more}


def leading_on(
    operation: Operation, view: ViewName, given: Given, reply: Any, records: list[Any]
) -> dict[str, Any] | None:
    """Return the arguments that lead from a page with these records to the next.

    None where the reply leads no further, or says that nothing follows.
    """
    paging = operation.paging
    if paging is None or not records or _is_last(reply):
        return None
    if paging.kind == "cursors":
        # facts: ghl 6.2 (both are needed: one alone returns the first page again)
        meta = _of(reply, "meta")
        both = {name: _of(meta, name) for name in paging.parameters}
        return None if None in both.values() or "" in both.values() else both
    takes = arguments_of(operation, view)
    if paging.kind in {"offset", "page"} and _TOKEN in takes:
        # facts: ghl 2.3 (installed locations go by offset in v2, by token in v3)
        first, value = _TOKEN, _next_token(reply)
    else:
        first = paging.parameters[0]
        value = _position(paging, takes.get(first), given.get(first), reply, records)
    return None if value in (None, "", []) else {first: _as_taken(value, takes.get(first))}


def _position(
    paging: Paging, argument: Argument | None, before: Any, reply: Any, records: list[Any]
) -> Any:
    """Return where the next page begins, in the words of the one parameter that says it."""
    value: Any = None
    match paging.kind:
        case "search_after":
            # facts: ghl 6.3 (each record has its own)
            value = _of(records[-1], "searchAfter") or _of(reply, "searchAfter")
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
            first = argument.schema.get("default", 1) if argument is not None else 1
            value = int(first if before is None else before) + 1
    return value


def _as_taken(value: Any, argument: Argument | None) -> Any:
    """Return a position or a size as its argument takes it: a few bodies have it as a text."""
    if argument is None or argument.is_text or argument.schema.get("type") != "string":
        return value
    return str(value) if isinstance(value, int) else value


def _last_id(reply: Any, records: list[Any]) -> Any:
    """Return the id of the last message. facts: ghl 6.10."""
    inner = _of(reply, "messages")
    told = inner if isinstance(inner, Mapping) else reply
    return _of(told, "lastMessageId") or _of(records[-1], "id")


def _next_token(reply: Any) -> Any:
    found = (_of(place, name) for place in _places(reply) for name in _NEXT_TOKENS)
    return next((token for token in found if token), None)


def _is_last(reply: Any) -> bool:
    """Say whether a reply tells that nothing follows."""
    told = (
        _of(place, name)
        for place in _places(reply)
        for name in ("hasMore", "hasNextPage", "nextPage")
    )
    return any(each is False for each in told)


def _places(reply: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the reply and the objects right inside it: where a list tells how it goes on."""
    if isinstance(reply, Mapping):
        yield reply
        yield from (each for each in reply.values() if isinstance(each, Mapping))


def _of(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else None
