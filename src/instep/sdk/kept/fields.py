"""The fields of people and businesses for apps that have no words of their own for them."""

from __future__ import annotations

from instep.core.records import Field, FieldType, Identity

PERSON = (
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
    Field("tags", "tags", FieldType.WORDS),
    Field("opted_out", "opted_out", FieldType.CONSENT),
)

BUSINESS = (
    Field("name", "name", identity=Identity.STRONG),
    Field("email", "email", FieldType.EMAIL),
    Field("phone", "phone", FieldType.PHONE),
    Field("website", "website"),
    Field("address", "address"),
    Field("city", "city"),
    Field("state", "state"),
    Field("postal_code", "postal_code"),
    Field("country", "country", FieldType.COUNTRY),
    Field("tags", "tags", FieldType.WORDS),
)

SOURCE = Field("source", "source")
OF_BUSINESS = Field("business_id", "business_id", link="business")
