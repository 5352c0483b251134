"""What `/contacts/search` looks into: a copy of the contacts that may lag behind them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.contacts.values import Contact, full_name, searchable_text
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection, Column

# filter field -> key of the contact (facts: ghl 6.3); in lower case, so that case does not count
_TEXTS = {
    "phone": "phone",
    "firstNameLowerCase": "firstName",
    "lastNameLowerCase": "lastName",
    "address": "address1",
    "city": "city",
    "postalCode": "postalCode",
    "companyName": "companyName",
    "businessName": "businessName",
    "state": "state",
    "country": "country",
    "source": "source",
}


class SearchIndex:
    """The copy catches up when it is asked; while the fault `index_lag` is on, only later.

    The lag runs in real time from a contact's change. What is pending is kept, so a restart loses
    nothing.
    """

    def __init__(self, services: Services) -> None:
        state = services.state
        self._state = state
        self._faults = services.faults
        self.entries = Collection(
            state,
            "search_entries",
            {
                "location": lambda contact: contact["locationId"],
                "added": lambda contact: contact["dateAdded"],
                "updated": lambda contact: contact["dateUpdated"],
                "email": lambda contact: contact.get("email", "").lower(),
                "dnd": lambda contact: int(contact["dnd"]),
                "assigned": lambda contact: contact.get("assignedTo"),
                "text": searchable_text,
                "terms": _terms,
            },
            ["location, updated, id", "location, added, id", "location, email, id"],
        )
        state.execute("CREATE TABLE IF NOT EXISTS search_pending (contact TEXT, noted REAL)")

    def note(self, *contact_ids: str) -> None:
        """Say that contacts were added, changed or removed."""
        now = time.time()
        rows = ((contact_id, now) for contact_id in contact_ids)
        self._state.execute_many("INSERT INTO search_pending VALUES (?, ?)", rows)

    def catch_up(self) -> None:
        """Take in what is old enough to be seen."""
        until = time.time() - self._faults.seconds("index_lag")
        due = "SELECT contact FROM search_pending WHERE noted <= ?"
        if self._state.execute(f"{due} LIMIT 1", (until,)).fetchone() is None:
            return
        with self._state.transaction():
            rows = self._state.execute(
                f"SELECT id, body FROM contacts WHERE id IN ({due})",  # noqa: S608 - constant text
                (until,),
            ).fetchall()
            self._state.execute(f"DELETE FROM search_entries WHERE id IN ({due})", (until,))  # noqa: S608 - constant text
            self.entries.put_many((identifier, json.loads(body)) for identifier, body in rows)
            self._state.execute("DELETE FROM search_pending WHERE noted <= ?", (until,))


def _terms(contact: Contact) -> Column:
    """Return, as JSON, what filters compare with; what is empty is not there."""
    terms: dict[str, Any] = {
        field: contact[key].lower() for field, key in _TEXTS.items() if contact.get(key)
    }
    terms["contactName"] = full_name(contact).lower() or None
    terms["tags"] = contact.get("tags") or None
    terms["followers"] = contact.get("followers") or None
    terms |= {field["id"]: _folded(field["value"]) for field in contact.get("customFields", ())}
    return json.dumps({name: value for name, value in terms.items() if value is not None})


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, list):
        return [_folded(item) for item in value]
    if isinstance(value, Mapping):
        return json.dumps(value)
    return value
