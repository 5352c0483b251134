"""`POST /contacts/search`: filters, sorting, and two ways through the pages."""

from __future__ import annotations

import json

from instep.sandbox.gohighlevel.contacts.filters import Condition, Filters, Order, after, read_sort
from instep.sandbox.gohighlevel.contacts.search_index import SearchIndex
from instep.sandbox.gohighlevel.contacts.views import found
from instep.sandbox.gohighlevel.locations.definitions import Definitions
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.shapes import (
    ARRAY,
    STRING,
    Shape,
    checked,
    number,
    required,
)

# facts: ghl 6.3
_LARGEST_PAGE = 500
_REACH_OF_PAGES = 10_000
_LONGEST_QUERY = 75

_short = checked(
    lambda value: isinstance(value, str) and len(value) <= _LONGEST_QUERY,
    f"be shorter than or equal to {_LONGEST_QUERY} characters",
)

BODY = Shape(
    {
        "locationId": required(STRING),
        "pageLimit": required(number(1, _LARGEST_PAGE)),
        "page": number(1),
        "searchAfter": ARRAY,
        "query": _short,
        "filters": ARRAY,
        "sort": ARRAY,
    }
)


def search(call: Call) -> JsonObject:
    """Return one page of contacts, and how many there are in all."""
    body, services = call.body, call.services
    services.part(SearchIndex).catch_up()
    limit = int(body["pageLimit"])
    orders = read_sort(body.get("sort", []))
    wanted = _wanted(services, body)
    if body.get("searchAfter"):
        rest = _both(wanted, after(orders, body["searchAfter"]))
        contacts = _page(services, rest, orders, limit)
    else:
        contacts = _page(services, wanted, orders, limit, _skip(int(body.get("page", 1)), limit))
    total = services.part(SearchIndex).entries.count(wanted.sql, wanted.values)
    return {"contacts": contacts, "total": total}


def _wanted(services: Services, body: JsonObject) -> Condition:
    location_id = body["locationId"]
    filters = Filters(
        lambda name: services.part(Definitions).field(location_id, name),
        nested=services.settings.nested_groups,
    )
    condition = _both(
        Condition("location = ?", (location_id,)), filters.condition(body.get("filters", []))
    )
    if query := body.get("query", "").strip().lower():
        condition = _both(condition, Condition("instr(text, ?) > 0", (query,)))
    return condition


def _both(one: Condition, other: Condition) -> Condition:
    return Condition(f"({one.sql}) AND ({other.sql})", (*one.values, *other.values))


def _skip(page: int, limit: int) -> int:
    if page * limit > _REACH_OF_PAGES:
        # the limit is documented, the words are not
        raise bad_request(
            f"Only {_REACH_OF_PAGES} records can be reached by page. Use searchAfter beyond that."
        )
    return (page - 1) * limit


def _page(
    services: Services, wanted: Condition, orders: list[Order], limit: int, skip: int = 0
) -> list[JsonObject]:
    keys = ", ".join(order.expression for order in orders)
    order_by = ", ".join(
        f"{order.expression} {'DESC' if order.descending else 'ASC'}" for order in orders
    )
    rows = services.state.execute(
        f"SELECT body, {keys} FROM search_entries WHERE {wanted.sql} "  # noqa: S608 - values are parameters
        f"ORDER BY {order_by} LIMIT ? OFFSET ?",
        (*wanted.values, limit, skip),
    )
    return [found(json.loads(body), key) for body, *key in rows.fetchall()]


OPERATIONS = (Operation("contacts.search", search, body=BODY),)
