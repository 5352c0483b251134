"""The custom fields a location defines for its contacts and opportunities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.locations.seeds import plant
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection, Column

CustomField = dict[str, Any]

DATA_TYPES = (
    *("TEXT", "LARGE_TEXT", "NUMERICAL", "MONETORY", "PHONE", "EMAIL", "DATE", "TIME", "FLOAT"),
    *("SINGLE_OPTIONS", "MULTIPLE_OPTIONS", "RADIO", "CHECKBOX", "TEXTBOX_LIST"),
    *("FILE_UPLOAD", "SIGNATURE"),
)
"""Types of fields, spelt as GoHighLevel spells them."""

_SEEDS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "contact": (
        ("Policy number", "TEXT", ()),
        ("Policy type", "SINGLE_OPTIONS", ("Home", "Life", "Motor", "Travel")),
        ("Cover notes", "LARGE_TEXT", ()),
        ("Annual premium", "MONETORY", ()),
        ("Household size", "NUMERICAL", ()),
        ("Renewal date", "DATE", ()),
        ("Contact by", "RADIO", ("Email", "Phone", "Post")),
        ("Interests", "CHECKBOX", ("Cars", "Property", "Sailing", "Travel")),
        ("Other insurers", "MULTIPLE_OPTIONS", ("Acorn", "Beacon", "Compass")),
        ("Second phone", "PHONE", ()),
        ("Adviser", "TEXT", ()),
        ("Documents", "FILE_UPLOAD", ()),
    ),
    "opportunity": (
        ("Lender", "TEXT", ()),
        ("Loan amount", "MONETORY", ()),
        ("Settlement date", "DATE", ()),
        ("Loan purpose", "SINGLE_OPTIONS", ("Purchase", "Refinance", "Renovation")),
        ("Products", "MULTIPLE_OPTIONS", ("Fixed", "Variable", "Offset")),
        ("Term in years", "NUMERICAL", ()),
    ),
}

_STEP = 50  # positions leave room between two fields
_AS_SENT = ("name", "placeholder", "position", "acceptedFormat", "parentId", "description")


class CustomFields:
    """Custom fields of every location. They are few: each location's are read as one."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._fields = Collection(
            services.state,
            "custom_fields",
            {
                "location": lambda field: field["locationId"],
                "model": lambda field: field["model"],
                "key": lambda field: field["fieldKey"],
                "position": lambda field: field["position"],
            },
            ["location, model, key"],
        )
        plant(services, "custom fields", self._seed)
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def of(self, location_id: str, model: str | None = None) -> list[CustomField]:
        """Return a location's fields in their order, of contacts before those of opportunities."""
        where, values = "location = ?", [location_id]
        if model is not None:
            where, values = "location = ? AND model = ?", [location_id, model]
        return self._fields.find(where, values, "model, position, key")

    def find(self, location_id: str, name: str, model: str | None = None) -> CustomField | None:
        """Return the field of this id or key; with a model, the key may lack its prefix."""
        # facts: ghl 6.6
        where = "location = ? AND (id = ? OR key = ?)"
        values: list[Column] = [location_id, name, name]
        if model is not None:
            where = "location = ? AND model = ? AND (id = ? OR key = ? OR key = ?)"
            values = [location_id, model, name, name, f"{model}.{name}"]
        return self._fields.first(where, values)

    def get(self, location_id: str, name: str) -> CustomField:
        """Return the field of this id or key. Raises Refusal if there is none."""
        field = self.find(location_id, name)
        if field is None:
            # not in the facts: the words
            raise bad_request(f"Custom field with id {name} not found")
        return field

    def create(self, location_id: str, body: Mapping[str, Any]) -> CustomField:
        """Define a field. Raises Refusal if its key is taken."""
        model = body.get("model", "contact")
        # not in the facts: a key of one's own is taken too (highlevel-api-docs issue 300)
        key = key_of(model, body.get("fieldKey") or body["name"])
        with self._services.state.transaction():
            if self.find(location_id, key):
                # not in the facts: that it is refused, and the words
                raise bad_request(f"Custom field with key {key} already exists")
            blank = {
                "id": new_id(),
                "name": "",
                "fieldKey": key,
                "placeholder": "",
                "dataType": body["dataType"],
                "position": 0,
                "locationId": location_id,
                "model": model,
            }
            return self._keep(_changed(blank, body), Stage.ADDED)

    def update(self, location_id: str, name: str, body: Mapping[str, Any]) -> CustomField:
        """Change a field; its key, type and model stay. Raises Refusal if it is unknown."""
        with self._services.state.transaction():
            return self._keep(_changed(self.get(location_id, name), body), Stage.CHANGED)

    def delete(self, location_id: str, name: str) -> None:
        """Remove a field. Raises Refusal if it is unknown. Values are no longer shown."""
        with self._services.state.transaction():
            field = self.get(location_id, name)
            self._fields.delete(field["id"])
            self._services.lifecycle.announce("custom_field", Stage.DELETED, field)

    def _keep(self, field: CustomField, stage: Stage) -> CustomField:
        self._fields.put(field["id"], field)
        self._services.lifecycle.announce("custom_field", stage, field)
        return field

    def _seed(self, location: Location) -> None:
        self._fields.put_many(
            (identifier, _invented(identifier, location["id"], model, place, *seed))
            for model, seeds in _SEEDS.items()
            for place, seed in enumerate(seeds, start=1)
            for identifier in [new_id()]
        )

    def _forget_location(self, location: Location) -> None:
        self._services.state.execute(
            "DELETE FROM custom_fields WHERE location = ?", (location["id"],)
        )


def key_of(model: str, name: str) -> str:
    """Return the key that a field of this name gets: `contact.policy_number`."""
    bare = name.removeprefix(f"{model}.").strip().lower()
    return f"{model}.{re.sub(r'[^0-9a-z]+', '_', bare).strip('_')}"


def _invented(identifier: str, location_id: str, model: str, place: int, *seed: Any) -> CustomField:
    name, kind, options = seed
    return {
        "id": identifier,
        "name": name,
        "fieldKey": key_of(model, name),
        "placeholder": "",
        "dataType": kind,
        "position": _STEP * place,
        **({"picklistOptions": list(options)} if options else {}),
        "locationId": location_id,
        "model": model,
    }


def _changed(field: CustomField, body: Mapping[str, Any]) -> CustomField:
    given = {name: body[name] for name in _AS_SENT if name in body}
    # not in the facts: the spec has no way to send choices; clients send them as `options`
    options = body.get("options", body.get("picklistOptions"))
    if options is None and "textBoxListOptions" in body:
        options = [each.get("label", "") for each in body["textBoxListOptions"]]
    if options is not None:
        given["picklistOptions"] = options
    if "isMultipleFile" in body:
        given["isMultiFileAllowed"] = body["isMultipleFile"]
    if "maxNumberOfFiles" in body:
        given["maxFileLimit"] = body["maxNumberOfFiles"]
    return field | given
