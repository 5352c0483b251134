"""The tags a location defines: made, renamed, removed."""

from __future__ import annotations

from instep.sandbox.gohighlevel.locations.definitions import Definitions
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.shapes import Shape, checked, required

# not in the facts: that a blank name is refused, and in which words
_NAME = Shape(
    {
        "name": required(
            checked(lambda value: isinstance(value, str) and bool(value.strip()), "be a string")
        )
    }
)


def create_tag(call: Call) -> JsonObject:
    """Define a tag."""
    name = _free_name(call)
    location_id = call.path["locationId"]
    call.part(Definitions).define_tags(location_id, [name])
    return {"tag": call.part(Definitions).tag_named(location_id, name)}


def get_tag(call: Call) -> JsonObject:
    """Return one tag."""
    return {"tag": _tag(call)}


def update_tag(call: Call) -> JsonObject:
    """Rename a tag."""
    tag = _tag(call)
    if _name(call) == tag["name"]:
        return {"tag": tag}
    return {"tag": call.part(Definitions).rename_tag(tag, _free_name(call))}


def delete_tag(call: Call) -> JsonObject:
    """Remove a tag."""
    call.part(Definitions).remove_tag(_tag(call))
    return {"succeded": True}  # in both views, as specified


def _tag(call: Call) -> JsonObject:
    return call.part(Definitions).tag(call.path["locationId"], call.path["tagId"])


def _name(call: Call) -> str:
    name: str = call.body["name"].strip().lower()  # facts: ghl 6.6
    return name


def _free_name(call: Call) -> str:
    """Return the name that is asked for. Raises Refusal if another tag has it."""
    name = _name(call)
    if call.part(Definitions).tag_named(call.path["locationId"], name):
        # not in the facts: that it is refused, and the words
        raise bad_request(f"Tag {name} already exists")
    return name


OPERATIONS = (
    Operation("locations.create_tag", create_tag, body=_NAME),
    Operation("locations.get_tag", get_tag),
    Operation("locations.update_tag", update_tag, body=_NAME),
    Operation("locations.delete_tag", delete_tag),
)
