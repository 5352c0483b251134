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
    "conversations.get_email": ("any", ["conversations/message.readonly"]),
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

NOT_REQUIRED: dict[str, list[str]] = {
    # facts: ghl 6.6 (the key alone names a custom field as well as its id does)
    "contacts.CustomFieldSchema": ["id"],
}
"""Properties that a shape calls required and the real API does not, by `product.Shape`."""

COMPOSITES: dict[str, tuple[str, ...]] = {
    # facts: ghl 1 (Find Contact has no endpoint of its own)
    "contacts.find": ("contacts.find_duplicate", "contacts.get", "contacts.search"),
}

LISTED_AS: dict[str, str] = {
    "Find Contact": "contacts.find",
    # facts: ghl 1 (two operations each; the first carries the name)
    "Search Opportunities": "opportunities.search",
    "Update Message Status": "conversations.update_message_status",
}
"""Entries of the list whose operation is not simply the one their path names."""
