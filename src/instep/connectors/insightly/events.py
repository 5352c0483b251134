"""Insightly events: appointments, each of which may be linked to a contact."""

from __future__ import annotations

from instep.connectors.insightly.form import IN_UTC, NUMBER, Form
from instep.connectors.insightly.linked import BUSINESS, CONTACT, LinkedResource
from instep.core.records import Field, FieldType, Identity
from instep.sdk.resource import Lookup, Parent, Required

_PLAIN = (
    Field("title", "TITLE", max_length=255),
    Field(
        "starts_at",
        "START_DATE_UTC",
        FieldType.MOMENT,
        whole_seconds=True,
        identity=Identity.PART,
    ),
    Field("ends_at", "END_DATE_UTC", FieldType.MOMENT, whole_seconds=True),
    Field("address", "LOCATION", max_length=255),
    Field("description", "DETAILS", FieldType.LONG_TEXT, max_length=4000),
    Field("all_day", "ALL_DAY", FieldType.BOOLEAN),
    # not in the facts: whether an event has anybody responsible besides its owner
    Field("assigned_to", "OWNER_USER_ID", link="user"),
    Field("added_at", "DATE_CREATED_UTC", FieldType.MOMENT, readonly=True, whole_seconds=True),
)


class Events(LinkedResource):
    """Events. They have neither a status nor a calendar."""

    name = "events"
    canonical = "appointment"
    path = "/Events"
    key = "EVENT_ID"
    # facts: apps 1.3 (a contact is a link, which an event may be without)
    parent = Parent("contact", "contact_id", listed_together=True, required=False)
    fields = (*_PLAIN, CONTACT, BUSINESS)
    form = Form(
        _PLAIN,
        {"starts_at": IN_UTC, "ends_at": IN_UTC, "assigned_to": NUMBER, "added_at": IN_UTC},
        never_empty=("starts_at", "ends_at"),  # facts: apps 1.3
    )
    lookup = Lookup(by=("title", "starts_at"), made="added_at")
    # facts: apps 1.3
    required = (
        Required("starts_at", None, "Insightly takes no event without a start."),
        Required("ends_at", None, "Insightly takes no event without an end."),
    )
