"""Turn the name of a business in a filter into the ids it stands for, by asking the app."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from instep.core.errors import UserError
from instep.core.filter_lines import BUSINESS
from instep.core.filters import Operator
from instep.engine.clients import Reached
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource

_FIELD = "business_id"


async def resolve(raw: Any, resource: Resource, reached: Reached) -> Any:
    """Return a filter with `business` turned into `business_id`, where the kind has that field.

    What is no well-formed filter is returned as it is: reading it says what is wrong. Raises
    UserError for a name the app does not have, with the nearest ones.
    """
    names = {field.name for field in resource.fields}
    if _FIELD not in names or BUSINESS in names:
        return raw
    return await _resolve(raw, reached)


async def _resolve(raw: Any, reached: Reached) -> Any:
    if not isinstance(raw, Mapping):
        return raw
    if raw.get("field") == BUSINESS:
        return await _by_id(raw, reached)
    return {
        word: [await _resolve(row, reached) for row in rows] if isinstance(rows, list) else rows
        for word, rows in raw.items()
    }


async def _by_id(row: Mapping[str, Any], reached: Reached) -> Mapping[str, Any]:
    operator, value = row.get("operator", Operator.EQ.value), row.get("value")
    if operator == Operator.EXISTS:
        return {**row, "field": _FIELD}
    if operator not in {Operator.EQ, Operator.NOT, Operator.IN}:
        raise UserError(f"A filter by business can say eq, not, in or exists; not {operator!r}.")
    names = [str(each).strip() for each in (value if isinstance(value, list) else [value])]
    ids = [each for name in names for each in await _ids_of(name, reached)]
    is_not = operator == Operator.NOT
    words = f"business is {'not ' if is_not else ''}{' or '.join(names)}"
    if is_not:
        rows = [{"field": _FIELD, "operator": "not", "value": each, "words": words} for each in ids]
        return rows[0] if len(rows) == 1 else {"all": rows}
    return {"field": _FIELD, "operator": Operator.IN.value, "value": ids, "words": words}


async def _ids_of(name: str, reached: Reached) -> Sequence[str]:
    """Return the ids of all businesses of this name: an app may have several."""
    try:
        businesses = reached.connector.resource(BUSINESS)(reached.account)
    except KeyError:
        raise UserError(f"{reached.connector.title} has no businesses to filter by.") from None
    there = [each async for each in _find(name, businesses, reached)]
    if not _named(there, name):
        there = [each async for each in _list(businesses, reached)]
    ids = _named(there, name)
    if ids:
        return ids
    near = difflib.get_close_matches(name, {called for _, called in there}, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Names have to be whole."
    raise UserError(f"{reached.connector.title} has no business called {name!r}. {hint}")


def _named(there: Sequence[tuple[str, str]], name: str) -> list[str]:
    return [record_id for record_id, called in there if called.casefold() == name.casefold()]


async def _find(
    name: str, businesses: Resource, reached: Reached
) -> AsyncIterator[tuple[str, str]]:
    request = businesses.find("name", name)
    if request is not None:
        reply = await reached.client.send(request, Purpose.PERSON)
        for record in businesses.records(reply):
            yield record.id, str(record.values.get("name") or "").strip()


async def _list(businesses: Resource, reached: Reached) -> AsyncIterator[tuple[str, str]]:
    request: Request | None = businesses.list()
    while request is not None:
        reply = await reached.client.send(request, Purpose.PERSON)
        for record in businesses.records(reply):
            yield record.id, str(record.values.get("name") or "").strip()
        request = businesses.next(request, reply)
