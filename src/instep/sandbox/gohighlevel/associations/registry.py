"""The associations of every location: those the system defines, and its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.associations.refusals import (
    defined_by_the_system,
    key_taken,
    same_labels,
    unknown_association,
)
from instep.sandbox.gohighlevel.identifiers import new_hex_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Association = dict[str, Any]
"""An association. Its two ends are kinds of records: `contact`, `business`, `custom_objects.car`."""

_USER, _SYSTEM = "USER_DEFINED", "SYSTEM_DEFINED"
_MANY, _ONE_TO_MANY, _MANY_TO_ONE = "MANY_TO_MANY", "ONE_TO_MANY", "MANY_TO_ONE"

# ids, ends and cardinalities as several public integrations list them; the labels are a guess.
# In every location they have the same ids, which are words.
_OF_THE_SYSTEM = (
    ("OPPORTUNITIES_CONTACTS_ASSOCIATION", "opportunity", "contact", _MANY, _MANY),
    ("BUSINESSES_CONTACTS_ASSOCIATION", "business", "contact", _ONE_TO_MANY, _MANY_TO_ONE),
)


class Registry:
    """Every change is one transaction; it is announced, and fires its event."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._events = services.events
        self._lifecycle = services.lifecycle
        self._own = Collection(
            services.state,
            "associations",
            {
                "location": lambda each: each["locationId"],
                "key": lambda each: each["key"],
                "added": lambda each: each["added"],
            },
            ["location, key", "location, added"],
        )
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def get(self, location_id: str, association_id: str) -> Association:
        """Return an association. Raises Refusal if there is none.

        One of the system is the same in each location: it is returned as this location's.
        """
        for each in _of_the_system(location_id):
            if each["id"] == association_id:
                return each
        found = self._own.get(association_id)
        if found is None:
            raise unknown_association()
        return found

    def in_location(self, location_id: str, association_id: str) -> Association:
        """Return an association of this location. Raises Refusal if it has no such."""
        found = self.get(location_id, association_id)
        if found["locationId"] != location_id:
            raise unknown_association()
        return found

    def by_key(self, location_id: str, key: str) -> Association:
        """Return the association of this key. Raises Refusal if there is none."""
        found = [each for each in self.of(location_id) if each["key"] == key]
        if not found:
            raise unknown_association()
        return found[0]

    def by_object(self, location_id: str, object_key: str) -> Association:
        """Return the first association that has this kind of record at an end.

        The location's own go first. Raises Refusal if there is none.
        """
        for each in self.of(location_id):
            if object_key in {each["firstObjectKey"], each["secondObjectKey"]}:
                return each
        raise unknown_association()

    def of(self, location_id: str) -> list[Association]:
        """Return all associations of a location: its own as they came, then the system's."""
        own = self._own.find("location = ?", (location_id,), "added, rowid")
        return [*own, *_of_the_system(location_id)]

    def create(self, body: Mapping[str, Any]) -> Association:
        """Add an association. Raises Refusal if its key is taken or its labels are the same."""
        _check_labels(body)
        location_id, key = body["locationId"], body["key"]
        association = {
            "id": new_hex_id(),
            **body,
            "associationType": _USER,
            # not in the facts: what one has that was made without them
            "firstObjectToSecondObjectCardinality": _MANY,
            "secondObjectToFirstObjectCardinality": _MANY,
            "added": self._clock.milliseconds(),
        }
        with self._state.transaction():
            if any(each["key"] == key for each in self.of(location_id)):
                raise key_taken(key)
            self._keep(association, "AssociationCreate", Stage.ADDED)
        return association

    def rename(self, association: Association, body: Mapping[str, Any]) -> Association:
        """Give both ends other labels. Raises Refusal for one that the system defines."""
        _check_own(association)
        _check_labels(body)
        with self._state.transaction():
            after = {**association, **body}
            self._keep(after, "AssociationUpdate", Stage.CHANGED)
        return after

    def delete(self, association: Association) -> None:
        """Remove an association and its relations. Raises Refusal for one of the system."""
        _check_own(association)
        with self._state.transaction():
            self._own.delete(association["id"])
            self._lifecycle.announce("association", Stage.DELETED, association)
            self._events.fire("AssociationDelete", association["locationId"], shown(association))

    def _keep(self, association: Association, event: str, stage: Stage) -> None:
        self._own.put(association["id"], association)
        self._lifecycle.announce("association", stage, association)
        self._events.fire(event, association["locationId"], shown(association))

    def _forget_location(self, location: dict[str, Any]) -> None:
        self._state.execute("DELETE FROM associations WHERE location = ?", (location["id"],))


def shown(association: Association) -> dict[str, Any]:
    """Return an association as replies and events show it."""
    return {name: value for name, value in association.items() if name != "added"}


def _of_the_system(location_id: str) -> list[Association]:
    return [
        {
            "id": identifier,
            "locationId": location_id,
            "key": identifier,
            "associationType": _SYSTEM,
            "firstObjectKey": first,
            "firstObjectLabel": first.capitalize(),
            "firstObjectToSecondObjectCardinality": onwards,
            "secondObjectKey": second,
            "secondObjectLabel": second.capitalize(),
            "secondObjectToFirstObjectCardinality": back,
        }
        for identifier, first, second, onwards, back in _OF_THE_SYSTEM
    ]


def _check_own(association: Association) -> None:
    if association["associationType"] == _SYSTEM:
        raise defined_by_the_system()


def _check_labels(body: Mapping[str, Any]) -> None:
    if body["firstObjectLabel"] == body["secondObjectLabel"]:
        raise same_labels()
