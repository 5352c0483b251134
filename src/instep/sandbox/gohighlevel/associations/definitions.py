"""Associations: the operations on them."""

from __future__ import annotations

import re

from instep.sandbox.gohighlevel.associations.registry import Association, Registry, shown
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.shapes import STRING, Shape, checked, number_text, required

# what may be associated: the specification and its examples name these
_OBJECT_KEY = re.compile(r"contact|opportunity|business|custom_objects\.[a-z0-9_]+")
_object_key = checked(
    lambda value: isinstance(value, str) and _OBJECT_KEY.fullmatch(value) is not None,
    "be contact, opportunity, business or the key of a custom object",
)

# the specification calls labels and keys objects, but its examples are texts, and so is what works
_LABELS = {"firstObjectLabel": required(STRING), "secondObjectLabel": required(STRING)}
_UPDATE = Shape(_LABELS)
_CREATE = Shape(
    {
        "locationId": required(STRING),
        "key": required(STRING),
        **_LABELS,
        "firstObjectKey": required(_object_key),
        "secondObjectKey": required(_object_key),
    }
)

# the specification requires a page; the real one does without, by what public integrations send
PAGE = Shape(
    {"locationId": required(STRING), "skip": number_text(0), "limit": number_text(1)}, open_=True
)
USUAL_PAGE = 100  # not in the facts: what is returned where no limit is named


def find_all(call: Call) -> JsonObject:
    """Return a page of a location's associations."""
    skip, limit = int(call.query.get("skip", 0)), int(call.query.get("limit", USUAL_PAGE))
    found = call.part(Registry).of(call.query["locationId"])
    # the specification shows one association; public integrations agree on a list under this key
    page = found[skip : skip + limit]
    return {"associations": [shown(each) for each in page], "total": len(found)}


def create(call: Call) -> JsonObject:
    """Add an association between two kinds of records."""
    return shown(call.part(Registry).create(call.body))


def get(call: Call) -> JsonObject:
    """Return an association."""
    return shown(_association(call))


def get_by_key(call: Call) -> JsonObject:
    """Return the association of this key."""
    return shown(call.part(Registry).by_key(call.query["locationId"], call.path["key_name"]))


def get_by_object_key(call: Call) -> JsonObject:
    """Return an association that this kind of record is part of."""
    location_id = call.query.get("locationId") or _own_location(call)
    return shown(call.part(Registry).by_object(location_id, call.path["objectKey"]))


def update(call: Call) -> JsonObject:
    """Give the ends of an association other labels."""
    return shown(call.part(Registry).rename(_association(call), call.body))


def delete(call: Call) -> JsonObject:
    """Remove an association; its relations go with it."""
    association = _association(call)
    call.part(Registry).delete(association)
    message = "Association deleted successfully"
    return {"deleted": True, "id": association["id"], "message": message}


def _association(call: Call) -> Association:
    association_id = call.path["associationId"]
    return call.reached(call.part(Registry).get(_own_location(call), association_id))


def _own_location(call: Call) -> str:
    """Return the token's location; an agency's token stands for its first."""
    return call.bearer.grant.location_id or call.services.company.location_id


OPERATIONS = (
    Operation("associations.list", find_all, query=PAGE),
    Operation("associations.create", create, body=_CREATE),
    Operation("associations.get", get),
    Operation("associations.get_by_key", get_by_key),
    Operation("associations.get_by_object_key", get_by_object_key),
    Operation("associations.update", update, body=_UPDATE),
    Operation("associations.delete", delete),
)
