"""Contacts of an app in memory."""

from __future__ import annotations

from instep.core.errors import Duplicate, InstepError
from instep.core.records import Field, FieldType, Identity
from instep.sdk.kept import KeptResource
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

_CONFLICT = 409


class Contacts(KeptResource):
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
        Field("tags", "tags", FieldType.WORDS),
        Field("opted_out", "opted_out", FieldType.CONSENT),
        Field("business_id", "business_id", link="business"),
    )


def whoami(_account: Account) -> Request:
    """Ask the app for its name."""
    return Request("GET", "/")


def meaning(_request: Request, reply: Reply) -> InstepError | None:
    """Read the one refusal whose status is not enough: a duplicate."""
    if reply.status == _CONFLICT:
        return Duplicate(
            reply.body["message"], reply.body["existing_id"], reply.body["matching_field"]
        )
    return None
