"""Where the official specs are wrong or silent: every difference between them and the catalogue.

Each line names its fact. Nothing else in the catalogue is of our making but names and paging.
"""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]

RENAMED_IN_V3 = {
    "/contacts/{contactId}/campaigns/removeAll": "/contacts/{contactId}/campaigns/remove-all",
    "/oauth/locationToken": "/oauth/location-token",
    "/oauth/installedLocations": "/oauth/installed-locations",
}
"""facts: ghl 2.3. The same operation under another path."""

PARAMETERS: dict[str, list[JsonObject]] = {
    # facts: ghl 1 (Bulk Update Contact Tags: {type} is in the path, but not declared)
    "contacts.bulk_tags": [
        {
            "name": "type",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "enum": ["add", "remove"]},
        }
    ],
}

SECURITY: dict[str, tuple[str, list[str]]] = {
    # facts: ghl 1 (no security declared, though the calls need a token like their neighbours)
    "contacts.bulk_tags": ("any", ["contacts.write"]),
    "contacts.bulk_business": ("any", ["contacts.write"]),
}

VERSIONS: dict[str, str] = {
    # facts: ghl 1 (Get Email by ID declares none)
    "conversations.get_email": "2021-04-15",
}

_FILTERS: JsonObject = {"type": "array", "items": {"type": "object"}}

BODIES: dict[str, JsonObject] = {
    # facts: ghl 6.3 (SearchBodyV2DTO is empty in both sets)
    "contacts.search": {
        "type": "object",
        "properties": {
            "locationId": {"type": "string"},
            "pageLimit": {"type": "integer", "minimum": 1, "maximum": 500},
            "page": {"type": "integer", "minimum": 1},
            "searchAfter": {"type": "array", "items": {}},
            "query": {"type": "string", "maxLength": 75},
            "filters": _FILTERS,
            "sort": _FILTERS,
        },
        "required": ["locationId", "pageLimit"],
    },
}

REPLIES: dict[str, JsonObject] = {
    # facts: ghl 6.3 (the reply of the search is not in the specs)
    "contacts.search": {
        "type": "object",
        "properties": {
            "contacts": {"type": "array", "items": {"$ref": "#/shapes/ContactsSearchSchema"}},
            "total": {"type": "number"},
            "traceId": {"type": "string"},
        },
    },
    # facts: ghl 6.4 (nor is this one; null says that there is no duplicate)
    "contacts.find_duplicate": {
        "type": "object",
        "properties": {
            "contact": {"$ref": "#/shapes/ContactsSearchSchema"},
            "traceId": {"type": "string"},
        },
    },
}
"""Replies that the specs do not tell, for both views."""

PLACES: dict[str, dict[str, str | None]] = {
    # not in the facts: the spec declares one association for what pages through them, so a list
    # beside a total is taken, as in its neighbours
    "associations.list": {"items": "associations", "key": "id"},
    "associations.list_relations": {"items": "relations", "key": "id"},
    # facts: ghl 6.9 (the reply is {opportunity, new}; the spec leaves the record without fields)
    "opportunities.upsert": {"record": "opportunity"},
    # one object, and beside it the fields it has: the object is what was asked for
    "objects.get_object_schema_by_key": {"items": None, "key": None, "record": "object"},
    # the specs type the list's entries as text, or the list as an object
    "invoices.list_estimates": {"items": "estimates", "key": "_id"},
    "invoices.list_estimate_templates": {"items": "data", "key": "_id"},
    "medias.fetch_media_content": {"items": "files", "key": "id"},
    "products.list": {"items": "products", "key": "_id"},
    "funnels.list": {"items": "funnels", "key": "_id"},
    # records whose id has a name of its own
    "agent_studio.get_agents": {"key": "agentId"},
    "agent_studio.get_agents_deprecated": {"key": "agentId"},
    "calendars.get_service_bookings": {"key": "bookingId"},
    "marketplace.get_charges": {"key": "chargeId"},
    "saas.get_agency_plans_deprecated": {"key": "planId"},
    "saas.get_saas_locations_deprecated": {"key": "locationId"},
    # facts: ghl 6.7 (the search over the whole location says _id)
    "locations.search_tasks": {"key": "_id"},
}
"""Where a reply holds its records, where its schema alone would mislead."""

EFFECTS: dict[str, str] = {
    # facts: ghl 3.1 (a refresh token is used up, a new token is issued)
    "oauth.get_token": "write",
    "oauth.get_location_token": "write",
    # what they end cannot be had back by calling them again
    "invoices.void": "destructive",
    "invoices.cancel_invoice_schedule": "destructive",
    "payments.disconnect_config": "destructive",
    "saas.bulk_disable_saas": "destructive",
    "saas.bulk_disable_saas_deprecated": "destructive",
}
"""Operations that method and name alone would judge wrongly."""

LEGACY_PRODUCTS: tuple[str, ...] = (
    # facts: ghl 1, notes (campaigns are a legacy product)
    "campaigns.list",
    "contacts.add_to_campaign",
    "contacts.remove_from_campaign",
    "contacts.remove_from_all_campaigns",
)

_PLATFORMS = (
    *("google", "facebook", "instagram", "linkedin", "twitter", "tiktok", "tiktok_business"),
)
_START, _GET, _ATTACH = (
    f"social_media_posting.{name}"
    for name in ("start_oauth", "get_oauth_accounts", "attach_oauth_accounts")
)

REPLACED_BY: dict[str, str] = {
    # facts: ghl 1, notes
    "contacts.list": "contacts.search",
    "users.list": "users.search",
    # facts: ghl 2.3, first row
    "emails.fetch_template": "emails.list_email_templates",
    "emails.create_template": "emails.create_email_template",
    "emails.update_template": "emails.update_email_template",
    "emails.delete_template": "emails.delete_email_template",
    "emails.fetch_campaigns": "emails.list_email_campaigns",
    **{f"social_media_posting.start_{platform}_oauth": _START for platform in _PLATFORMS},
    "social_media_posting.get_google_locations": _GET,
    "social_media_posting.set_google_locations": _ATTACH,
    **{
        f"social_media_posting.{verb}_{platform}_{what}": instead
        for verb, instead in (("get", _GET), ("attach", _ATTACH))
        for platform, what in (
            ("facebook", "page_group"),
            ("instagram", "page_group"),
            ("linkedin", "page_profile"),
            ("twitter", "profile"),
            ("tiktok", "profile"),
        )
    },
    "social_media_posting.get_tiktok_business_profile": _GET,
}
"""What does in v3 the work of an operation that only v2 has. Where nothing does, it is not here."""

_CUSTOM_FIELDS = (
    *("TextField", "LargeTextField", "SingleSelectField", "RadioField", "NumericField"),
    *("MonetoryField", "CheckboxField", "MultiSelectField", "FileField"),
)

NOT_REQUIRED: dict[str, list[str]] = {
    # facts: ghl 6.6 (the key alone names a custom field as well as its id does)
    **{f"contacts.{shape}": ["id"] for shape in _CUSTOM_FIELDS},
    # not in the facts: those of opportunities are taken to be the same
    "opportunities.customFieldsInputArraySchema": ["id"],
    "opportunities.customFieldsInputObjectSchema": ["id"],
    # not in the facts: public integrations send neither (the two are about other uses)
    "conversations.SendMessageBodyDto": ["subType", "status"],
}
"""Properties that a shape calls required and the real API does not, by `product.Shape`."""

COMPOSITES: dict[str, tuple[str, ...]] = {
    # facts: ghl 1 (Find Contact has no endpoint of its own)
    "contacts.find": ("contacts.find_duplicate", "contacts.get", "contacts.search"),
}

LISTED_AS: dict[str, str] = {
    "Find Contact": "contacts.find",
}
"""Entries of the list whose operation is not the one their path names."""
