"""`POST /opportunities/search`: filters, sorting, and two ways through the pages."""

from __future__ import annotations

import json
from typing import Any

from instep.sandbox.gohighlevel.contacts.filters import Condition, Order, after
from instep.sandbox.gohighlevel.locations.custom_fields import CustomFields
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.opportunities.filters import Filters, read_sort
from instep.sandbox.gohighlevel.opportunities.gathering import Extras, gather
from instep.sandbox.gohighlevel.opportunities.views import detailed
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.shapes import (
    ARRAY,
    BOOLEAN,
    STRING,
    Shape,
    checked,
    nested,
    number,
    required,
)
from instep.sandbox.gohighlevel.versions import View

_LARGEST_PAGE = 500
_REACH_OF_PAGES = 10_000
_LONGEST_QUERY = 75

_short = checked(
    lambda value: isinstance(value, str) and len(value) <= _LONGEST_QUERY,
    f"be shorter than or equal to {_LONGEST_QUERY} characters",
)
# the spec requires all but `filters` and `sort`, which it lacks; the page it links to has these
# and requires two
_BODY = Shape(
    {
        "locationId": required(STRING),
        "limit": required(number(1, _LARGEST_PAGE)),
        "page": number(0),
        "searchAfter": ARRAY,
        "query": _short,
        "filters": ARRAY,
        "sort": ARRAY,
        "additionalDetails": nested(
            Shape(
                dict.fromkeys(("notes", "tasks", "calendarEvents", "unReadConversations"), BOOLEAN)
            )
        ),
    }
)


def search(call: Call) -> JsonObject:
    """Return one page of opportunities, and how many there are in all."""
    body, limit = call.body, int(call.body["limit"])
    orders = read_sort(body.get("sort", []))
    wanted, skip = _wanted(call), 0
    part = wanted
    if body.get("searchAfter"):
        part = _both(wanted, after(orders, body["searchAfter"]))
    else:
        skip = _skip(int(body.get("page", 0)), limit)
    opportunities, keys = _page(call, part, orders, limit, skip)
    more = body.get("additionalDetails", {})
    extras = Extras(
        bool(more.get("notes")), bool(more.get("tasks")), bool(more.get("calendarEvents"))
    )
    shown = gather(call, opportunities, detailed, extras)
    state = call.services.state
    counted = f"SELECT count(*) FROM opportunities WHERE {wanted.sql}"  # noqa: S608 - values are parameters
    reply = {
        "opportunities": [{**each, "sort": key} for each, key in zip(shown, keys, strict=True)],
        "total": state.execute(counted, wanted.values).fetchone()[0],
        "aggregations": {},
    }
    if call.view is View.V3 and _names_pipeline(body.get("filters", [])):
        reply["stageAggregations"] = _by_stage(call, wanted)
    return reply


def _wanted(call: Call) -> Condition:
    location_id = call.body["locationId"]
    fields = call.part(CustomFields)
    filters = Filters(lambda name: fields.find(location_id, name, "opportunity"))
    condition = _both(
        Condition("location = ?", (location_id,)), filters.condition(call.body.get("filters", []))
    )
    if text := call.body.get("query", "").strip().lower():
        own = (
            "instr(name, ?) OR contact IN (SELECT id FROM contacts WHERE location = ? AND "
            "instr(text, ?))"
        )
        condition = _both(condition, Condition(own, (text, location_id, text)))
    return condition


def _both(one: Condition, other: Condition) -> Condition:
    return Condition(f"({one.sql}) AND ({other.sql})", (*one.values, *other.values))


def _skip(page: int, limit: int) -> int:
    """Return how many come before a page; pages count from 0 (the v3 spec's description)."""
    if (page + 1) * limit > _REACH_OF_PAGES:
        # the limit is documented, the words are not
        raise bad_request(
            f"Only {_REACH_OF_PAGES} records can be reached by page. Use searchAfter beyond that."
        )
    return page * limit


def _page(
    call: Call, wanted: Condition, orders: list[Order], limit: int, skip: int
) -> tuple[list[JsonObject], list[list[Any]]]:
    """Return a page of opportunities, and the position of each in the order."""
    keys = ", ".join(order.expression for order in orders)
    order_by = ", ".join(
        f"{order.expression} {'DESC' if order.descending else 'ASC'}" for order in orders
    )
    rows = call.services.state.execute(
        f"SELECT body, {keys} FROM opportunities WHERE {wanted.sql} "  # noqa: S608 - values are parameters
        f"ORDER BY {order_by} LIMIT ? OFFSET ?",
        (*wanted.values, limit, skip),
    ).fetchall()
    return [json.loads(row[0]) for row in rows], [list(row[1:]) for row in rows]


def _names_pipeline(filters: list[Any]) -> bool:
    return any(isinstance(each, dict) and each.get("field") == "pipeline_id" for each in filters)


def _by_stage(call: Call, wanted: Condition) -> list[JsonObject]:
    """Return what the found opportunities of each stage come to.

    Weighted by the opportunities' own probability; one that has none counts nothing (how a stage
    weighs is not in the facts).
    """
    weight = "coalesce(json_extract(body, '$.forecastProbability'), 0) / 100.0"
    rows = call.services.state.execute(
        "SELECT stage, count(*), total(value), "  # noqa: S608 - values are parameters
        f"total(value * {weight}), total(value * (status = 'open')), "
        f"total(value * {weight} * (status = 'open')), total(value * (status = 'won')) "
        f"FROM opportunities WHERE {wanted.sql} GROUP BY stage",
        wanted.values,
    )
    names = (
        *("pipelineStageId", "totalCount", "totalValue", "weightedValue"),
        *("openValue", "openWeightedValue", "wonValue"),
    )
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


OPERATIONS = (Operation("opportunities.search_advanced", search, body=_BODY),)
