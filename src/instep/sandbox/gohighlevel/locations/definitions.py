"""What a location defines for its contacts: tags and custom fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

CustomField = dict[str, Any]

_FIELDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Policy number", "TEXT", ()),
    ("Policy type", "SINGLE_OPTIONS", ("Home", "Life", "Motor", "Travel")),
    ("Cover notes", "LARGE_TEXT", ()),
    ("Annual premium", "MONETORY", ()),  # spelt so by GoHighLevel
    ("Household size", "NUMERICAL", ()),
    ("Renewal date", "DATE", ()),
    ("Contact by", "RADIO", ("Email", "Phone", "Post")),
    ("Interests", "CHECKBOX", ("Cars", "Property", "Sailing", "Travel")),
    ("Other insurers", "MULTIPLE_OPTIONS", ("Acorn", "Beacon", "Compass")),
    ("Second phone", "PHONE", ()),
    ("Adviser", "TEXT", ()),
    ("Documents", "FILE_UPLOAD", ()),
)


class Definitions:
    """Tags and custom fields of every location. A tag once used stays defined."""

    def __init__(self, services: Services) -> None:
        state, company = services.state, services.company
        self._tags = Collection(
            state,
            "location_tags",
            {"location": lambda tag: tag["locationId"], "name": lambda tag: tag["name"]},
            ["location, name"],
        )
        self._known = {(tag["locationId"], tag["name"]) for tag in self._tags.find()}
        fields: list[CustomField] = state.kept("custom_fields", lambda: _invent_fields(company))
        self._fields = fields
        self._by_name = {
            (field["locationId"], name): field
            for field in fields
            for name in (field["id"], field["fieldKey"], field["fieldKey"].partition(".")[2])
        }

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

    def fields(self, location_id: str) -> list[CustomField]:
        """Return the location's custom fields, in their order."""
        return [field for field in self._fields if field["locationId"] == location_id]

    def field(self, location_id: str, name: str) -> CustomField | None:
        """Return the custom field of this id or key (with or without `contact.`)."""
        # facts: ghl 6.6
        return self._by_name.get((location_id, name))


def _invent_fields(company: Company) -> list[CustomField]:
    return [
        {
            "id": new_id(),
            "name": name,
            "fieldKey": f"contact.{name.lower().replace(' ', '_')}",
            "placeholder": "",
            "dataType": kind,
            "position": 50 * (place + 1),
            **({"picklistOptions": list(options)} if options else {}),
            "locationId": location_id,
            "model": "contact",
        }
        for location_id in company.locations
        for place, (name, kind, options) in enumerate(_FIELDS)
    ]
