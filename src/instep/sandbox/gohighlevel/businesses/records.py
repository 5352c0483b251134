"""The operations on one business, and the list of a location's."""

from __future__ import annotations

from instep.sandbox.gohighlevel.businesses.register import Business, Register
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.shapes import STRING, Shape, number_text, required, whole_number
from instep.sandbox.gohighlevel.times import iso

_DEFAULT_LIMIT = 100  # of the spec; the largest is not in the facts, none is set here
_PAGE = Shape(
    {"locationId": required(STRING), "limit": number_text(1), "skip": number_text(0)}, open_=True
)


def get_business(call: Call) -> JsonObject:
    """Return a business."""
    return {"business": _shown(_business(call))}


def list_businesses(call: Call) -> JsonObject:
    """Return a page of a location's businesses; how many there are is not told."""
    limit = whole_number(call.query.get("limit")) or _DEFAULT_LIMIT
    skip = whole_number(call.query.get("skip")) or 0
    found = call.part(Register).of(call.query["locationId"], limit, skip)
    return {"businesses": [_shown(business) for business in found]}


def create_business(call: Call) -> JsonObject:
    """Add a business."""
    return _done(call.part(Register).create(call.body["locationId"], call.body))


def update_business(call: Call) -> JsonObject:
    """Change a business."""
    return _done(call.part(Register).update(_business(call)["id"], call.body))


def delete_business(call: Call) -> JsonObject:
    """Remove a business."""
    call.part(Register).delete(_business(call)["id"])
    return {"success": True}


def _business(call: Call) -> Business:
    return call.reached(call.part(Register).get(call.path["businessId"]))


def _shown(business: Business) -> JsonObject:
    return {**business, **{name: iso(business[name]) for name in ("createdAt", "updatedAt")}}


def _done(business: Business) -> JsonObject:
    # facts: ghl 6.10 (misspelt in both views)
    return {"success": True, "buiseness": _shown(business)}


OPERATIONS = (
    Operation("businesses.get", get_business),
    Operation("businesses.list", list_businesses, query=_PAGE),
    Operation("businesses.create", create_business),
    Operation("businesses.update", update_business),
    Operation("businesses.delete", delete_business),
)
