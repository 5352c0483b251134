"""Contacts: the operations on one contact, and finding it by e-mail or phone."""

from __future__ import annotations

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.reaching import reached_contact, succeeded
from instep.sandbox.gohighlevel.contacts.values import CHANNELS
from instep.sandbox.gohighlevel.contacts.views import created, detailed
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.shapes import (
    ANYTHING,
    BOOLEAN,
    STRING,
    STRINGS,
    Property,
    Shape,
    array_of,
    checked,
    nested,
    nullable,
    one_of,
    only_in,
    required,
)
from instep.sandbox.gohighlevel.times import birthday
from instep.sandbox.gohighlevel.versions import View

_channel = nested(
    Shape(
        {
            "status": required(one_of("active", "inactive", "permanent")),
            "message": STRING,
            "code": STRING,
        }
    )
)
_inbound = nested(Shape({"status": required(one_of("active", "inactive")), "message": STRING}))
_custom_field = Shape(
    {
        # facts: ghl 6.6 (the spec calls `id` required; the key alone is taken as well)
        "id": STRING,
        "key": STRING,
        "field_value": ANYTHING,
        "fieldValue": only_in(View.V3, ANYTHING),
    }
)
_email = checked(
    lambda value: value == "" or (isinstance(value, str) and _looks_like_email(value)),
    "be an email",
)
_birthday = checked(
    lambda value: value == "" or birthday(value) is not None, "be a valid date of birth"
)


def _looks_like_email(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(at and local and "." in domain.strip(".")) and not any(map(str.isspace, text))


# the DTOs of the official specification; nullable where it says so
_UPDATE: dict[str, Property] = {
    **dict.fromkeys(
        ("firstName", "lastName", "name", "phone", "address1", "city", "state", "website"),
        nullable(STRING),
    ),
    "email": nullable(_email),
    "postalCode": STRING,
    "timezone": nullable(STRING),
    "dnd": BOOLEAN,
    "dndSettings": nested(
        Shape(
            {
                name: only_in(view, _channel)
                for old, new in CHANNELS.items()
                for name, view in ((old, View.V2), (new, View.V3))
            }
        )
    ),
    "inboundDndSettings": nested(Shape({"all": _inbound})),
    "tags": STRINGS,
    "customFields": array_of(_custom_field),
    "source": nullable(STRING),
    "dateOfBirth": nullable(_birthday),
    "country": STRING,
    "assignedTo": nullable(STRING),
}
_CREATE: dict[str, Property] = {
    **_UPDATE,
    "locationId": required(STRING),
    "gender": STRING,
    "source": STRING,
    "companyName": nullable(STRING),
    "assignedTo": STRING,
}
_UPSERT: dict[str, Property] = {**_CREATE, "createNewIfDuplicateAllowed": BOOLEAN}
_LOCATION_QUERY = Shape({"locationId": required(STRING)}, open_=True)


def create(call: Call) -> JsonObject:
    """Add a contact."""
    contact = call.part(AddressBook).create(call.body["locationId"], call.body)
    return {"contact": created(contact, call.view)}


def get(call: Call) -> JsonObject:
    """Return a contact."""
    return {"contact": detailed(reached_contact(call), call.view)}


def update(call: Call) -> JsonObject:
    """Change a contact; `tags` replaces all of them."""
    reached_contact(call)
    contact = call.part(AddressBook).update(call.path["contactId"], call.body)
    # facts: ghl 2.3 (the dated versions misspell it)
    done = "succeded" if call.view is View.V2 else "succeeded"
    return {done: True, "contact": detailed(contact, call.view)}


def delete(call: Call) -> JsonObject:
    """Remove a contact."""
    reached_contact(call)
    call.part(AddressBook).delete(call.path["contactId"])
    return succeeded(call)


def upsert(call: Call) -> JsonObject:
    """Change the contact this is, or add it."""
    contact, new = call.part(AddressBook).upsert(call.body["locationId"], call.body)
    return {"new": new, "contact": detailed(contact, call.view)}


def find_duplicate(call: Call) -> JsonObject:
    """Return the contact with this e-mail or phone, or null. It reads contacts, not the index."""
    # facts: ghl 6.4
    query = call.query
    contact = call.part(AddressBook).find_duplicate(
        query["locationId"], query.get("email"), query.get("number")
    )
    return {"contact": detailed(contact, call.view) if contact else None}


OPERATIONS = (
    Operation("contacts.create", create, body=Shape(_CREATE)),
    Operation("contacts.get", get),
    Operation("contacts.update", update, body=Shape(_UPDATE)),
    Operation("contacts.delete", delete),
    Operation("contacts.upsert", upsert, body=Shape(_UPSERT)),
    Operation("contacts.find_duplicate", find_duplicate, query=_LOCATION_QUERY),
)
