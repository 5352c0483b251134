"""Puts contacts into a business, or takes them out, many at once."""

from __future__ import annotations

from instep.sandbox.gohighlevel.businesses.register import (
    Business,
    Register,
    moved,
    unknown_business,
)
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import unknown_contact
from instep.sandbox.gohighlevel.shapes import STRING, STRINGS, Shape, nullable, required

# the catalogue's, but null is a value of its own here: it may not be left out
_BODY = Shape(
    {
        "locationId": required(STRING),
        "ids": required(STRINGS),
        "businessId": required(nullable(STRING)),
    }
)


def set_business(call: Call) -> JsonObject:
    """Put contacts into a business, or with null take them out of theirs: all of them, or none."""
    location_id, ids = call.body["locationId"], call.body["ids"]
    business = _business(call, location_id)
    found = call.part(AddressBook).among(ids)
    for contact_id in ids:
        contact = found.get(contact_id)
        if contact is None or call.reached(contact)["locationId"] != location_id:
            raise unknown_contact(contact_id)
    call.part(AddressBook).replace((each, moved(each, business)) for each in found.values())
    return {"success": True, "ids": ids}


def _business(call: Call, location_id: str) -> Business | None:
    """Return the business that is meant. Raises Refusal if the location has no such."""
    business_id = call.body["businessId"]
    if business_id is None:
        return None
    business = call.reached(call.part(Register).get(business_id))
    if business["locationId"] != location_id:
        raise unknown_business(business_id)
    return business


OPERATIONS = (Operation("contacts.bulk_business", set_business, body=_BODY),)
