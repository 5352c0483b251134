"""The events GoHighLevel tells by webhook, and which record each is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from instep.sdk.request import JsonObject
from instep.sdk.webhooks import Hint

# facts: ghl 5.2 (all 58 documented events). Where its document names no `type`, the document's own
# name is taken: that is not in the facts.
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "contact": (
        *("ContactCreate", "ContactUpdate", "ContactDelete"),
        *("ContactTagUpdate", "ContactDndUpdate"),
    ),
    "note": ("NoteCreate", "NoteUpdate", "NoteDelete"),
    # facts: ghl 5.2 (there is no TaskUpdate; if one comes, it is welcome)
    "task": ("TaskCreate", "TaskComplete", "TaskDelete", "TaskUpdate"),
    "appointment": ("AppointmentCreate", "AppointmentUpdate", "AppointmentDelete"),
    "opportunity": (
        *("OpportunityCreate", "OpportunityUpdate", "OpportunityDelete"),
        *("OpportunityStageUpdate", "OpportunityStatusUpdate"),
        *("OpportunityMonetaryValueUpdate", "OpportunityAssignedToUpdate"),
    ),
    "user": ("UserCreate",),
    "location": ("LocationCreate", "LocationUpdate"),
    "installation": ("INSTALL", "UNINSTALL", "PLAN_CHANGE"),
    "campaign": ("CampaignStatusUpdate",),
    "conversation": ("ConversationUnreadUpdate",),
    "message": ("InboundMessage", "OutboundMessage"),
    "invoice": (
        *("InvoiceCreate", "InvoiceUpdate", "InvoiceDelete", "InvoiceSent", "InvoiceVoid"),
        *("InvoicePaid", "InvoicePartiallyPaid"),
    ),
    "order": ("OrderCreate", "OrderStatusUpdate"),
    "product": ("ProductCreate", "ProductUpdate", "ProductDelete"),
    "price": ("PriceCreate", "PriceUpdate", "PriceDelete"),
    "association": ("AssociationCreate", "AssociationUpdate", "AssociationDelete"),
    "relation": ("RelationCreate", "RelationDelete"),
    "object_schema": ("ObjectSchemaCreate", "ObjectSchemaUpdate"),
    "object_record": ("RecordCreate", "RecordUpdate", "RecordDelete"),
}
KINDS: Mapping[str, str] = {event: kind for kind, events in _BY_KIND.items() for event in events}
"""Event → canonical kind of the record it is about."""

# what these call their record's id; everything else says `id` or `_id`
_IDS: Mapping[str, tuple[str, ...]] = {
    "installation": ("appId",),
    "message": ("messageId", "emailMessageId"),
    "object_schema": ("key",),
}


def hint_of(body: JsonObject, hint_id: str) -> Hint:
    """Return what a proven body says. An event that is not known has no resource."""
    event = _text(body, "type") or ""
    kind = KINDS.get(event)
    # facts: ghl 5.2 (an appointment stands inside its event)
    about = body.get("appointment")
    about = about if kind == "appointment" and isinstance(about, dict) else body
    sent = sent_at(body)
    record_id = _text(about, *_IDS.get(kind or "", ("id", "_id"))) if kind else None
    return Hint(
        id=hint_id,
        event=event,
        resource=kind,
        record_id=record_id,
        parent_id=_text(about, "contactId"),
        account_id=record_id if kind == "location" else _account(body),
        deleted=kind is not None and event.endswith("Delete"),
        body=body,
        told_at=None if sent is None else int(sent.timestamp() * 1000),
    )


def sent_at(body: JsonObject) -> datetime | None:
    """Return the time of sending, None unless it is one with an offset (facts: ghl 5.1)."""
    timestamp = body.get("timestamp")
    try:
        moment = datetime.fromisoformat(timestamp) if isinstance(timestamp, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _account(body: JsonObject) -> str | None:
    """Return the location; an installation by an agency has none (facts: ghl 5.2)."""
    if location := _text(body, "locationId"):
        return location
    return _text(body, "altId") if body.get("altType") == "location" else None


def _text(body: JsonObject, *keys: str) -> str | None:
    """Return the first of these that is filled text."""
    values: list[Any] = [body.get(key) for key in keys]
    return next((value for value in values if isinstance(value, str) and value), None)
