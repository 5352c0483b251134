"""Which page comes next: pure, from the arguments that were sent and the body that came back.

The catalogue says how a list goes on. The client adds what it takes to miss nothing: a list that
repeats itself, or does not say how to go on, ends the reading with an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.catalogue.paging import leading_on, list_in
from instep.connectors.gohighlevel.client.arguments import Signature
from instep.connectors.gohighlevel.client.errors import RetryLater, UserError

Arguments = dict[str, Any]
Record = Any
_USUAL_SIZE = 100
_MAY_BE_SHORT = {"search_after", "last_sort", "offset", "page"}
_BY_RECORD = {"search_after", "last_sort"}


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what was asked, what came, and the records in it."""

    asked: Mapping[str, Any]
    body: Any
    records: list[Record]


def first_arguments(signature: Signature, given: Mapping[str, Any]) -> Arguments:
    """Return the arguments of the first page by this view's names, with a size where one is needed.

    What is unknown stays as it is, to be refused by its name.
    """
    paging = signature.operation.paging
    arguments = _by_own_names(signature, given)
    if paging is None:
        return arguments
    # facts: ghl 6.3: page mode ends at 10,000 records, and excludes searchAfter
    page = signature.arguments.get("page")
    if paging.kind == "search_after" and page is not None and not page.required:
        arguments.pop("page", None)
    size = signature.arguments.get(paging.size or "")
    if size is not None and size.required and size.written not in arguments:
        arguments[size.written] = min(paging.largest or _USUAL_SIZE, _USUAL_SIZE)
    return arguments


def _by_own_names(signature: Signature, given: Mapping[str, Any]) -> Arguments:
    named: Arguments = {}
    for name, value in given.items():
        argument = signature.called(name)
        own = name if argument is None or argument.written in given else argument.written
        named[own] = value
    return named


def records_in(signature: Signature, body: Any) -> list[Record]:
    """Return the list of records in a reply.

    Raises UserError where the catalogue does not say which list it is and there are several.
    """
    listed = list_in(signature.operation, body)
    if listed is not None:
        return listed
    return body if isinstance(body, list) else _only_list(signature, body)


def _only_list(signature: Signature, body: Any) -> list[Record]:
    """Return the one list of a reply, of the reply itself rather than of an object inside it."""
    product = signature.operation.product
    for lists in _lists(body):
        if product in lists:
            return lists[product]
        if len(lists) > 1:
            raise UserError(
                f"The reply of {signature.operation.id} holds several lists ({', '.join(lists)}); "
                "go through .pages() and take the one you want."
            )
        if lists:
            return next(iter(lists.values()))
    return []


def _lists(body: Any) -> Iterator[dict[str, list[Record]]]:
    """Yield the lists of a reply by name, then those of the objects right inside it."""
    if not isinstance(body, dict):
        return
    yield {name: each for name, each in body.items() if isinstance(each, list)}
    yield {
        f"{outer}.{name}": each
        for outer, inner in body.items()
        if isinstance(inner, dict)
        for name, each in inner.items()
        if isinstance(each, list)
    }


def next_arguments(signature: Signature, page: Page) -> Arguments | None:
    """Return the arguments of the page after this one, None after the last.

    Raises RetryLater where the list does not move on.
    """
    operation = signature.operation
    paging = operation.paging
    if paging is None or not page.records:
        return None
    if paging.kind in _MAY_BE_SHORT and _is_short(signature, page):
        return None
    more = leading_on(operation, signature.view, page.asked, page.body, page.records)
    if more is None and paging.kind in _BY_RECORD:
        raise RetryLater(
            f"{operation.id} does not say how to go on after a full page; narrow it with a filter."
        )
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


def _is_short(signature: Signature, page: Page) -> bool:
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
    onward = ("skip", "offset", "searchAfter", "startAfterDate", "page")
    return not any(name in page.asked for name in onward)
