"""Businesses, as a bridge knows them."""

from __future__ import annotations

from instep.connectors.bridge.bridged import Bridged
from instep.core.records import Field, FieldType, Identity
from instep.sdk.resource import Lookup


class Businesses(Bridged):
    """Organisations that people belong to, recognised by their name."""

    name = "businesses"
    canonical = "business"
    findable = ("name",)
    lookup = Lookup(by=("name",))
    fields = (
        Field("name", "name", identity=Identity.STRONG),
        Field("email", "email", FieldType.EMAIL),
        Field("phone", "phone", FieldType.PHONE),
        Field("website", "website"),
        Field("address", "address"),
        Field("city", "city"),
        Field("state", "state"),
        Field("postal_code", "postal_code"),
        Field("country", "country", FieldType.COUNTRY),
        Field("description", "description", FieldType.LONG_TEXT),
        Field("tags", "tags", FieldType.WORDS),
    )
