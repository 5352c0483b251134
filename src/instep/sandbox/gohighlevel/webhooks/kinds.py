"""The documented events and the fields each tells."""

from __future__ import annotations

from collections.abc import Mapping

# facts: ghl 5.2; `type`, which all have, is part of the envelope
_CONTACT = (
    *("locationId", "id", "address1", "city", "companyName", "country", "source", "dateAdded"),
    *("dateOfBirth", "dnd", "email", "name", "firstName", "lastName", "phone", "postalCode"),
    *("state", "tags", "website", "attachments", "assignedTo", "customFields"),
)
_NOTE = ("locationId", "id", "body", "contactId", "dateAdded")
_TASK = ("locationId", "id", "assignedTo", "body", "contactId", "title", "dateAdded", "dueDate")
_OPPORTUNITY = (
    *("locationId", "id", "assignedTo", "contactId", "monetaryValue", "name", "pipelineId"),
    *("pipelineStageId", "source", "status", "dateAdded"),
)
_LOCATION = ("id", "companyId", "name", "email", "stripeProductId")
# what the page's two schemas (messages and calls, e-mails) and their examples tell together
_MESSAGE = (
    *("locationId", "attachments", "body", "contactId", "contentType", "conversationId"),
    *("dateAdded", "direction", "messageType", "status", "messageId", "emailMessageId"),
    *("threadId", "provider", "from", "to", "cc", "bcc", "subject", "userId"),
    *("conversationProviderId", "callDuration", "callStatus"),
)
_PROVIDER_MESSAGE = (
    *("contactId", "locationId", "messageId", "emailMessageId", "attachments", "message"),
    *("phone", "emailTo", "emailFrom", "html", "subject", "userId"),
)
_ASSOCIATION_CREATED = (
    *("id", "associationType", "firstObjectKey", "firstObjectLabel", "secondObjectKey"),
    *("secondObjectLabel", "key", "locationId"),
)
_ASSOCIATION = (
    *_ASSOCIATION_CREATED,
    *("firstObjectToSecondObjectCardinality", "secondObjectToFirstObjectCardinality"),
)
_RELATION = (
    *("id", "firstObjectKey", "firstRecordId", "secondObjectKey", "secondRecordId"),
    *("associationId", "locationId"),
)
_OBJECT_SCHEMA = (
    *("labels", "description", "searchableProperties", "primaryDisplayProperty", "key"),
    *("locationId", "createdBy", "updatedBy", "objectType"),
)
_OBJECT_RECORD = ("locationId", "owners", "followers", "properties", "id")
_USER = (
    *("locationId", "companyId", "id", "firstName", "lastName", "email", "phone", "extension"),
    *("role", "permissions", "locations"),
)
_INVOICE = (
    *("_id", "status", "liveMode", "amountPaid", "altId", "altType", "name", "businessDetails"),
    *("invoiceNumber", "currency", "contactDetails", "issueDate", "dueDate", "discount"),
    *("invoiceItems", "total", "title", "amountDue", "createdAt", "updatedAt", "totalSummary"),
)
_ORDER = (
    *("altId", "altType", "_id", "contactId", "contactSnapshot", "status", "fulfillmentStatus"),
    *("currency", "amount", "liveMode", "items", "amountSummary", "taxSummary", "source"),
    *("createdAt", "updatedAt"),
)
_PRODUCT = (
    *("_id", "description", "variants", "medias", "locationId", "name", "productType"),
    *("availableInStore", "userId", "createdAt", "updatedAt", "statementDescriptor", "image"),
)
_PRICE = (
    *("_id", "membershipOffers", "variantOptionIds", "locationId", "product", "userId", "name"),
    *("priceType", "currency", "amount", "recurring", "createdAt", "updatedAt"),
    *("compareAtPrice", "trackInventory", "availableQuantity", "allowOutOfStockPurchases"),
)
_CAMPAIGN = ("locationId", "id", "contactId", "status", "templateId", "replied", "dateAdded")
_UNREAD = ("locationId", "id", "contactId", "unreadCount", "inbox", "starred", "deleted")
_INSTALLED = (
    *("locationId", "companyId", "userId", "planId", "trial", "isWhitelabelCompany"),
    *("whitelabelDetails", "companyName"),
)

ABOUT_THE_APP = ("INSTALL", "UNINSTALL", "PLAN_CHANGE")
"""The events about the app itself: it need not subscribe to them."""

CONTACT_EVENTS = (
    *("ContactCreate", "ContactUpdate", "ContactDelete", "ContactTagUpdate", "ContactDndUpdate"),
)

FIELDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(CONTACT_EVENTS, _CONTACT),
    "ContactDndUpdate": (*_CONTACT, "dndSettings"),
    **dict.fromkeys(("NoteCreate", "NoteUpdate", "NoteDelete"), _NOTE),
    # there is no TaskUpdate
    **dict.fromkeys(("TaskCreate", "TaskComplete", "TaskDelete"), _TASK),
    **dict.fromkeys(
        ("AppointmentCreate", "AppointmentUpdate", "AppointmentDelete"),
        ("locationId", "appointment"),
    ),
    **dict.fromkeys(
        (
            *("OpportunityCreate", "OpportunityUpdate", "OpportunityDelete"),
            *("OpportunityStageUpdate", "OpportunityStatusUpdate"),
            *("OpportunityMonetaryValueUpdate", "OpportunityAssignedToUpdate"),
        ),
        _OPPORTUNITY,
    ),
    "UserCreate": _USER,
    **dict.fromkeys(("LocationCreate", "LocationUpdate"), _LOCATION),
    "InboundMessage": _MESSAGE,
    "OutboundMessage": (*_MESSAGE, "source"),
    # goes to the URL of a provider of messages, which the sandbox has none of: nothing fires it
    "ProviderOutboundMessage": _PROVIDER_MESSAGE,
    "ConversationUnreadUpdate": _UNREAD,
    "CampaignStatusUpdate": _CAMPAIGN,
    "LCEmailStats": ("locationId", "companyId", "webhookPayload"),
    "AssociationCreate": _ASSOCIATION_CREATED,
    **dict.fromkeys(("AssociationUpdate", "AssociationDelete"), _ASSOCIATION),
    **dict.fromkeys(("RelationCreate", "RelationDelete"), _RELATION),
    **dict.fromkeys(("ObjectSchemaCreate", "ObjectSchemaUpdate"), _OBJECT_SCHEMA),
    **dict.fromkeys(("RecordCreate", "RecordUpdate", "RecordDelete"), _OBJECT_RECORD),
    **dict.fromkeys(
        (
            *("InvoiceCreate", "InvoiceUpdate", "InvoiceDelete", "InvoiceSent", "InvoiceVoid"),
            *("InvoicePaid", "InvoicePartiallyPaid"),
        ),
        _INVOICE,
    ),
    **dict.fromkeys(("OrderCreate", "OrderStatusUpdate"), _ORDER),
    **dict.fromkeys(("ProductCreate", "ProductUpdate", "ProductDelete"), _PRODUCT),
    # two of the three pages have `type` where the first has `priceType`; an event's own `type`
    # leaves no room for it
    **dict.fromkeys(("PriceCreate", "PriceUpdate", "PriceDelete"), _PRICE),
    "INSTALL": _INSTALLED,
    "UNINSTALL": ("locationId", "companyId"),
    "PLAN_CHANGE": ("locationId", "companyId", "userId", "currentPlanId", "newPlanId"),
}
"""Event, by the name its `type` carries, to the fields its page documents."""

APPOINTMENT = (
    *("id", "address", "title", "calendarId", "contactId", "groupId", "appointmentStatus"),
    *("assignedUserId", "users", "notes", "source", "startTime", "endTime", "dateAdded"),
    *("dateUpdated",),
)
"""What an appointment's events tell inside `appointment`."""

SUBSCRIBABLE = tuple(event for event in FIELDS if event not in ABOUT_THE_APP)
"""The events an app chooses from."""
