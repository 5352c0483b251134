"""Insightly contacts. Describes requests and reads replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from instep.connectors.insightly.form import NUMBER, Form
from instep.connectors.insightly.listed import ListedResource
from instep.connectors.insightly.tags import tag_calls
from instep.core.records import Field, FieldType, Identity, Write
from instep.sdk.request import Request
from instep.sdk.resource import Lookup


class Contacts(ListedResource):
    """Contacts, with the organisation they belong to."""

    name = "contacts"
    canonical = "contact"
    path = "/Contacts"
    key = "CONTACT_ID"
    fields = (
        Field("first_name", "FIRST_NAME"),
        Field("last_name", "LAST_NAME"),
        Field("email", "EMAIL_ADDRESS", FieldType.EMAIL, identity=Identity.STRONG),
        Field(
            "phone", "PHONE_MOBILE", FieldType.PHONE, fallbacks=("PHONE",), identity=Identity.WEAK
        ),
        Field("address", "ADDRESS_MAIL_STREET"),
        Field("city", "ADDRESS_MAIL_CITY"),
        Field("state", "ADDRESS_MAIL_STATE"),
        Field("postal_code", "ADDRESS_MAIL_POSTCODE"),
        Field("country", "ADDRESS_MAIL_COUNTRY", FieldType.COUNTRY),
        Field("date_of_birth", "DATE_OF_BIRTH", FieldType.DATE),
        Field("tags", "TAGS", FieldType.WORDS),
        # nobody has seen whether it may be written (facts: apps 1.5)
        Field("opted_out", "EMAIL_OPTED_OUT", FieldType.CONSENT, readonly=True),
        Field("business_id", "ORGANISATION_ID", link="business"),
    )
    apart = ("tags",)
    form = Form(fields, {"business_id": NUMBER}, apart=apart)
    searched: ClassVar[Mapping[str, str]] = {"email": "EMAIL_ADDRESS", "phone": "PHONE_MOBILE"}
    lookup = Lookup(settle_seconds=0)

    def _calls_apart(self, record_id: str, write: Write) -> Sequence[Request]:
        return tag_calls(self._place(record_id), write)
