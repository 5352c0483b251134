"""How a contact is shown: each operation has its own shape, and v3 other keys (facts: ghl 2.3, 6)."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.contacts.values import CHANNELS, Contact, full_name
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.gohighlevel.versions import View

JsonObject = dict[str, Any]

# taken, or needed by searches, but in no published reply
_INNER = ("gender", "inboundDndSettings", "businessName")


def detailed(contact: Contact, view: View) -> JsonObject:
    """Show a contact as get, update and upsert do, and create in v3. Empty fields are absent."""
    shown = {
        **{name: value for name, value in contact.items() if name not in _INNER},
        **_names(contact),
        "name": full_name(contact),
        "fullNameLowerCase": full_name(contact).lower(),
        **_times(contact),
        "customFields": contact.get("customFields", []),
    }
    if "email" in contact:
        shown["emailLowerCase"] = contact["email"].lower()
    if "dndSettings" in contact and view is View.V3:
        shown["dndSettings"] = {
            CHANNELS[name]: setting for name, setting in contact["dndSettings"].items()
        }
    return shown


def created(contact: Contact, view: View) -> JsonObject:
    """Show a contact as create does: in the dated versions with the birthday as a moment."""
    shown = detailed(contact, view)
    if view is View.V3:
        return shown
    shown |= {"deleted": False, "bounceEmail": False, "unsubscribeEmail": False}
    if birthday := contact.get("dateOfBirth"):
        shown["dateOfBirth"] = f"{birthday}T00:00:00.000Z"
        shown["birthMonth"], shown["birthDay"] = int(birthday[5:7]), int(birthday[8:])
    return shown


def in_event(contact: Contact) -> JsonObject:
    """Show a contact as the events tell it: all its fields, and an empty list of attachments."""
    # facts: ghl 5.2, 6.6 (the birthday as a moment)
    shown = {**detailed(contact, View.V2), "attachments": []}
    if birthday := contact.get("dateOfBirth"):
        shown["dateOfBirth"] = f"{birthday}T00:00:00.000Z"
    return shown


# what the published example of a search result has besides names, times, tags and fields
_FOUND = (
    *("id", "locationId", "email", "phone", "country", "source", "type", "dnd", "state", "city"),
    *("companyName", "postalCode", "dateOfBirth", "assignedTo", "timezone", "businessId"),
)


def found(contact: Contact, search_after: list[Any]) -> JsonObject:
    """Show a contact as a search does: no do-not-disturb settings, `address` for `address1`."""
    # facts: ghl 6.2, 6.3
    shown = {name: contact[name] for name in _FOUND if name in contact}
    if "address1" in contact:
        shown["address"] = contact["address1"]
    return {
        **shown,
        **_names(contact),
        **_times(contact),
        "tags": contact["tags"],
        "customFields": contact.get("customFields", []),
        "followers": contact.get("followers", []),
        "additionalEmails": [],
        "additionalPhones": [],
        "searchAfter": search_after,
    }


def listed(contact: Contact, view: View) -> JsonObject:
    """Show a contact as the deprecated list does: names in lower case, and raw beside them."""
    # facts: ghl 6.2
    shown = detailed(contact, view)
    for name in ("firstName", "lastName"):
        shown.pop(f"{name}LowerCase", None)
        if name in contact:
            shown |= {name: contact[name].lower(), f"{name}Raw": contact[name]}
    shown["contactName"] = shown.pop("name").lower()
    return {**shown, "attributions": [], "followers": contact.get("followers", [])}


def _names(contact: Contact) -> JsonObject:
    shown: JsonObject = {}
    for name in ("firstName", "lastName"):
        if name in contact:
            shown |= {name: contact[name], f"{name}LowerCase": contact[name].lower()}
    return shown


def _times(contact: Contact) -> JsonObject:
    return {name: iso(contact[name]) for name in ("dateAdded", "dateUpdated")}
