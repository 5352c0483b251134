"""Which page comes next: pure, from the arguments that were sent and the body that came back.

No kind of paging goes round in circles: a list that repeats itself ends the reading with an error,
because records could have been left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.connectors.gohighlevel.client.arguments import Signature
from instep.connectors.gohighlevel.client.errors import RetryLater, UserError

Arguments = dict[str, Any]
Record = Any
_USUAL_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what was asked, what came, and the records in it."""

    asked: Mapping[str, Any]
    body: Any
    records: Sequence[Record]


def first_arguments(signature: Signature, given: Mapping[str, Any]) -> Arguments:
    """Return the arguments of the first page, with a page size where one is needed."""
    paging = signature.operation.paging
    arguments = dict(given)
    if paging is None:
        return arguments
    # facts: ghl 6.3: page mode ends at 10,000 records, and excludes searchAfter
    if paging.kind == "search_after":
        arguments.pop("page", None)
    argument = signature.arguments.get(paging.size or "")
    if argument is not None and argument.required and argument.written not in arguments:
        arguments[argument.written] = min(paging.largest or _USUAL_SIZE, _USUAL_SIZE)
    return arguments


def records_in(signature: Signature, body: Any) -> Sequence[Record]:
    """Return the list of records in a reply.

    Raises UserError where the catalogue does not say which list it is and there are several.
    """
    items = signature.operation.items
    if items == "" or (items is None and isinstance(body, list)):
        return body if isinstance(body, list) else _only_list(signature, body)
    # facts: ghl 6.10: messages are wrapped once more, under the same name
    found = body
    for _ in range(2):
        found = found.get(items) if isinstance(found, dict) and items else None
        if isinstance(found, list):
            return found
    return _only_list(signature, body)


def _only_list(signature: Signature, body: Any) -> Sequence[Record]:
    if not isinstance(body, dict):
        return []
    lists = {name: each for name, each in body.items() if isinstance(each, list)}
    product = signature.operation.product
    if product in lists:
        return lists[product]
    if len(lists) > 1:
        raise UserError(
            f"The reply of {signature.operation.id} holds several lists ({', '.join(lists)}); "
            "go through .pages() and take the one you want."
        )
    return next(iter(lists.values()), [])


def next_arguments(signature: Signature, page: Page) -> Arguments | None:
    """Return the arguments of the page after this one, None after the last.

    Raises RetryLater where the list does not move on.
    """
    paging = signature.operation.paging
    if paging is None or not page.records:
        return None
    match paging.kind:
        case "search_after":
            more = _after_record(signature, page)
        case "cursors":
            more = _both_cursors(page, paging.parameters)
        case "last_id":
            more = _last_id(page, paging.parameters[0])
        case "token":
            more = _token(page, paging.parameters[0])
        case "offset" | "page" if "pageToken" in signature.arguments:
            more = _token(page, "pageToken")  # facts: ghl 2.3: so do installed locations in v3
        case "offset":
            more = _offset(signature, page, paging.parameters[0])
        case _:
            more = _number(signature, page, paging.parameters[0])
    if more is None:
        return None
    following = {**page.asked, **more}
    if following == dict(page.asked):
        raise _circle(signature)
    return following


def check_moved(signature: Signature, before: Page, after: Page) -> None:
    """Raise RetryLater if a page holds what the one before held."""
    if after.records and _print(before.records) == _print(after.records):
        raise _circle(signature)


def _circle(signature: Signature) -> RetryLater:
    return RetryLater(
        f"{signature.operation.id} gives the same page again, so records after it cannot be "
        "reached; what came before is complete."
    )


def _print(records: Sequence[Record]) -> str:
    ends = [len(records), records[0], records[-1]]
    return json.dumps(ends, sort_keys=True, default=str)


def _after_record(signature: Signature, page: Page) -> Arguments | None:
    if _is_last(signature, page):
        return None
    # facts: ghl 6.3: copied from the last contact's own searchAfter
    last = page.records[-1]
    token = last.get("searchAfter") if isinstance(last, dict) else None
    token = token or (page.body.get("searchAfter") if isinstance(page.body, dict) else None)
    if not token:
        raise RetryLater(
            f"{signature.operation.id} does not say how to go on after a full page; narrow it with "
            "a filter."
        )
    return {"searchAfter": token}


def _both_cursors(page: Page, parameters: Sequence[str]) -> Arguments | None:
    # facts: ghl 6.2, 7 row 1: one of the two alone leads back to the first page
    meta = page.body.get("meta") if isinstance(page.body, dict) else None
    found = {name: (meta or {}).get(name) for name in parameters}
    if any(value in (None, "") for value in found.values()):
        return None
    return found


def _last_id(page: Page, parameter: str) -> Arguments | None:
    for holder in _holders(page.body):
        if "nextPage" in holder:
            token = holder.get(parameter)
            return {parameter: token} if holder["nextPage"] and token else None
    return None


_TOKENS = ("nextCursor", "nextPageToken", "nextToken", "cursor")


def _token(page: Page, parameter: str) -> Arguments | None:
    for holder in _holders(page.body):
        for name in _TOKENS:
            if holder.get(name):
                return {parameter: holder[name]}
    return None


def _holders(body: Any) -> list[dict[str, Any]]:
    """Return the reply and the objects right inside it: where cursors are found."""
    if not isinstance(body, dict):
        return []
    return [body, *(each for each in body.values() if isinstance(each, dict))]


def _offset(signature: Signature, page: Page, parameter: str) -> Arguments | None:
    if _is_last(signature, page):
        return None
    return {parameter: int(page.asked.get(parameter) or 0) + len(page.records)}


def _number(signature: Signature, page: Page, parameter: str) -> Arguments | None:
    if _is_last(signature, page):
        return None
    asked = page.asked.get(parameter)
    first = signature.arguments[parameter].schema.get("default", 1)
    return {parameter: int(first if asked is None else asked) + 1}


def _is_last(signature: Signature, page: Page) -> bool:
    """Whether a page is surely the last: shorter than asked for, and no total says otherwise.

    Without a known size only an empty page ends a list; that is one call more, and none left out.
    """
    paging = signature.operation.paging
    size = page.asked.get(paging.size) if paging is not None and paging.size else None
    if size is None or not str(size).isdigit():
        return False
    if paging is not None and paging.largest is not None and int(size) > paging.largest:
        size = paging.largest
    return len(page.records) < int(size) and not _more_in_total(page)


def _more_in_total(page: Page) -> bool:
    total = page.body.get("total") if isinstance(page.body, dict) else None
    return isinstance(total, int) and total > len(page.records) and _is_first(page)


def _is_first(page: Page) -> bool:
    return not any(name in page.asked for name in ("skip", "offset", "searchAfter", "page"))
