"""`GET /opportunities/search`: plain filters in the query, pages by two cursors or by number."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from instep.sandbox.gohighlevel.calendars.zones import zone_of
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.opportunities.board import Board
from instep.sandbox.gohighlevel.opportunities.gathering import Extras, gather
from instep.sandbox.gohighlevel.opportunities.values import Opportunity
from instep.sandbox.gohighlevel.opportunities.views import found
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.shapes import (
    STRING,
    Property,
    Shape,
    number_text,
    one_of,
    only_in,
    required,
    whole_number,
)
from instep.sandbox.gohighlevel.versions import View
from instep.sandbox.state import Column

# the spec's description of `limit`
_DEFAULT_LIMIT = 20
_LARGEST_LIMIT = 100

# facts: ghl 2.3 (the dated versions alone write these with underscores)
_V3_NAMES = {
    "location_id": "locationId",
    "pipeline_id": "pipelineId",
    "pipeline_stage_id": "pipelineStageId",
    "contact_id": "contactId",
    "assigned_to": "assignedTo",
}
_flag = one_of("true", "false")
_COMMON: dict[str, Property] = {
    **dict.fromkeys(("q", "campaignId", "id", "order", "date", "endDate", "country"), STRING),
    "status": one_of("open", "won", "lost", "abandoned", "all"),
    "startAfter": STRING,
    "startAfterId": STRING,
    "page": number_text(1),
    "limit": number_text(1),
    **dict.fromkeys(("getTasks", "getNotes", "getCalendarEvents"), _flag),
}
# a query of other names is refused here (seen by a client; elsewhere queries are open)
_QUERY = Shape(
    {
        **_COMMON,
        **{old: only_in(View.V2, STRING) for old in _V3_NAMES},
        **{new: only_in(View.V3, STRING) for new in _V3_NAMES.values()},
        "location_id": only_in(View.V2, required(STRING)),
        "locationId": only_in(View.V3, required(STRING)),
    }
)
_EQUAL = {
    "pipeline_id": "pipeline",
    "pipeline_stage_id": "stage",
    "contact_id": "contact",
    "assigned_to": "assigned",
    "id": "id",
    "status": "status",
}
_ORDERS = {
    # not in the facts: the orders there are, besides the spec's example
    "added_asc": ("added", "ASC"),
    "added_desc": ("added", "DESC"),
}
_DAY = re.compile(r"(\d{2})-(\d{2})-(\d{4})")


def search(call: Call) -> JsonObject:
    """Return a page, newest first. Only both cursors together lead to the next one."""
    board, limit = call.part(Board).opportunities, _limit(call)
    column, direction = _ORDERS.get(call.query.get("order", ""), _ORDERS["added_desc"])
    where, values = _wanted(call)
    total = board.count(where, values)
    moment, identifier = whole_number(call.query.get("startAfter")), call.query.get("startAfterId")
    page = whole_number(call.query.get("page")) or 1
    before = (page - 1) * limit
    if moment is not None and identifier:
        beyond = "<" if direction == "DESC" else ">"
        where, values = f"{where} AND ({column}, id) {beyond} (?, ?)", [*values, moment, identifier]
        before = total - board.count(where, values)
    skip = 0 if moment is not None and identifier else before
    order = f"{column} {direction}, id {direction}"
    opportunities = board.find(where, values, order, limit, skip)
    return {
        "opportunities": gather(call, opportunities, found, _extras(call)),
        "meta": _meta(call, opportunities, total, before, limit),
        "aggregations": {},
    }


def _limit(call: Call) -> int:
    limit = whole_number(call.query.get("limit"))
    if limit is not None and limit > _LARGEST_LIMIT:
        # the bound is the spec's; the words are not known
        raise bad_request(f"limit must not be greater than {_LARGEST_LIMIT}")
    return _DEFAULT_LIMIT if limit is None else limit


def _asked(call: Call, name: str) -> str:
    """Return a parameter's text under the name it has in this view, or nothing."""
    text: str = call.query.get(_V3_NAMES.get(name, name) if call.view is View.V3 else name, "")
    return "" if name == "status" and text == "all" else text


def _wanted(call: Call) -> tuple[str, list[Column]]:
    where, values = ["location = ?"], list[Column]([_asked(call, "location_id")])
    for name, column in _EQUAL.items():
        if text := _asked(call, name):
            where.append(f"{column} = ?")
            values.append(text)
    if _asked(call, "campaignId"):
        where.append("0")  # no opportunity comes from a campaign here
    if text := _asked(call, "q").strip().lower():
        # a contact's own text is searched too: the spec's example asks for an e-mail
        where.append(
            "(instr(name, ?) OR contact IN (SELECT id FROM contacts WHERE location = ? AND "
            "instr(text, ?)))"
        )
        values += [text, values[0], text]
    if country := _asked(call, "country"):
        where.append(
            "contact IN (SELECT id FROM contacts WHERE location = ? AND "
            "json_extract(body, '$.country') = ?)"
        )
        values += [values[0], country]
    for name, condition, days in (("date", "added >= ?", 0), ("endDate", "added < ?", 1)):
        midnight = _midnight(call, _asked(call, name), days)
        if midnight is not None:
            where.append(condition)
            values.append(midnight)
    return " AND ".join(where), values


def _midnight(call: Call, text: str, days: int) -> int | None:
    """Return when a day (mm-dd-yyyy), or the one so many later, begins at the location.

    Another form counts as none at all: that is what a client saw.
    """
    matched = _DAY.fullmatch(text)
    if matched is None:
        return None
    month, day, year = map(int, matched.groups())
    zone = zone_of(call.services.company.locations[_asked(call, "location_id")])
    try:
        begin = datetime(year, month, day, tzinfo=zone)
        return int((begin + timedelta(days)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _extras(call: Call) -> Extras:
    wanted = {
        name: call.query.get(asked) == "true"
        for name, asked in (
            ("notes", "getNotes"),
            ("tasks", "getTasks"),
            ("calendar_events", "getCalendarEvents"),
        )
    }
    return Extras(**wanted)


def _meta(
    call: Call, opportunities: list[Opportunity], total: int, before: int, limit: int
) -> dict[str, Any]:
    # facts: ghl 6.9 (what leads nowhere is null, as clients see it)
    page = before // limit + 1
    meta: dict[str, Any] = {
        "total": total,
        "nextPageUrl": None,
        "startAfterId": None,
        "startAfter": None,
        "currentPage": page,
        "nextPage": None,
        "prevPage": page - 1 or None,
    }
    if not opportunities:
        return meta
    last = opportunities[-1]
    position = {"startAfter": last["dateAdded"], "startAfterId": last["id"]}
    meta |= position
    if before + len(opportunities) < total:
        kept = {name: value for name, value in call.query.items() if name not in {"page", "limit"}}
        query = urlencode(kept | {"limit": limit} | position)
        meta["nextPageUrl"] = f"{call.url}/opportunities/search?{query}"
        meta["nextPage"] = page + 1
    return meta


OPERATIONS = (Operation("opportunities.search", search, query=_QUERY),)
