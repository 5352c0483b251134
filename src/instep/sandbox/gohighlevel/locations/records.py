"""Locations (sub-accounts): read only, with what contacts refer to."""

from __future__ import annotations

from instep.sandbox.gohighlevel.locations.definitions import Definitions
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.shapes import Shape, one_of

_MODEL = Shape({"model": one_of("contact", "opportunity", "all")}, open_=True)


def get(call: Call) -> JsonObject:
    """Return one location and its settings."""
    location = call.services.company.locations[call.path["locationId"]]
    settings = {
        "allowDuplicateContact": call.services.settings.allow_duplicate_contact,
        "allowDuplicateOpportunity": False,
        "allowFacebookNameMerge": False,
        "disableContactTimezone": False,
    }
    return {"location": {**location, "settings": settings}}


def tags(call: Call) -> JsonObject:
    """Return the tags defined for the location."""
    return {"tags": call.part(Definitions).tags(call.path["locationId"])}


def custom_fields(call: Call) -> JsonObject:
    """Return the custom fields of contacts, of opportunities (there are none yet), or all."""
    fields = call.part(Definitions).fields(call.path["locationId"])
    if call.query.get("model") == "opportunity":
        fields = []
    return {"customFields": fields}


OPERATIONS = (
    Operation("locations.get", get),
    Operation("locations.list_tags", tags),
    Operation("locations.list_custom_fields", custom_fields, query=_MODEL),
)
