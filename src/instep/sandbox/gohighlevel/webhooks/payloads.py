"""What a webhook says: the documented fields that the real one fills, in its envelope. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from instep.sandbox.gohighlevel.webhooks.kinds import (
    ABOUT_THE_APP,
    APPOINTMENT,
    CONTACT_EVENTS,
    FIELDS,
)

Record = Mapping[str, Any]

# facts: ghl 5.2 (seen in real deliveries, against their documentation)
_NOT_SENT = {"TaskCreate": frozenset({"contactId", "body"})}


def payload(event: str, app_id: str, location_id: str, record: Record, *, thin: bool) -> Record:
    """Return the body of a webhook, its `timestamp` and `webhookId` aside.

    `thin` leaves out what the real one was seen to leave out. Fields without a value are left out.
    Raises KeyError for an event that is not documented.
    """
    told = _picked(record, FIELDS[event])
    if event.startswith("Appointment"):
        told["appointment"] = _picked(record.get("appointment", record), APPOINTMENT)
    if thin:
        told = _thinned(event, told)
    # facts: ghl 5.1 (the pages of some events name no `type`, but what else would tell them apart)
    envelope = {"type": event, "versionId": app_id, "appId": app_id}
    if "locationId" in FIELDS[event] and location_id:
        envelope["locationId"] = location_id
    told.pop("locationId", None)
    return envelope | told


def record_key(event: str, record: Record) -> str:
    """Return what stands for the record: its webhooks are sent in order."""
    if event in ABOUT_THE_APP:
        return "the app"
    about = record.get("appointment", record)
    identifier = next((about[key] for key in ("id", "_id", "messageId") if key in about), event)
    return str(identifier)


def _picked(record: Record, fields: Iterable[str]) -> dict[str, Any]:
    return {name: record[name] for name in fields if record.get(name) is not None}


def _thinned(event: str, told: Record) -> dict[str, Any]:
    left_out = _NOT_SENT.get(event, frozenset())
    kept = {name: value for name, value in told.items() if name not in left_out}
    if event in CONTACT_EVENTS and "attachments" in kept:
        kept["attachments"] = []
    return kept
