"""Rooms and equipment that service calendars need. Deprecated in v3, and still there."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.calendars.calendar_list import Calendars
from instep.sandbox.gohighlevel.calendars.paging import asked
from instep.sandbox.gohighlevel.calendars.refusals import unknown
from instep.sandbox.gohighlevel.calendars.rules import Calendar
from instep.sandbox.gohighlevel.identifiers import new_hex_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request, unprocessable
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Resource = dict[str, Any]

EQUIPMENT, ROOMS = "equipments", "rooms"


class Resources:
    """The rooms and equipment of every location. Every change is one transaction."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._calendars = services.part(Calendars)
        self._kept = Collection(
            services.state,
            "calendar_resources",
            {
                "location": lambda each: each["locationId"],
                "kind": lambda each: each["resourceType"],
                "added": lambda each: each["dateAdded"],
            },
            ["location, kind, added"],
        )
        services.lifecycle.follow("calendar", Stage.DELETED, self.forget_calendar)
        services.lifecycle.follow("location", Stage.DELETED, self.forget_location)

    def get(self, kind: str, resource_id: str) -> Resource:
        """Return a resource. Raises Refusal if there is none of this kind and id."""
        resource = self._kept.get(resource_id)
        if resource is None or resource["resourceType"] != kind:
            raise unknown("Resource")
        return resource

    def page(self, location_id: str, kind: str, limit: int, skip: int) -> list[Resource]:
        """Return a page of a location's resources of a kind, in the order they were made."""
        where = "location = ? AND kind = ?"
        return self._kept.find(where, (location_id, kind), "added, id", limit, skip)

    def keep(self, resource: Resource) -> Resource:
        """Store a resource, new or changed. Raises Refusal if it cannot serve its calendars."""
        wanted = resource["calendarIds"]
        if resource["resourceType"] == EQUIPMENT and len(wanted) > 1:
            # the spec's rule (calendars.json); the words are not in the facts
            raise bad_request("One equipment can only be mapped with one service calendar")
        with self._state.transaction():
            for calendar_id in wanted:
                if self._calendars.get(calendar_id)["locationId"] != resource["locationId"]:
                    raise unknown("Calendar")
            self._kept.put(resource["id"], resource)
        return resource

    def delete(self, resource: Resource) -> None:
        """Remove a resource."""
        self._kept.delete(resource["id"])

    def forget_calendar(self, calendar: Calendar) -> None:
        """Let resources no longer serve a calendar that is gone."""
        serves = "EXISTS (SELECT 1 FROM json_each(body, '$.calendarIds') WHERE value = ?)"
        for each in self._kept.find(serves, (calendar["id"],)):
            left = [other for other in each["calendarIds"] if other != calendar["id"]]
            self._kept.put(each["id"], {**each, "calendarIds": left})

    def forget_location(self, location: dict[str, Any]) -> None:
        """Remove the resources of a location that is gone."""
        for each in self._kept.find("location = ?", (location["id"],)):
            self.delete(each)


def list_resources(call: Call) -> list[Any]:
    """Return a page of the location's rooms or equipment."""
    limit, skip = asked(call, "limit"), asked(call, "skip")
    found = call.part(Resources).page(call.query["locationId"], _kind(call), limit, skip)
    return [_shown(each) for each in found]


def create(call: Call) -> JsonObject:
    """Add a room or a piece of equipment."""
    own = {"id": new_hex_id(), "resourceType": _kind(call), "isActive": True}
    resource = call.part(Resources).keep({**own, "dateAdded": call.now, **call.body})
    return _shown(resource)


def get(call: Call) -> JsonObject:
    """Return a room or a piece of equipment."""
    return _shown(_resource(call))


def update(call: Call) -> JsonObject:
    """Change what is named; the reply has no calendars."""
    before = _resource(call)
    location_id = before["locationId"]
    changed = {**before, **call.body, "locationId": location_id}
    shown = _shown(call.part(Resources).keep(changed))
    return {name: value for name, value in shown.items() if name != "calendarIds"}


def delete(call: Call) -> JsonObject:
    """Remove a room or a piece of equipment."""
    call.part(Resources).delete(_resource(call))
    return {"success": True}


def _kind(call: Call) -> str:
    kind = call.path["resourceType"]
    if kind not in (EQUIPMENT, ROOMS):
        words = f"resourceType must be one of the following values: {EQUIPMENT}, {ROOMS}"
        raise unprocessable([words])
    return kind


def _resource(call: Call) -> Resource:
    return call.reached(call.part(Resources).get(_kind(call), call.path["id"]))


def _shown(resource: Resource) -> JsonObject:
    # the spec's reply has no id (calendars.json); without one nothing could be read again
    return {name: value for name, value in resource.items() if name != "dateAdded"}


OPERATIONS = (
    Operation("calendars.list_resources", list_resources),
    Operation("calendars.create_resource", create),
    Operation("calendars.get_resource", get),
    Operation("calendars.update_resource", update),
    Operation("calendars.delete_resource", delete),
)
