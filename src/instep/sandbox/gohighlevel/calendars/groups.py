"""Calendar groups: kept, changed, and their slugs, each of which a location has once."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.calendars.refusals import slug_taken, unknown
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Group = dict[str, Any]

_NAMED = ("name", "description", "slug")


class Groups:
    """The groups of every location. Every change is one transaction."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._lifecycle = services.lifecycle
        self._groups = Collection(
            services.state,
            "calendar_groups",
            {
                "location": lambda group: group["locationId"],
                "slug": lambda group: group["slug"],
                "added": lambda group: group["dateAdded"],
            },
            ["location, slug"],
        )
        services.lifecycle.follow("location", Stage.DELETED, self.forget_location)

    def get(self, group_id: str) -> Group:
        """Return a group. Raises Refusal if there is none."""
        group = self._groups.get(group_id)
        if group is None:
            raise unknown("Calendar group")
        return group

    def of(self, location_id: str) -> list[Group]:
        """Return a location's groups in the order they were made."""
        return self._groups.find("location = ?", (location_id,), "added, id")

    def has_slug(self, location_id: str, slug: str, but: str | None = None) -> bool:
        """Say whether a group of the location, other than `but`, has this slug."""
        where = "location = ? AND slug = ? AND id != ?"
        return self._groups.count(where, (location_id, slug, but or "")) > 0

    def keep(self, group: Group) -> Group:
        """Store a group, new or changed. Raises Refusal if its slug is taken."""
        with self._state.transaction():
            if self.has_slug(group["locationId"], group["slug"], group["id"]):
                raise slug_taken()
            self._groups.put(group["id"], group)
        return group

    def delete(self, group: Group) -> None:
        """Remove a group; those who follow let go of it."""
        with self._state.transaction():
            self._groups.delete(group["id"])
            self._lifecycle.announce("calendar_group", Stage.DELETED, group)

    def forget_location(self, location: dict[str, Any]) -> None:
        """Remove the groups of a location that is gone."""
        for group in self.of(location["id"]):
            self.delete(group)


def list_groups(call: Call) -> JsonObject:
    """Return the location's groups."""
    return {"groups": [_shown(each) for each in call.part(Groups).of(call.query["locationId"])]}


def create(call: Call) -> JsonObject:
    """Add a group."""
    group = {"id": new_id(), "isActive": True, "dateAdded": call.now, **call.body}
    return {"group": _shown(call.part(Groups).keep(group))}


def update(call: Call) -> JsonObject:
    """Change name, description and slug of a group."""
    named = {name: call.body[name] for name in _NAMED}
    return {"group": _shown(call.part(Groups).keep({**_group(call), **named}))}


def set_status(call: Call) -> JsonObject:
    """Switch a group on or off."""
    call.part(Groups).keep({**_group(call), "isActive": call.body["isActive"]})
    return {"success": True}


def delete(call: Call) -> JsonObject:
    """Remove a group."""
    call.part(Groups).delete(_group(call))
    return {"success": True}


def validate_slug(call: Call) -> JsonObject:
    """Say whether a slug is still to be had."""
    taken = call.part(Groups).has_slug(call.body["locationId"], call.body["slug"])
    return {"available": not taken}


def _shown(group: Group) -> JsonObject:
    return {name: value for name, value in group.items() if name != "dateAdded"}


def _group(call: Call) -> Group:
    return call.reached(call.part(Groups).get(call.path["groupId"]))


OPERATIONS = (
    Operation("calendars.list_groups", list_groups),
    Operation("calendars.create_group", create),
    Operation("calendars.update_group", update),
    Operation("calendars.update_group_status", set_status),
    Operation("calendars.delete_group", delete),
    Operation("calendars.validate_group_slug", validate_slug),
)
