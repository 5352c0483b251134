"""What belongs to a contact of an app in memory: tasks and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from instep.core.records import Field, FieldType, Identity, Value
from instep.sdk.kept import KeptResource
from instep.sdk.resource import Lookup, Parent, Required

_PARENT = Field("contact_id", "contact_id", create_only=True, link="contact")


class Tasks(KeptResource):
    """Things to do for a contact. Those of all contacts can be listed at once."""

    name = "tasks"
    canonical = "task"
    parent = Parent("contact", "contact_id", listed_together=True)
    fields = (
        Field("title", "title", identity=Identity.PART),
        Field("body", "body", FieldType.LONG_TEXT),
        Field("due_at", "due_at", FieldType.MOMENT, identity=Identity.PART),
        Field("completed", "completed", FieldType.BOOLEAN),
        _PARENT,
    )
    lookup = Lookup(by=("title", "due_at"))
    archived: ClassVar[Mapping[str, Value]] = {"completed": True}


class Notes(KeptResource):
    """Notes on a contact; there is no list of all of them."""

    name = "notes"
    canonical = "note"
    parent = Parent("contact", "contact_id", listed_together=False)
    fields = (
        Field("body", "body", FieldType.LONG_TEXT, identity=Identity.PART),
        Field("title", "title"),
        Field("added_at", "added_at", FieldType.MOMENT, readonly=True),
        _PARENT,
    )
    lookup = Lookup(by=("body",), made="added_at")
    required = (Required("body", "(no text)", "A note without any text is not taken."),)
