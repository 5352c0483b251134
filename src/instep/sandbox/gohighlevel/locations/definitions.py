"""What a location defines for its contacts: tags and custom fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.locations.custom_fields import CustomField, CustomFields
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

__all__ = ["CustomField", "Definitions"]


class Definitions:
    """Tags and custom fields of every location. A tag once used stays defined."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tags = Collection(
            services.state,
            "location_tags",
            {"location": lambda tag: tag["locationId"], "name": lambda tag: tag["name"]},
            ["location, name"],
        )
        self._known = {(tag["locationId"], tag["name"]) for tag in self._tags.find()}
        self._fields = services.part(CustomFields)

    def define_tags(self, location_id: str, names: Iterable[str]) -> None:
        """Define the tags that are not yet."""
        # facts: ghl 6.6
        for name in names:
            if (location_id, name) not in self._known:
                identifier = new_id()
                tag = {"id": identifier, "locationId": location_id, "name": name}
                self._tags.put(identifier, tag)
                self._known.add((location_id, name))

    def tags(self, location_id: str) -> list[dict[str, Any]]:
        """Return the location's tags, by name."""
        return self._tags.find("location = ?", (location_id,), "name")

    def tag(self, location_id: str, tag_id: str) -> dict[str, Any]:
        """Return a tag by its id. Raises Refusal if the location has no such."""
        tag = self._tags.get(tag_id)
        if tag is None or tag["locationId"] != location_id:
            # not in the facts; refused as an unknown contact is (the spec declares no 404 either)
            raise bad_request(f"Tag with id {tag_id} not found")
        return tag

    def tag_named(self, location_id: str, name: str) -> dict[str, Any] | None:
        """Return the tag of this name, or None."""
        return self._tags.first("location = ? AND name = ?", (location_id, name))

    def rename_tag(self, tag: dict[str, Any], name: str) -> dict[str, Any]:
        """Give a tag another name, which is free, on the contacts that have it too."""
        renamed = {**tag, "name": name}
        with self._services.state.transaction():
            self._tags.put(tag["id"], renamed)
            self._known = (self._known - {_key(tag)}) | {_key(renamed)}
            told = {**renamed, "formerName": tag["name"]}
            self._services.lifecycle.announce("tag", Stage.CHANGED, told)
        return renamed

    def remove_tag(self, tag: dict[str, Any]) -> None:
        """Remove a tag, from the contacts that have it too."""
        with self._services.state.transaction():
            self._tags.delete(tag["id"])
            self._services.lifecycle.announce("tag", Stage.DELETED, tag)
            self._known.discard(_key(tag))

    def fields(self, location_id: str) -> list[CustomField]:
        """Return the custom fields of the location's contacts, in their order."""
        return self._fields.of(location_id, "contact")

    def field(self, location_id: str, name: str) -> CustomField | None:
        """Return the contacts' custom field of this id or key (with or without `contact.`)."""
        # facts: ghl 6.6
        return self._fields.find(location_id, name, "contact")


def _key(tag: dict[str, Any]) -> tuple[str, str]:
    return tag["locationId"], tag["name"]
