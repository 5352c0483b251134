"""The contact that a call's path names, and the plain answer that something was done."""

from __future__ import annotations

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.operations import Call, JsonObject
from instep.sandbox.gohighlevel.versions import View


def reached_contact(call: Call) -> Contact:
    """Return the contact. Raises Refusal if it is unknown, or of a location out of reach."""
    return call.reached(call.part(AddressBook).get(call.path["contactId"]))


def succeeded(call: Call) -> JsonObject:
    """Return the answer of deletes and the like: misspelt, and in v3 spelt both ways."""
    # facts: ghl 2.3
    return {"succeded": True} | ({"succeeded": True} if call.view is View.V3 else {})
