"""The lists of users: searched, by e-mail, and the deprecated one of a location."""

from __future__ import annotations

import json

from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request, wrong_company
from instep.sandbox.gohighlevel.shapes import whole_number
from instep.sandbox.gohighlevel.users.directory import IN_LOCATION, Directory
from instep.sandbox.gohighlevel.users.views import listed, projected
from instep.sandbox.gohighlevel.versions import View
from instep.sandbox.state import Column

_PAGE = 25
_BY_NAME = "name, id"
_AMONG = "(SELECT value FROM json_each(?))"
# not in the facts: what one may sort by besides the date
_SORTS = {"dateAdded": "added", "name": "name", "firstName": "name", "email": "email"}


def search(call: Call) -> JsonObject:
    """Return a page of users that meet all that is asked, by name."""
    query = call.query
    _check_company(call, query["companyId"])
    where, values = "NOT deleted", list[Column]()
    # not in the facts: a location's token sees that location's users only
    location_id = query.get("locationId") or call.bearer.grant.location_id
    if location_id:
        where, values = f"{where} AND {IN_LOCATION}", [*values, location_id]
    for name in ("type", "role"):
        if query.get(name):
            where, values = f"{where} AND {name} = ?", [*values, query[name]]
    if query.get("ids"):
        where, values = (
            f"{where} AND id IN {_AMONG}",
            [*values, json.dumps(query["ids"].split(","))],
        )
    if text := query.get("query", "").strip().lower():
        where += " AND (instr(name, ?) OR instr(email, ?) OR instr(phone, ?))"
        values += [text, text, text]
    users = call.part(Directory).users
    found = users.find(where, values, _order(call), *_page(query.get("limit"), query.get("skip")))
    return {"users": [listed(each) for each in found], "count": users.count(where, values)}


def filter_by_email(call: Call) -> JsonObject:
    """Return a page of the users who have one of these e-mails."""
    body, users = call.body, call.part(Directory).users
    _check_company(call, body["companyId"])
    emails = [each.strip().lower() for each in body["emails"].split(",")]
    where = f"deleted = ? AND email IN {_AMONG}"
    values: list[Column] = [bool(body.get("deleted", False)), json.dumps(emails)]
    found = users.find(where, values, _BY_NAME, *_page(body.get("limit"), body.get("skip")))
    shown = [projected(each, body.get("projection")) for each in found]
    return {"users": shown, "count": users.count(where, values)}


def list_all(call: Call) -> JsonObject:
    """Return all users of a location."""
    return {"users": [listed(each) for each in call.part(Directory).of(call.query["locationId"])]}


def _check_company(call: Call, company_id: str) -> None:
    if company_id != call.services.company.id:
        raise wrong_company()


def _page(limit: str | None, skip: str | None) -> tuple[int, int]:
    """Return how many to take and how many to leave out; both arrive as text."""
    wanted = _PAGE if limit is None else whole_number(limit)
    left_out = 0 if skip is None else whole_number(skip)
    if wanted is None or left_out is None or wanted < 1 or left_out < 0:
        # not in the facts: the words
        raise bad_request("limit and skip must be numbers")
    return wanted, left_out


def _order(call: Call) -> str:
    column = _SORTS.get(call.query.get("sort", ""))
    direction = "DESC" if call.query.get("sortDirection", "").lower() == "desc" else "ASC"
    return f"{column} {direction}, id" if column else _BY_NAME


OPERATIONS = (
    Operation("users.search", search),
    Operation("users.filter_by_email", filter_by_email),
    Operation(
        "users.list",
        list_all,
        # absent from the v3 specification, but seen answering there (facts: ghl 2.2)
        views=frozenset({View.V3}),
    ),
)
