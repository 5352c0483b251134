"""People, as a bridge knows them."""

from __future__ import annotations

from instep.connectors.bridge.bridged import Bridged
from instep.core.records import Field, FieldType, Identity


class Contacts(Bridged):
    """People."""

    name = "contacts"
    canonical = "contact"
    findable = ("email", "phone")
    fields = (
        Field("first_name", "first_name"),
        Field("last_name", "last_name"),
        Field("email", "email", FieldType.EMAIL, identity=Identity.STRONG),
        Field("phone", "phone", FieldType.PHONE, identity=Identity.WEAK),
        Field("address", "address"),
        Field("city", "city"),
        Field("state", "state"),
        Field("postal_code", "postal_code"),
        Field("country", "country", FieldType.COUNTRY),
        Field("date_of_birth", "date_of_birth", FieldType.DATE),
        Field("website", "website"),
        Field("company", "company"),
        Field("source", "source"),
        Field("tags", "tags", FieldType.WORDS),
        Field("opted_out", "opted_out", FieldType.CONSENT),
        Field("business_id", "business_id", link="business"),
    )
