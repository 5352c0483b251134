"""What GoHighLevel tells by itself: the events, and what their bodies hold (facts: ghl 5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from instep.core.shapes import Kind, Shape
from instep.sdk.webhooks import EventKind

_KINDS: Mapping[str, Shape] = {
    "": Shape(Kind.TEXT),
    "number": Shape(Kind.NUMBER),
    "flag": Shape(Kind.BOOLEAN),
    "time": Shape(Kind.TIME),
    "words": Shape(Kind.LIST, items=Shape(Kind.TEXT)),
    "list": Shape(Kind.LIST, items=Shape(Kind.OBJECT, more=True)),
    "object": Shape(Kind.OBJECT, more=True),
    "any": Shape(),
}

# real deliveries have these besides what the pages say (facts: ghl 5.1)
_ENVELOPE = "type locationId companyId appId versionId timestamp:time webhookId"

_CONTACT = (
    "id address1 city companyName country source dateAdded:time dateOfBirth:time dnd:flag email "
    "name firstName lastName phone postalCode state tags:words website attachments:any assignedTo "
    "customFields:list"
)
_NOTE = "id body contactId dateAdded:time"
_TASK = "id assignedTo body contactId title dateAdded:time dueDate:time"
_APPOINTMENT = (
    "id address title calendarId contactId groupId appointmentStatus assignedUserId users:words "
    "notes source startTime:time endTime:time dateAdded:time dateUpdated:time"
)
_OPPORTUNITY = (
    "id assignedTo contactId monetaryValue:number name pipelineId pipelineStageId source status "
    "dateAdded:time"
)
_MESSAGE = (
    "attachments:any body contactId conversationId dateAdded:time direction messageType messageId "
    "emailMessageId threadId provider from to:any cc:any bcc:any subject contentType status userId "
    "callStatus callDuration:number source conversationProviderId"
)
_ASSOCIATION = (
    "id associationType firstObjectKey firstObjectLabel firstObjectToSecondObjectCardinality "
    "secondObjectKey secondObjectLabel secondObjectToFirstObjectCardinality key"
)
_RELATION = "id firstObjectKey firstRecordId secondObjectKey secondRecordId associationId"
_INVOICE = (
    "_id status liveMode:flag amountPaid:number altId altType name businessDetails:object "
    "invoiceNumber currency contactDetails:object issueDate:time dueDate:time discount:object "
    "invoiceItems:list total:number title amountDue:number createdAt:time updatedAt:time "
    "totalSummary:object"
)
_ORDER = (
    "altId altType _id contactId contactSnapshot:object status fulfillmentStatus currency "
    "amount:number liveMode:flag items:list amountSummary:object taxSummary:list source:object "
    "createdAt:time updatedAt:time"
)
_PRODUCT = (
    "_id description variants:list medias:list name productType availableInStore:flag userId "
    "createdAt:time updatedAt:time statementDescriptor image"
)
_PRICE = (
    "_id membershipOffers:list variantOptionIds:words product userId name priceType currency "
    "amount:number recurring:object createdAt:time updatedAt:time compareAtPrice:number "
    "trackInventory:any availableQuantity:number allowOutOfStockPurchases:flag"
)
_SCHEMA = (
    "id labels:object description searchableProperties:words primaryDisplayProperty key "
    "createdBy:object updatedBy:object objectType createdAt:time updatedAt:time"
)
_RECORD = "id owners:words followers:words properties:any"
_USER = "id firstName lastName email phone extension role permissions:object locations:words"
_INSTALLED = (
    "userId planId trial:object isWhitelabelCompany:flag whitelabelDetails:object companyName"
)

_FIELDS: Mapping[str, str] = {
    "ContactCreate ContactUpdate ContactDelete ContactTagUpdate": _CONTACT,
    "ContactDndUpdate": f"{_CONTACT} dndSettings:object",
    "NoteCreate NoteUpdate NoteDelete": _NOTE,
    "TaskCreate TaskComplete TaskDelete": _TASK,
    "OpportunityCreate OpportunityUpdate OpportunityDelete": _OPPORTUNITY,
    "OpportunityStageUpdate OpportunityStatusUpdate": _OPPORTUNITY,
    "OpportunityMonetaryValueUpdate OpportunityAssignedToUpdate": _OPPORTUNITY,
    "UserCreate": _USER,
    "LocationCreate LocationUpdate": "id name email stripeProductId",
    "CampaignStatusUpdate": "id contactId status templateId replied:any dateAdded:time",
    "ConversationUnreadUpdate": "id contactId unreadCount:number inbox:flag starred:flag deleted:flag",
    "InboundMessage OutboundMessage": _MESSAGE,
    "LCEmailStats": "webhookPayload:object",
    "InvoiceCreate InvoiceUpdate InvoiceDelete InvoiceSent InvoiceVoid": _INVOICE,
    "InvoicePaid InvoicePartiallyPaid": _INVOICE,
    "OrderCreate OrderStatusUpdate": _ORDER,
    "ProductCreate ProductUpdate ProductDelete": _PRODUCT,
    "PriceCreate PriceUpdate PriceDelete": _PRICE,
    "AssociationCreate AssociationUpdate AssociationDelete": _ASSOCIATION,
    "RelationCreate RelationDelete": _RELATION,
    "ObjectSchemaCreate ObjectSchemaUpdate": _SCHEMA,
    "RecordCreate RecordUpdate RecordDelete": _RECORD,
    "INSTALL": _INSTALLED,
    "UNINSTALL": "",
    "PLAN_CHANGE": "userId currentPlanId newPlanId",
}


def _shape(fields: str) -> Shape:
    named = (each.partition(":") for each in fields.split())
    return Shape(Kind.OBJECT, {name: _KINDS[kind] for name, _, kind in named})


def _all() -> Iterator[tuple[str, Shape]]:
    for events, fields in _FIELDS.items():
        shape = _shape(f"{_ENVELOPE} {fields}")
        yield from ((event, shape) for event in events.split())
    appointment = _shape(_ENVELOPE)
    appointment = Shape(Kind.OBJECT, {**appointment.fields, "appointment": _shape(_APPOINTMENT)})
    for event in ("AppointmentCreate", "AppointmentUpdate", "AppointmentDelete"):
        yield event, appointment


# facts: ghl 3.4 (docs/oauth/Scopes.md, as far as it names events; of the others it says nothing)
_SCOPES: Mapping[str, str] = {
    "contacts.readonly": (
        "ContactCreate ContactUpdate ContactDelete ContactTagUpdate ContactDndUpdate NoteCreate "
        "NoteUpdate NoteDelete TaskCreate TaskComplete TaskDelete"
    ),
    "opportunities.readonly": (
        "OpportunityCreate OpportunityUpdate OpportunityDelete OpportunityStageUpdate "
        "OpportunityStatusUpdate OpportunityMonetaryValueUpdate OpportunityAssignedToUpdate"
    ),
    "locations.readonly": "LocationCreate LocationUpdate",
    "campaigns.readonly": "CampaignStatusUpdate",
    "conversations.readonly": "ConversationUnreadUpdate",
    "conversations/message.readonly": "InboundMessage OutboundMessage",
}
_SCOPE_OF = {event: scope for scope, events in _SCOPES.items() for event in events.split()}

EVENTS: Mapping[str, EventKind] = {
    event: EventKind(shape, (_SCOPE_OF[event],) if event in _SCOPE_OF else ())
    for event, shape in _all()
}
"""Event, by the name its `type` carries, to what its body tells and the scope it needs.

All documented ones but ProviderOutboundMessage: that one goes unsigned to the address of a provider
of messages, and not to an app's (facts: ghl 5.3).
"""
