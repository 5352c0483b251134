"""The operations on a location's custom fields."""

from __future__ import annotations

from instep.sandbox.gohighlevel.locations.custom_fields import DATA_TYPES, CustomFields
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.shapes import (
    ANYTHING,
    BOOLEAN,
    STRING,
    STRINGS,
    Property,
    Shape,
    array_of,
    number,
    one_of,
    required,
)

_MODEL = one_of("contact", "opportunity")

# `options` and what follows it are not in the spec; clients send them, and they work
# (highlevel-api-docs issue 300)
_COMMON: dict[str, Property] = {
    "name": required(STRING),
    "placeholder": STRING,
    "acceptedFormat": STRINGS,
    "isMultipleFile": BOOLEAN,
    "maxNumberOfFiles": number(0),
    "textBoxListOptions": array_of(Shape({"label": STRING, "prefillValue": STRING})),
    "position": number(0),
    "model": _MODEL,
    "options": STRINGS,
    "picklistOptions": STRINGS,
    "parentId": STRING,
    "description": STRING,
    "showInForms": ANYTHING,
}
_CREATE = Shape({**_COMMON, "dataType": required(one_of(*DATA_TYPES)), "fieldKey": STRING})
_UPDATE = Shape(_COMMON)
_QUERY = Shape({"model": one_of("contact", "opportunity", "all")}, open_=True)


def list_all(call: Call) -> JsonObject:
    """Return the custom fields of contacts (the default), of opportunities, or all."""
    model = call.query.get("model", "contact")
    fields = call.part(CustomFields)
    return {"customFields": fields.of(_location(call), None if model == "all" else model)}


def get(call: Call) -> JsonObject:
    """Return the custom field of this id or key."""
    return {"customField": call.part(CustomFields).get(_location(call), call.path["id"])}


def create(call: Call) -> JsonObject:
    """Define a custom field."""
    return {"customField": call.part(CustomFields).create(_location(call), call.body)}


def update(call: Call) -> JsonObject:
    """Change a custom field's name, choices and the like."""
    fields = call.part(CustomFields)
    return {"customField": fields.update(_location(call), call.path["id"], call.body)}


def delete(call: Call) -> JsonObject:
    """Remove a custom field."""
    call.part(CustomFields).delete(_location(call), call.path["id"])
    return {"succeded": True}


def _location(call: Call) -> str:
    return call.path["locationId"]


OPERATIONS = (
    Operation("locations.list_custom_fields", list_all, query=_QUERY),
    Operation("locations.create_custom_field", create, body=_CREATE),
    Operation("locations.get_custom_field", get),
    Operation("locations.update_custom_field", update, body=_UPDATE),
    Operation("locations.delete_custom_field", delete),
)
