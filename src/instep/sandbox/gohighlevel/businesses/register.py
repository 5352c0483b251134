"""The businesses of every location: kept, changed, and left by their contacts when they go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.identifiers import new_hex_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.refusals import Refusal, bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Business = dict[str, Any]
"""A business as it is kept; times are in milliseconds."""


class Register:
    """Every change is one transaction, with what it means for the contacts."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._lifecycle = services.lifecycle
        self._contacts = services.part(AddressBook)
        self._businesses = Collection(
            services.state,
            "businesses",
            {
                "location": lambda business: business["locationId"],
                "added": lambda business: business["createdAt"],
            },
            ["location, added"],
        )
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def get(self, business_id: str) -> Business:
        """Return a business. Raises Refusal if there is none."""
        business = self._businesses.get(business_id)
        if business is None:
            raise unknown_business(business_id)
        return business

    def of(self, location_id: str, limit: int, skip: int) -> list[Business]:
        """Return a page of a location's businesses, as they came (the order is not in the facts)."""
        return self._businesses.find(
            "location = ?", (location_id,), "added, rowid", limit=limit, skip=skip
        )

    def create(self, location_id: str, body: Mapping[str, Any]) -> Business:
        """Add a business. Two may have the same name (not in the facts)."""
        now = self._clock.milliseconds()
        times = {"createdAt": now, "updatedAt": now}
        business = {"id": new_hex_id(), **body, "locationId": location_id, **times}
        with self._state.transaction():
            self._businesses.put(business["id"], business)
            self._lifecycle.announce("business", Stage.ADDED, business)
        return business

    def update(self, business_id: str, body: Mapping[str, Any]) -> Business:
        """Change a business: what the body names."""
        with self._state.transaction():
            before = self.get(business_id)
            now = max(self._clock.milliseconds(), before["updatedAt"] + 1)
            after = {**before, **body, "updatedAt": now}
            self._businesses.put(business_id, after)
            if after["name"] != before["name"]:
                self._contacts.rename_business(business_id, after["name"])
            self._lifecycle.announce("business", Stage.CHANGED, after)
        return after

    def delete(self, business_id: str) -> None:
        """Remove a business; its contacts stay, and belong to none then."""
        # not in the facts: what becomes of the contacts
        with self._state.transaction():
            business = self.get(business_id)
            self._businesses.delete(business_id)
            members = self._contacts.contacts.find("business = ?", (business_id,))
            self._contacts.replace((each, moved(each, None)) for each in members)
            self._lifecycle.announce("business", Stage.DELETED, business)

    def _forget_location(self, location: dict[str, Any]) -> None:
        self._businesses.remove("location = ?", (location["id"],))


def moved(contact: dict[str, Any], business: Business | None) -> dict[str, Any]:
    """Return a contact as one of this business, or of none."""
    left = {
        name: value for name, value in contact.items() if name not in {"businessId", "businessName"}
    }
    if business is None:
        return left
    return {**left, "businessId": business["id"], "businessName": business["name"]}


def unknown_business(business_id: str) -> Refusal:
    """Refuse a business that is not there."""
    # not in the facts; refused as an unknown contact is (the spec declares no 404 either)
    return bad_request(f"Business with id {business_id} not found")
