"""The contacts of every location: kept, told apart, changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.contacts.news import News
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

# a user may be on tens of thousands of contacts, so these change them where they lie; looking for
# the id as text first spares reading the others' JSON
_MOVED_ON = "'$.dateUpdated', max(?2, (body ->> 'dateUpdated') + 1)"
_UNASSIGN = (
    f"UPDATE contacts SET body = json_set(json_remove(body, '$.assignedTo'), {_MOVED_ON}) "  # noqa: S608 - constant text
    "WHERE instr(body, ?1) AND body ->> 'assignedTo' = ?1 RETURNING id"
)
_OTHERS = "SELECT json_group_array(value) FROM json_each(body, '$.followers') WHERE value != ?1"
_UNFOLLOW = (
    f"UPDATE contacts SET body = json_set(body, '$.followers', json(({_OTHERS})), {_MOVED_ON}) "  # noqa: S608 - constant text
    "WHERE instr(body, ?1) AND EXISTS "
    "(SELECT 1 FROM json_each(body, '$.followers') WHERE value = ?1) RETURNING id"
)


class AddressBook:
    """Every change is one transaction; the search index and all who follow contacts are told."""

    def __init__(self, services: Services) -> None:
        state = services.state
        self._state = state
        self._clock = services.clock
        self._settings = services.settings
        self._company = services.company
        self._news = News(services)
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
        services.lifecycle.follow("tag", Stage.CHANGED, self._rename_tag)
        services.lifecycle.follow("tag", Stage.DELETED, self._take_tag_off)
        services.lifecycle.follow("user", Stage.DELETED, self._forget_user)
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

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
            return self._add(contact)

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
            return self.replace([(before, after)])[0]

    def upsert(self, location_id: str, body: Mapping[str, Any]) -> tuple[Contact, bool]:
        """Change the contact this is, or add it; say whether it is new."""
        # facts: ghl 6.4
        always_new = body.get("createNewIfDuplicateAllowed") is True
        with self._state.transaction():
            candidate = self._new(location_id, body)
            found = None
            if not (always_new and self._may_repeat(location_id)):
                found = self._twin(candidate, self._settings.duplicate_order)
            if found is None:
                return self._add(candidate), True
            twin, _ = found
            taken = self._not_of_others(twin, candidate, body)
            location = self._company.locations[location_id]
            changed = self.values.changed(twin, taken, location)
            return self.replace([(twin, changed)])[0], False

    def delete(self, contact_id: str) -> None:
        """Remove a contact. Raises Refusal if it is unknown."""
        with self._state.transaction():
            contact = self.get(contact_id)
            self.contacts.delete(contact_id)
            self._index.note(contact_id)
            self._news.deleted(contact)

    def replace(self, changes: Iterable[tuple[Contact, Contact]]) -> list[Contact]:
        """Store contacts, each given as it was and as it is to be, and tell what changed.

        The time of change is always later than the one before.
        """
        now = self._clock.milliseconds()
        with self._state.transaction():
            pairs = [(before, _moved(after, now)) for before, after in changes]
            kept = [after for _, after in pairs]
            self._store(kept)
            for before, after in pairs:
                self._news.changed(before, after)
        return kept

    def among(self, contact_ids: Iterable[str]) -> dict[str, Contact]:
        """Return those of these contacts that there are, by id."""
        wanted = json.dumps(list(contact_ids))
        found = self.contacts.find("id IN (SELECT value FROM json_each(?))", (wanted,))
        return {contact["id"]: contact for contact in found}

    def rename_business(self, business_id: str, name: str) -> None:
        """Let searches find the contacts of a business by its new name; they stay as they are."""
        with self._state.transaction():
            contacts = self.contacts.find("business = ?", (business_id,))
            self._store([{**contact, "businessName": name} for contact in contacts])

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
        allowed = self._may_repeat(location_id)
        found = self._twin(
            wanted, ("email", "phone") if allowed else self._settings.duplicate_order
        )
        return found[0] if found else None

    def load(self, bodies: Iterable[Mapping[str, Any]], location_id: str) -> int:
        """Add many contacts in one transaction, each a millisecond later than the one before.

        Those that would be duplicates are left out. Returns how many were added.
        """
        allowed, order = self._may_repeat(location_id), self._settings.duplicate_order
        with self._state.transaction():
            made = [self._new(location_id, body) for body in bodies]
            moment = self._clock.milliseconds() - len(made)
            added = 0
            for contact in made:
                if allowed or not self._twin(contact, order):
                    kept = _moved(contact, moment + added)
                    self._store([kept])
                    self._news.loaded(kept)
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

    def _rename_tag(self, tag: dict[str, Any]) -> None:
        # not in the facts: whether contacts keep a tag whose definition is renamed or removed
        self._exchange_tag(tag["locationId"], tag["formerName"], [tag["name"]])

    def _take_tag_off(self, tag: dict[str, Any]) -> None:
        self._exchange_tag(tag["locationId"], tag["name"], [])

    def _exchange_tag(self, location_id: str, old: str, new: list[str]) -> None:
        has_it = "location = ? AND ? IN (SELECT value FROM json_each(body, '$.tags'))"
        changes = []
        for contact in self.contacts.find(has_it, (location_id, old)):
            place = contact["tags"].index(old)
            tags = [*contact["tags"][:place], *new, *contact["tags"][place + 1 :]]
            changes.append((contact, {**contact, "tags": tags}))
        self.replace(changes)

    def _forget_user(self, user: Mapping[str, Any]) -> None:
        """Take a user who is gone off the contacts they were assigned to or followed."""
        # not in the facts: whether these contacts count as changed (here they do), and whether
        # events fire (here none does)
        with self._state.transaction():
            for statement in (_UNASSIGN, _UNFOLLOW):
                values = (user["id"], self._clock.milliseconds())
                changed = self._state.execute(statement, values).fetchall()
                self._index.note(*(contact_id for (contact_id,) in changed))

    def _forget_location(self, location: Location) -> None:
        """Let go of a location's contacts, and of all that follows them; no events are fired."""
        gone = self.contacts.remove("location = ?", (location["id"],))
        self._index.note(*(contact["id"] for contact in gone))
        for contact in gone:
            self._news.unloaded(contact)

    def _add(self, contact: Contact) -> Contact:
        kept = _moved(contact, self._clock.milliseconds())
        self._store([kept])
        self._news.added(kept)
        return kept

    def _store(self, contacts: Sequence[Contact]) -> None:
        self.contacts.put_many((contact["id"], contact) for contact in contacts)
        self._index.note(*(contact["id"] for contact in contacts))
        for contact in contacts:
            self._definitions.define_tags(contact["locationId"], contact["tags"])

    def _may_repeat(self, location_id: str) -> bool:
        """Say whether contacts of a location may share an e-mail or phone."""
        # facts: ghl 6.4
        otherwise = self._settings.allow_duplicate_contact
        return self._company.allows(location_id, "allowDuplicateContact", otherwise=otherwise)

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
        if self._may_repeat(contact["locationId"]):
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


def _moved(contact: Contact, moment: int) -> Contact:
    """Return a contact as changed at this moment, or just after the time it has already."""
    moment = max(moment, contact.get("dateUpdated", 0) + 1)
    return {"dateAdded": moment, **contact, "dateUpdated": moment}
