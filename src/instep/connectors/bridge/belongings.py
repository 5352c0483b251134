"""What belongs to a person: tasks, notes and appointments, as a bridge knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from instep.connectors.bridge.bridged import Bridged
from instep.core.records import Field, FieldType, Identity, Value
from instep.sdk.resource import Lookup, Parent

PARENT = Parent("contact", "contact_id", listed_together=True)

_CONTACT = Field(PARENT.field, PARENT.field, create_only=True, link="contact")


class Tasks(Bridged):
    """Things to do for somebody."""

    name = "tasks"
    canonical = "task"
    parent = PARENT
    lookup = Lookup(by=("title", "due_at"))
    archived: ClassVar[Mapping[str, Value]] = {"completed": True}
    fields = (
        Field("title", "title", identity=Identity.PART),
        Field("body", "body", FieldType.LONG_TEXT),
        Field("due_at", "due_at", FieldType.MOMENT, identity=Identity.PART),
        Field("completed", "completed", FieldType.BOOLEAN),
        Field("status", "status"),
        Field("priority", "priority"),
        _CONTACT,
    )


class Notes(Bridged):
    """What was written about somebody."""

    name = "notes"
    canonical = "note"
    parent = PARENT
    lookup = Lookup(by=("body",))
    fields = (
        Field("title", "title"),
        Field("body", "body", FieldType.LONG_TEXT, identity=Identity.PART),
        Field("added_at", "added_at", FieldType.MOMENT, readonly=True),
        _CONTACT,
    )


class Appointments(Bridged):
    """When somebody is met."""

    name = "appointments"
    canonical = "appointment"
    parent = PARENT
    lookup = Lookup(by=("title", "starts_at"))
    fields = (
        Field("title", "title"),
        Field("starts_at", "starts_at", FieldType.MOMENT, identity=Identity.PART),
        Field("ends_at", "ends_at", FieldType.MOMENT),
        Field("status", "status"),
        Field("address", "address"),
        Field("description", "description", FieldType.LONG_TEXT),
        _CONTACT,
    )
