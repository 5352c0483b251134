"""`POST /opportunities/search`: filters, sorting, and two ways through the pages."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.grammar import (
    LARGEST_PAGE,
    Condition,
    after,
    both,
    page_of,
    read_sort,
    skipped,
)
from instep.sandbox.gohighlevel.locations.custom_fields import CustomFields
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.opportunities.filters import SORTS, filters_of
from instep.sandbox.gohighlevel.opportunities.gathering import Extras, gather
from instep.sandbox.gohighlevel.opportunities.views import detailed
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
        "limit": required(number(1, LARGEST_PAGE)),
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
    orders = read_sort(body.get("sort", []), SORTS, "added")
    wanted, skip = _wanted(call), 0
    part = wanted
    if body.get("searchAfter"):
        part = both(wanted, after(orders, body["searchAfter"]))
    else:
        # pages count from 0 (the v3 spec's description)
        skip = skipped(int(body.get("page", 0)), limit)
    page = page_of(call.services.state, "opportunities", part, orders, limit, skip)
    more = body.get("additionalDetails", {})
    extras = Extras(
        bool(more.get("notes")), bool(more.get("tasks")), bool(more.get("calendarEvents"))
    )
    shown = gather(call, [each for each, _ in page], detailed, extras)
    state = call.services.state
    counted = f"SELECT count(*) FROM opportunities WHERE {wanted.sql}"  # noqa: S608 - values are parameters
    reply = {
        "opportunities": [
            {**each, "sort": key} for each, (_, key) in zip(shown, page, strict=True)
        ],
        "total": state.execute(counted, wanted.values).fetchone()[0],
        "aggregations": {},
    }
    if call.view is View.V3 and _names_pipeline(body.get("filters", [])):
        reply["stageAggregations"] = _by_stage(call, wanted)
    return reply


def _wanted(call: Call) -> Condition:
    location_id = call.body["locationId"]
    fields = call.part(CustomFields)
    filters = filters_of(lambda name: fields.find(location_id, name, "opportunity"))
    condition = both(
        Condition("location = ?", (location_id,)), filters.condition(call.body.get("filters", []))
    )
    if text := call.body.get("query", "").strip().lower():
        own = (
            "instr(name, ?) OR contact IN (SELECT id FROM contacts WHERE location = ? AND "
            "instr(text, ?))"
        )
        condition = both(condition, Condition(own, (text, location_id, text)))
    return condition


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
