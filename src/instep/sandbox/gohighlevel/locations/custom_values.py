"""Custom values: texts that a location's messages and pages share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

CustomValue = dict[str, Any]


class CustomValues:
    """Custom values of every location."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._values = Collection(
            services.state,
            "custom_values",
            {
                "location": lambda value: value["locationId"],
                "name": lambda value: value["name"].lower(),
            },
            ["location, name"],
        )
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def of(self, location_id: str) -> list[CustomValue]:
        """Return a location's values, by name."""
        return self._values.find("location = ?", (location_id,), "name, id")

    def get(self, location_id: str, value_id: str) -> CustomValue:
        """Return one value. Raises Refusal if there is none."""
        value = self._values.first("location = ? AND id = ?", (location_id, value_id))
        if value is None:
            # not in the facts: the words
            raise bad_request(f"Custom value with id {value_id} not found")
        return value

    def put(self, location_id: str, value_id: str, body: Mapping[str, Any]) -> CustomValue:
        """Keep one value under this id, new or in place of the old one."""
        value = {
            "id": value_id,
            "name": body["name"],
            "fieldKey": f"{{{{ custom_values.{_word(body['name'])} }}}}",
            "value": body["value"],
            "locationId": location_id,
        }
        self._values.put(value_id, value)
        return value

    def delete(self, location_id: str, value_id: str) -> None:
        """Remove one value. Raises Refusal if there is none."""
        self.get(location_id, value_id)
        self._values.delete(value_id)

    def _forget_location(self, location: dict[str, Any]) -> None:
        self._state.execute("DELETE FROM custom_values WHERE location = ?", (location["id"],))


def _word(name: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def list_all(call: Call) -> JsonObject:
    """Return all custom values of the location."""
    return {"customValues": call.part(CustomValues).of(call.path["locationId"])}


def get(call: Call) -> JsonObject:
    """Return one custom value."""
    return {"customValue": _asked(call)}


def create(call: Call) -> JsonObject:
    """Add a custom value."""
    values = call.part(CustomValues)
    return {"customValue": values.put(call.path["locationId"], new_id(), call.body)}


def update(call: Call) -> JsonObject:
    """Change a custom value's name and text."""
    value_id = _asked(call)["id"]
    values = call.part(CustomValues)
    return {"customValue": values.put(call.path["locationId"], value_id, call.body)}


def delete(call: Call) -> JsonObject:
    """Remove a custom value."""
    call.part(CustomValues).delete(call.path["locationId"], call.path["id"])
    return {"succeded": True}


def _asked(call: Call) -> CustomValue:
    return call.part(CustomValues).get(call.path["locationId"], call.path["id"])


OPERATIONS = (
    Operation("locations.list_custom_values", list_all),
    Operation("locations.create_custom_value", create),
    Operation("locations.get_custom_value", get),
    Operation("locations.update_custom_value", update),
    Operation("locations.delete_custom_value", delete),
)
