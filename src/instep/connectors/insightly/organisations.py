"""Insightly organisations: the businesses that contacts belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from instep.connectors.insightly.form import Form
from instep.connectors.insightly.listed import ListedResource
from instep.connectors.insightly.tags import tag_calls
from instep.core.records import Field, FieldType, Identity, Write
from instep.sdk.request import Request
from instep.sdk.resource import Lookup, Required


class Organisations(ListedResource):
    """Organisations, recognised by their name. They have no e-mail address."""

    name = "organisations"
    canonical = "business"
    path = "/Organisations"  # facts: apps 1.3 (British spelling)
    key = "ORGANISATION_ID"
    fields = (
        Field("name", "ORGANISATION_NAME", identity=Identity.STRONG),
        Field("phone", "PHONE", FieldType.PHONE),
        Field("website", "WEBSITE"),
        Field("address", "ADDRESS_BILLING_STREET"),
        Field("city", "ADDRESS_BILLING_CITY"),
        Field("state", "ADDRESS_BILLING_STATE"),
        Field("postal_code", "ADDRESS_BILLING_POSTCODE"),
        Field("country", "ADDRESS_BILLING_COUNTRY", FieldType.COUNTRY),
        Field("description", "BACKGROUND", FieldType.LONG_TEXT),
        Field("tags", "TAGS", FieldType.WORDS),
    )
    apart = ("tags",)
    form = Form(fields, never_empty=("name",), apart=apart)
    searched: ClassVar[Mapping[str, str]] = {"name": "ORGANISATION_NAME"}
    lookup = Lookup(by=("name",))
    # not in the facts: that an organisation needs its name
    required = (Required("name", None, "Insightly takes no organisation without a name."),)

    def _calls_apart(self, record_id: str, write: Write) -> Sequence[Request]:
        return tag_calls(self._place(record_id), write)
