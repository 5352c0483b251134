"""The contacts of every location: kept, told apart, changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from instep.sandbox.gohighlevel.contacts.search_index import SearchIndex
from instep.sandbox.gohighlevel.contacts.values import (
    Contact,
    ContactValues,
    full_name,
    searchable_text,
)
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.locations.definitions import Definitions
from instep.sandbox.gohighlevel.refusals import duplicate, nothing_identifying, unknown_contact
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

_IDENTIFYING = ("firstName", "lastName", "email", "phone")


class AddressBook:
    """Every change is one transaction and is told to the search index."""

    def __init__(self, services: Services) -> None:
        state = services.state
        self._state = state
        self._clock = services.clock
        self._settings = services.settings
        self._company = services.company
        self._lifecycle = services.lifecycle
        self._definitions = services.part(Definitions)
        self._index = services.part(SearchIndex)
        self.values = ContactValues(services.settings, self._definitions)
        self.contacts = Collection(
            state,
            "contacts",
            {
                "location": lambda contact: contact["locationId"],
                "added": lambda contact: contact["dateAdded"],
                "email": lambda contact: contact.get("email", "").lower(),
                "phone": lambda contact: contact.get("phone", ""),
                "business": lambda contact: contact.get("businessId"),
                "text": searchable_text,
            },
            ["location, added, id", "location, email", "location, phone", "location, business"],
        )

    def get(self, contact_id: str) -> Contact:
        """Return a contact. Raises Refusal if there is none."""
        contact = self.contacts.get(contact_id)
        if contact is None:
            raise unknown_contact(contact_id)
        return contact

    def create(self, location_id: str, body: Mapping[str, Any]) -> Contact:
        """Add a contact. Raises Refusal if it is a duplicate, or nobody at all."""
        with self._state.transaction():
            contact = self._new(location_id, body)
            self._refuse_duplicate(contact, self._settings.duplicate_order)
            return self._keep(contact, self._clock.milliseconds())

    def update(self, contact_id: str, body: Mapping[str, Any]) -> Contact:
        """Change a contact. Raises Refusal if it is unknown or would become a duplicate."""
        with self._state.transaction():
            before = self.get(contact_id)
            location = self._company.locations[before["locationId"]]
            after = self.values.changed(before, body, location)
            order = self._settings.duplicate_order
            moved = [field for field in order if before.get(field) != after.get(field)]
            # not in the facts; without it the setting could be walked around
            self._refuse_duplicate(after, moved)
            return self._keep(after, self._clock.milliseconds())

    def upsert(self, location_id: str, body: Mapping[str, Any]) -> tuple[Contact, bool]:
        """Change the contact this is, or add it; say whether it is new."""
        # facts: ghl 6.4
        always_new = body.get("createNewIfDuplicateAllowed") is True
        with self._state.transaction():
            candidate = self._new(location_id, body)
            found = None
            if not (always_new and self._settings.allow_duplicate_contact):
                found = self._twin(candidate, self._settings.duplicate_order)
            if found is None:
                return self._keep(candidate, self._clock.milliseconds()), True
            twin, _ = found
            taken = self._not_of_others(twin, candidate, body)
            location = self._company.locations[location_id]
            changed = self.values.changed(twin, taken, location)
            return self._keep(changed, self._clock.milliseconds()), False

    def delete(self, contact_id: str) -> None:
        """Remove a contact. Raises Refusal if it is unknown."""
        with self._state.transaction():
            contact = self.get(contact_id)
            self.contacts.delete(contact_id)
            self._index.note(contact_id)
            self._lifecycle.announce("contact", Stage.DELETED, contact)

    def set_tags(self, contact_id: str, tags: list[str]) -> Contact:
        """Replace a contact's tags; the list is clean already."""
        with self._state.transaction():
            contact = {**self.get(contact_id), "tags": tags}
            return self._keep(contact, self._clock.milliseconds())

    def set_business(self, contact_id: str, business_id: str | None) -> None:
        """Put a contact into a business, or take it out."""
        with self._state.transaction():
            contact = self.get(contact_id)
            contact.pop("businessId", None)
            if business_id is not None:
                contact["businessId"] = business_id
            self._keep(contact, self._clock.milliseconds())

    def find_duplicate(
        self, location_id: str, email: str | None, phone: str | None
    ) -> Contact | None:
        """Return the contact with this e-mail or phone.

        The location's preferred field decides; where duplicates are allowed, e-mail before phone.
        """
        # facts: ghl 6.4
        location = self._company.locations[location_id]
        wanted = {"locationId": location_id, "email": email}
        wanted["phone"] = self.values.phone(phone, location)
        allowed = self._settings.allow_duplicate_contact
        found = self._twin(
            wanted, ("email", "phone") if allowed else self._settings.duplicate_order
        )
        return found[0] if found else None

    def load(self, bodies: Iterable[Mapping[str, Any]], location_id: str) -> int:
        """Add many contacts in one transaction, each a millisecond later than the one before.

        Those that would be duplicates are left out. Returns how many were added.
        """
        allowed, order = self._settings.allow_duplicate_contact, self._settings.duplicate_order
        with self._state.transaction():
            made = [self._new(location_id, body) for body in bodies]
            moment = self._clock.milliseconds() - len(made)
            added = 0
            for contact in made:
                if allowed or not self._twin(contact, order):
                    self._keep(contact, moment + added)
                    added += 1
        self._index.catch_up()
        return added

    def _new(self, location_id: str, body: Mapping[str, Any]) -> Contact:
        blank = {"id": new_id(), "locationId": location_id, "type": "lead", "dnd": False}
        location = self._company.locations[location_id]
        contact = self.values.changed({**blank, "tags": []}, body, location)
        if not any(contact.get(name) for name in _IDENTIFYING):
            raise nothing_identifying()
        return contact

    def _keep(self, contact: Contact, moment: int) -> Contact:
        """Store a contact. Its time of change is always later than the one before."""
        moment = max(moment, contact.get("dateUpdated", 0) + 1)
        kept = {"dateAdded": moment, **contact, "dateUpdated": moment}
        self.contacts.put(kept["id"], kept)
        self._index.note(kept["id"])
        self._definitions.define_tags(kept["locationId"], kept["tags"])
        return kept

    def _twin(self, contact: Contact, fields: Iterable[str]) -> tuple[Contact, str] | None:
        """Return another contact of the location that has the same value in one of these fields.

        The fields are tried in order; the one that met is returned too.
        """
        for field in fields:
            value = contact.get(field) or ""
            found = value and self.contacts.first(
                f"location = ? AND {field} = ? AND id != ?",
                (
                    contact["locationId"],
                    value.lower() if field == "email" else value,
                    contact.get("id", ""),
                ),
            )
            if found:
                return found, field
        return None

    def _refuse_duplicate(self, contact: Contact, fields: Iterable[str]) -> None:
        if self._settings.allow_duplicate_contact:
            return
        found = self._twin(contact, fields)
        if found:
            twin, field = found
            raise duplicate(twin["id"], full_name(twin), field)

    def _not_of_others(
        self, twin: Contact, candidate: Contact, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what an upsert changes in the contact it met.

        Silently left out, as observed: the gender, and an e-mail or phone that another contact has.
        """
        # facts: ghl 6.4
        taken = {name: value for name, value in body.items() if name != "gender"}
        for field in self._settings.duplicate_order:
            if field in taken and self._twin({**candidate, "id": twin["id"]}, (field,)):
                del taken[field]
        return taken
