"""The two plain lists of contacts: the deprecated one, and that of a business."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.contacts.views import listed
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.shapes import (
    STRING,
    Property,
    Shape,
    number_text,
    required,
    whole_number,
)
from instep.sandbox.gohighlevel.versions import View
from instep.sandbox.state import Column

# facts: ghl 6.2
_DEFAULT_LIMIT = 20
_LARGEST_LIMIT = 100

_NEWEST_FIRST = "added DESC, id DESC"
_COMMON: dict[str, Property] = {"locationId": required(STRING), "query": STRING}


def list_contacts(call: Call) -> JsonObject:
    """Return a page, newest first. Only both cursors together lead to the next one."""
    query = call.query
    limit = _limit(call)
    where, values = _matching(call, "location = ?", query["locationId"])
    total = call.part(AddressBook).contacts.count(where, values)
    moment, identifier = whole_number(query.get("startAfter")), query.get("startAfterId")
    before = 0
    if moment is not None and identifier:
        where += " AND (added, id) < (?, ?)"
        values += [moment, identifier]
        before = total - call.part(AddressBook).contacts.count(where, values)
    contacts = call.part(AddressBook).contacts.find(where, values, _NEWEST_FIRST, limit)
    meta = _meta(call, contacts, total, before, limit)
    return {
        "contacts": [listed(contact, call.view) for contact in contacts],
        "count": total,
        "meta": meta,
    }


def list_by_business(call: Call) -> JsonObject:
    """Return a page of a business's contacts, newest first."""
    where, values = _matching(call, "business = ? AND location = ?", call.path["businessId"])
    values.insert(1, call.query["locationId"])
    count = call.part(AddressBook).contacts.count(where, values)
    position = call.query.getlist("startAfter")
    moment = whole_number(position[0]) if position else None
    if moment is not None and len(position) > 1:
        where += " AND (added, id) < (?, ?)"
        values += [moment, position[1]]
    contacts = call.part(AddressBook).contacts.find(
        where, values, _NEWEST_FIRST, _limit(call), whole_number(call.query.get("skip")) or 0
    )
    return {"contacts": [listed(contact, call.view) for contact in contacts], "count": count}


def _limit(call: Call) -> int:
    limit = whole_number(call.query.get("limit"))
    if limit is not None and limit > _LARGEST_LIMIT:
        # facts: ghl 6.2 (a hard 400; the words are not known)
        raise bad_request(f"limit must not be greater than {_LARGEST_LIMIT}")
    return _DEFAULT_LIMIT if limit is None else limit


def _matching(call: Call, where: str, value: str) -> tuple[str, list[Column]]:
    values: list[Column] = [value]
    if text := call.query.get("query", "").strip().lower():
        return f"{where} AND instr(text, ?) > 0", [*values, text]
    return where, values


def _meta(
    call: Call, contacts: list[Contact], total: int, before: int, limit: int
) -> dict[str, Any]:
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
    if contacts:
        last = contacts[-1]
        meta |= {"startAfterId": last["id"], "startAfter": last["dateAdded"]}
    if before + len(contacts) < total:
        kept = {name: call.query[name] for name in ("locationId", "query") if name in call.query}
        position = {"limit": limit, "startAfter": last["dateAdded"], "startAfterId": last["id"]}
        meta["nextPageUrl"] = f"{call.url}/contacts/?{urlencode(kept | position)}"
        meta["nextPage"] = page + 1
    return meta


OPERATIONS = (
    Operation(
        "contacts.list",
        list_contacts,
        query=Shape({**_COMMON, "limit": number_text(1), "startAfter": number_text(0)}, open_=True),
        # absent from the v3 specification, but seen answering there (facts: ghl 2.2)
        views=frozenset({View.V3}),
    ),
    Operation(
        "contacts.list_by_business",
        list_by_business,
        query=Shape({**_COMMON, "limit": number_text(1), "skip": number_text(0)}, open_=True),
    ),
)
