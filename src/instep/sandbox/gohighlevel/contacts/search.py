"""`POST /contacts/search`: filters, sorting, and two ways through the pages."""

from __future__ import annotations

from instep.sandbox.gohighlevel.contacts.filters import SORTS, filters_of
from instep.sandbox.gohighlevel.contacts.search_index import SearchIndex
from instep.sandbox.gohighlevel.contacts.views import found
from instep.sandbox.gohighlevel.grammar import (
    LARGEST_PAGE,
    Condition,
    after,
    both,
    page_of,
    read_sort,
    skipped,
)
from instep.sandbox.gohighlevel.locations.definitions import Definitions
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.shapes import (
    ARRAY,
    STRING,
    Shape,
    number,
    required,
    text,
)

_LONGEST_QUERY = 75

BODY = Shape(
    {
        "locationId": required(STRING),
        "pageLimit": required(number(1, LARGEST_PAGE)),
        "page": number(1),
        "searchAfter": ARRAY,
        "query": text(_LONGEST_QUERY),
        "filters": ARRAY,
        "sort": ARRAY,
    }
)


def search(call: Call) -> JsonObject:
    """Return one page of contacts, and how many there are in all."""
    body, services = call.body, call.services
    services.part(SearchIndex).catch_up()
    limit = int(body["pageLimit"])
    orders = read_sort(body.get("sort", []), SORTS, SORTS["dateAdded"])
    wanted = _wanted(services, body)
    part, skip = wanted, 0
    if body.get("searchAfter"):
        part = both(wanted, after(orders, body["searchAfter"]))
    else:
        skip = skipped(int(body.get("page", 1)) - 1, limit)
    page = page_of(services.state, "search_entries", part, orders, limit, skip)
    total = services.part(SearchIndex).entries.count(wanted.sql, wanted.values)
    return {"contacts": [found(contact, key) for contact, key in page], "total": total}


def _wanted(services: Services, body: JsonObject) -> Condition:
    location_id = body["locationId"]
    filters = filters_of(
        lambda name: services.part(Definitions).field(location_id, name),
        nested=services.settings.nested_groups,
    )
    condition = both(
        Condition("location = ?", (location_id,)), filters.condition(body.get("filters", []))
    )
    if query := body.get("query", "").strip().lower():
        condition = both(condition, Condition("instr(text, ?) > 0", (query,)))
    return condition


OPERATIONS = (Operation("contacts.search", search, body=BODY),)
