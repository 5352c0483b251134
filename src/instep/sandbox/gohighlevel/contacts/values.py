"""Turns what a client sent for a contact into what GoHighLevel keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from instep.core.normalise import to_e164
from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.locations.definitions import Definitions
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.gohighlevel.times import birthday

Contact = dict[str, Any]
"""A contact as it is kept. Empty fields are not there; times are in milliseconds."""

_AS_SENT = (
    *("firstName", "lastName", "email", "gender", "companyName", "assignedTo", "source", "dnd"),
    *("address1", "city", "state", "postalCode", "country", "website", "timezone"),
)

CHANNELS = {
    "Call": "call",
    "Email": "email",
    "SMS": "sms",
    "WhatsApp": "whatsApp",
    "GMB": "gmb",
    "FB": "fb",
}
"""Do-not-disturb channels: the name in the dated versions (and kept), and in v3."""

_KEPT_CHANNELS = {new: old for old, new in CHANNELS.items()} | {old: old for old in CHANNELS}


def full_name(contact: Contact) -> str:
    """Return first and last name, as far as known."""
    return " ".join(filter(None, (contact.get("firstName"), contact.get("lastName"))))


def searchable_text(contact: Contact) -> str:
    """Return, in lower case, what a free-text query looks into."""
    # facts: ghl 6.3 (which fields are searched is configurable there; these are the usual ones)
    words = (full_name(contact), *(contact.get(name) for name in ("email", "phone", "companyName")))
    return "\n".join(filter(None, words)).lower()


class ContactValues:
    """Knows the location's country, custom fields and settings."""

    def __init__(self, settings: Settings, definitions: Definitions) -> None:
        self._settings = settings
        self._definitions = definitions

    def changed(self, contact: Contact, body: Mapping[str, Any], location: Location) -> Contact:
        """Return the contact with what `body` names put in; null and "" empty a field.

        Raises Refusal if a value cannot be taken.
        """
        given = {name: body[name] for name in _AS_SENT if name in body}
        given |= _split_name(body)
        if "phone" in body:
            given["phone"] = self.phone(body["phone"], location)
        if "dateOfBirth" in body:
            given["dateOfBirth"] = birthday(body["dateOfBirth"])
        if "tags" in body:
            given["tags"] = clean_tags(body["tags"])
        if "dndSettings" in body:
            given["dndSettings"] = _merged_channels(contact, body["dndSettings"])
        if "inboundDndSettings" in body:
            given["inboundDndSettings"] = body["inboundDndSettings"]
        if "customFields" in body:
            given["customFields"] = self._merged_fields(contact, body["customFields"], location)
        return {name: value for name, value in (contact | given).items() if value not in ("", None)}

    def phone(self, text: str | None, location: Location) -> str | None:
        """Return the number in E.164, completed with the location's country.

        What is no valid number there stays as it was written, or is refused (a switch).
        """
        # facts: ghl 6.6; how an invalid number is treated is not known
        if not text:
            return None
        number = to_e164(text, location["country"])
        if number is None and self._settings.reject_invalid_phone:
            raise bad_request("Invalid phone number")
        return number or text

    def _merged_fields(
        self, contact: Contact, sent: Iterable[Mapping[str, Any]], location: Location
    ) -> list[dict[str, Any]]:
        """Put custom fields in; the others stay. A field that is not defined is left out."""
        # facts: ghl 6.6
        values = {field["id"]: field["value"] for field in contact.get("customFields", ())}
        for item in sent:
            name = item.get("id") or item.get("key") or ""
            field = self._definitions.field(location["id"], name)
            if field is not None:
                values[field["id"]] = item.get("fieldValue", item.get("field_value"))
        return [
            {"id": identifier, "value": value}
            for identifier, value in values.items()
            if value not in (None, "", [])
        ]


def _split_name(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return first and last name out of `name`, unless they are given themselves."""
    name = body.get("name")
    if not name or body.get("firstName") or body.get("lastName"):
        return {}
    first, _, last = name.strip().partition(" ")
    return {"firstName": first, "lastName": last.strip()}


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Return tags as they are kept: lower-case, each once, in the order given."""
    # facts: ghl 6.6
    lowered = (tag.strip().lower() for tag in tags)
    return list(dict.fromkeys(tag for tag in lowered if tag))


def _merged_channels(contact: Contact, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Put do-not-disturb settings in, channel by channel; what is permanent cannot be changed."""
    # facts: ghl 6.6
    kept = dict(contact.get("dndSettings", {}))
    for name, setting in sent.items():
        channel = _KEPT_CHANNELS[name]
        if kept.get(channel, {}).get("status") == "permanent" and kept[channel] != setting:
            raise bad_request(f"Not authorized to update permanent dnd setting for {channel}")
        kept[channel] = setting
    return kept
