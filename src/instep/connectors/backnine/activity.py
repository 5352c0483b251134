"""Notes on changes of status, and follow-ups as tasks. Read only, and kept by Instep.

BackNine has neither notes nor tasks that could be asked for: both are made of what it tells about
applications and cases.
"""

from __future__ import annotations

from instep.connectors.backnine.withheld import Withholding
from instep.core.records import Field, FieldType, Identity
from instep.sdk.kept import TOLD, KeptResource
from instep.sdk.resource import Parent, ReadOnlyResource

_CONTACT = Parent("contact", "contact_id", listed_together=True)
_PARENT = Field("contact_id", "contact_id", readonly=True, link="contact")


class Notes(Withholding, ReadOnlyResource, KeptResource):
    """One note for each status that an application or a case was in."""

    name = "notes"
    canonical = "note"
    kept = True
    cursor = TOLD
    parent = _CONTACT
    fields = (
        Field("body", "body", FieldType.LONG_TEXT, readonly=True, identity=Identity.PART),
        Field("added_at", "added_at", FieldType.MOMENT, readonly=True),
        _PARENT,
    )


class Tasks(Withholding, ReadOnlyResource, KeptResource):
    """One task for each application that is to be followed up."""

    name = "tasks"
    canonical = "task"
    kept = True
    cursor = TOLD
    parent = _CONTACT
    fields = (
        Field("title", "title", readonly=True, identity=Identity.PART),
        Field("due_at", "due_at", FieldType.MOMENT, readonly=True, identity=Identity.PART),
        Field("completed", "completed", FieldType.BOOLEAN, readonly=True),
        _PARENT,
    )
