"""Insightly tasks: each may be linked to a contact and to an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from instep.connectors.insightly.form import IN_UTC, IN_ZONE, NUMBER, Form
from instep.connectors.insightly.linked import BUSINESS, CONTACT, LinkedResource
from instep.connectors.insightly.times import day
from instep.core.records import Field, FieldType, Identity, Record, Value, Values
from instep.sdk.request import JsonObject, Request
from instep.sdk.resource import Lookup, Parent, Required

_OPEN, _DONE = "NOT STARTED", "COMPLETED"

# facts: apps 1.3 names NOT STARTED alone; not in the facts: the others, which the documents of an
# older version (2.2) tell, as they do the meaning of the priorities
_STATUSES = (
    (_OPEN, "not_started"),
    ("IN PROGRESS", "in_progress"),
    (_DONE, "completed"),
    ("DEFERRED", "deferred"),
    ("WAITING", "waiting"),
)
_PRIORITIES = (("1", "low"), ("2", "normal"), ("3", "high"))

_PLAIN = (
    Field("title", "TITLE", max_length=500, identity=Identity.PART),
    Field("body", "DETAILS", FieldType.LONG_TEXT, max_length=4000),
    Field("due_at", "DUE_DATE", FieldType.MOMENT, whole_seconds=True, identity=Identity.PART),
    Field("completed", "COMPLETED", FieldType.BOOLEAN),
    Field("status", "STATUS", max_length=20, choices=_STATUSES),
    Field("priority", "PRIORITY", choices=_PRIORITIES),
    Field("assigned_to", "RESPONSIBLE_USER_ID", link="user"),
    Field("added_at", "DATE_CREATED_UTC", FieldType.MOMENT, readonly=True, whole_seconds=True),
)


class Tasks(LinkedResource):
    """Tasks. Completion and status are written together, so that they never contradict."""

    name = "tasks"
    canonical = "task"
    path = "/Tasks"
    key = "TASK_ID"
    # facts: apps 1.3 (a contact is a link, which a task may be without)
    parent = Parent("contact", "contact_id", listed_together=True, required=False)
    fields = (*_PLAIN, CONTACT, BUSINESS)
    form = Form(
        _PLAIN,
        {"due_at": IN_ZONE, "priority": NUMBER, "assigned_to": NUMBER, "added_at": IN_UTC},
        never_empty=("title",),  # facts: apps 1.3
    )
    lookup = Lookup(by=("title",), made="added_at")
    # facts: apps 1.3 (completion is always sent; the owner is a setting of the connection)
    required = (Required("title", "(no title)", "Insightly takes no task without a title."),)
    archived: ClassVar[Mapping[str, Value]] = {"completed": True}

    def create(self, values: Values) -> Request:
        """Ask to create a task, open unless it is said to be completed; its links come after it."""
        request = super().create({"completed": False, **values})
        owner = self.account.config.get("owner_user_id")
        # the swagger calls an owner required (facts: apps 1.3)
        return request.with_json(OWNER_USER_ID=int(owner)) if owner else request

    def recognises(self, written: Values, record: Record, sent_at: datetime) -> bool:
        """Go by title, time of making and the day it is due.

        Whether Insightly keeps the time of day it is due is not in the facts.
        """
        wanted, found = (day(each.get("due_at"), self._zone) for each in (written, record.values))
        return wanted == found and super().recognises(written, record, sent_at)

    def _finished(self, body: JsonObject) -> JsonObject:
        """Let the status follow the completion, or the completion the status."""
        done, status = body.get("COMPLETED"), body.get("STATUS")
        if done is None and status is not None:
            return {**body, "COMPLETED": status == _DONE}
        if done is None or done == (status == _DONE):
            return {"STATUS": _OPEN, **body} if done is False else body
        return {**body, "STATUS": _DONE if done else _OPEN}
