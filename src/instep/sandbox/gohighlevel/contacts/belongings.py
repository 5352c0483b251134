"""Records that belong to one contact each, and go with it: its tasks, its notes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection, Column

Belonging = dict[str, Any]
"""A record as it is kept; times are in milliseconds."""

NEWEST_FIRST = "added DESC, rowid DESC"


class Belongings(ABC):
    """One kind of them. Every change is one transaction; it is announced, and fires its event."""

    kind: ClassVar[str]
    columns: ClassVar[Mapping[str, Callable[[Belonging], Column]]] = {}

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._lifecycle = services.lifecycle
        self._events = services.events
        self.kept = Collection(
            services.state,
            f"contact_{self.kind}s",
            {
                "contact": lambda record: record["contactId"],
                "location": lambda record: record["locationId"],
                "added": lambda record: record["dateAdded"],
                **self.columns,
            },
            ["contact, added", "location, added"],
        )
        services.lifecycle.follow("contact", Stage.DELETED, self._forget)

    @abstractmethod
    def told(self, record: Belonging) -> dict[str, Any]:
        """Return what the events of this kind say of a record."""

    @abstractmethod
    def changed_to(self, before: Belonging, after: Belonging) -> str | None:
        """Return the event that a change fires, if any: "Update", "Complete"."""

    def of(self, contact: Contact) -> list[Belonging]:
        """Return all that a contact has."""
        # facts: ghl 6.7 (notes come newest first, unpaged; the order of tasks is not in the facts)
        return self.kept.find("contact = ?", (contact["id"],), NEWEST_FIRST)

    def get(self, contact: Contact, identifier: str) -> Belonging:
        """Return one that a contact has. Raises Refusal if it has no such."""
        record = self.kept.get(identifier)
        if record is None or record["contactId"] != contact["id"]:
            # not in the facts; refused as an unknown contact is (the spec declares no 404 either)
            raise bad_request(f"{self.kind.capitalize()} with id {identifier} not found")
        return record

    def add(self, contact: Contact, values: Mapping[str, Any]) -> Belonging:
        """Give a contact a new one."""
        record = {
            "id": new_id(),
            "locationId": contact["locationId"],
            "contactId": contact["id"],
            **values,
            "dateAdded": self._clock.milliseconds(),
        }
        with self._state.transaction():
            self.kept.put(record["id"], record)
            self._tell(Stage.ADDED, "Create", record)
        return record

    def change(self, record: Belonging, values: Mapping[str, Any]) -> Belonging:
        """Put these values into one; what is not named stays."""
        after = {**record, **values}
        if after == record:
            return after
        with self._state.transaction():
            self.kept.put(after["id"], after)
            self._tell(Stage.CHANGED, self.changed_to(record, after), after)
        return after

    def remove(self, record: Belonging) -> None:
        """Remove one."""
        with self._state.transaction():
            self.kept.delete(record["id"])
            self._tell(Stage.DELETED, "Delete", record)

    def _tell(self, stage: Stage, event: str | None, record: Belonging) -> None:
        self._lifecycle.announce(self.kind, stage, record)
        if event is not None:
            name = f"{self.kind.capitalize()}{event}"
            self._events.fire(name, record["locationId"], self.told(record))

    def _forget(self, contact: Contact) -> None:
        """Let go of all that a contact had; the contact's own event says enough."""
        for record in self.kept.remove("contact = ?", (contact["id"],)):
            self._lifecycle.announce(self.kind, Stage.DELETED, record)
