"""The relations of every location: two records, related under an association."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from instep.sandbox.gohighlevel.associations.refusals import (
    related_already,
    related_to_itself,
    unknown_relation,
)
from instep.sandbox.gohighlevel.associations.registry import Association, Registry
from instep.sandbox.gohighlevel.businesses.register import Register
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.identifiers import new_hex_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.opportunities.board import Board
from instep.sandbox.gohighlevel.refusals import wrong_location
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Relation = dict[str, Any]

_EITHER = "(first = ? OR second = ?)"
_RELATED = ("contact", "opportunity", "business")


class Relations:
    """Keeps relations. They go with their association, and with either of their records.

    That these deletions fire no RelationDelete of their own is not in the facts.
    """

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._events = services.events
        self._registry = services.part(Registry)
        # how to find a record, by its kind; those of other kinds are taken as they are
        self._finders = {
            "contact": services.part(AddressBook).get,
            "opportunity": services.part(Board).get,
            "business": services.part(Register).get,
        }
        self._relations = Collection(
            services.state,
            "relations",
            {
                "location": lambda each: each["locationId"],
                "association": lambda each: each["associationId"],
                "first": lambda each: each["firstRecordId"],
                "second": lambda each: each["secondRecordId"],
                "added": lambda each: each["added"],
            },
            ["first", "second", "location, association"],
        )
        follow = services.lifecycle.follow
        follow("association", Stage.DELETED, self._forget_association)
        follow("location", Stage.DELETED, self._forget_location)
        for kind in _RELATED:
            follow(kind, Stage.DELETED, self._forget_record)

    def get(self, location_id: str, relation_id: str) -> Relation:
        """Return a relation. Raises Refusal if the location has none of this id."""
        relation = self._relations.get(relation_id)
        if relation is None or relation["locationId"] != location_id:
            raise unknown_relation()
        return relation

    def create(self, association: Association, first_id: str, second_id: str) -> Relation:
        """Relate two records. Raises Refusal if one is unknown, or they are related already."""
        location_id = association["locationId"]
        if first_id == second_id:
            raise related_to_itself()
        with self._state.transaction():
            self._check_record(location_id, association["firstObjectKey"], first_id)
            self._check_record(location_id, association["secondObjectKey"], second_id)
            relation = {
                "id": new_hex_id(),
                "locationId": location_id,
                "associationId": association["id"],
                "firstObjectKey": association["firstObjectKey"],
                "firstRecordId": first_id,
                "secondObjectKey": association["secondObjectKey"],
                "secondRecordId": second_id,
                "added": self._clock.milliseconds(),
            }
            self._check_new(relation)
            self._relations.put(relation["id"], relation)
            self._events.fire("RelationCreate", location_id, shown(relation))
        return relation

    def of(
        self, location_id: str, record_id: str, associations: Sequence[str], limit: int, skip: int
    ) -> tuple[list[Relation], int]:
        """Return a page of a record's relations, as they came, and how many there are in all."""
        where, values = f"location = ? AND {_EITHER}", [location_id, record_id, record_id]
        if associations:
            where += f" AND association IN ({', '.join('?' * len(associations))})"
            values += associations
        page = self._relations.find(where, values, "added, rowid", limit, skip)
        return page, self._relations.count(where, values)

    def delete(self, relation: Relation) -> None:
        """Remove a relation."""
        with self._state.transaction():
            self._relations.delete(relation["id"])
            self._events.fire("RelationDelete", relation["locationId"], shown(relation))

    def _check_record(self, location_id: str, kind: str, record_id: str) -> None:
        if kind in self._finders:
            record: dict[str, Any] = self._finders[kind](record_id)
            if record["locationId"] != location_id:
                raise wrong_location()

    def _check_new(self, relation: Relation) -> None:
        """Refuse two records that are related already, whichever of them went first."""
        where = "location = ? AND association = ? AND ((first, second) IN (VALUES (?, ?), (?, ?)))"
        first, second = relation["firstRecordId"], relation["secondRecordId"]
        place = (relation["locationId"], relation["associationId"])
        if self._relations.first(where, (*place, first, second, second, first)):
            raise related_already(relation["associationId"])

    def _forget_association(self, association: Association) -> None:
        self._forget("association = ?", association["id"])

    def _forget_location(self, location: dict[str, Any]) -> None:
        self._forget("location = ?", location["id"])

    def _forget_record(self, record: dict[str, Any]) -> None:
        self._forget(_EITHER, record["id"], record["id"])

    def _forget(self, where: str, *values: str) -> None:
        self._state.execute(f"DELETE FROM relations WHERE {where}", values)  # noqa: S608 - constant texts


def shown(relation: Relation) -> dict[str, Any]:
    """Return a relation as lists and events show it."""
    return {name: value for name, value in relation.items() if name != "added"}
