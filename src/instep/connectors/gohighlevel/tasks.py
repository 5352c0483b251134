"""GoHighLevel tasks: each belongs to a contact and is reached through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import PlainResource, id_of, safe
from instep.core.records import Field, FieldType, Identity, Value, Values, Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Lookup, Parent, Required

PAGE = 100
"""Tasks asked for at once. The most a search gives is not in the facts; see `next`."""

_SURELY_GIVEN = 25
"""What a search gives unasked (locations.json, task-search), so it gives that many at least."""


class Tasks(PlainResource):
    """Tasks of all contacts by search, or of one contact. They have no time of change."""

    name = "tasks"
    canonical = "task"
    parent = Parent("contact", "contact_id", listed_together=True)
    # facts: ghl 6.7
    fields = (
        Field("title", "title", identity=Identity.PART),
        Field("body", "body", FieldType.LONG_TEXT),
        Field("due_at", "dueDate", FieldType.MOMENT, identity=Identity.PART),
        Field("completed", "completed", FieldType.BOOLEAN),
        Field("assigned_to", "assignedTo", link="user"),
        Field("contact_id", "contactId", create_only=True, link="contact"),
    )
    lookup = Lookup(by=("title", "due_at"))
    # facts: ghl 6.7 (`completed`, the third of them, is always sent)
    required = (
        Required("title", "(no title)", "GoHighLevel takes no task without a title."),
        Required("due_at", "+1d", "GoHighLevel takes no task without a time it is due."),
    )
    archived: ClassVar[Mapping[str, Value]] = {"completed": True}
    read_scopes = ("contacts.readonly", "locations/tasks.readonly")
    write_scopes = ("contacts.write",)
    form = Form(
        fields,
        # not in the facts: how a task's text is emptied; its schema has no null (contacts.json)
        cleared={"body": "", "assigned_to": "", "completed": False},
        never_empty=("title", "due_at"),
        times=("due_at",),
    )
    many = "tasks"
    one = ("task",)

    def list(self) -> Request:
        """Ask for the tasks of the parent, or for the first page of all."""
        if self.parent_id is not None:
            return Request("GET", self._path())
        path = f"/locations/{safe(self.account.id)}/tasks/search"
        return Request("POST", path, json={"limit": PAGE, "skip": 0}, repeatable=True)

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Begin the next page of a search on the last task of this one.

        If that task is not there, earlier ones were removed and later ones moved up: step back. A
        page with fewer tasks than a search gives unasked is the last; so is one that brings none.
        """
        if last.method == "GET":
            return None
        ids = [id_of(task) for task in reply.body["tasks"]]
        skip, border = int(last.json["skip"]), last.carry.get("border")
        if skip and border not in ids:
            return last.with_json(skip=max(0, skip - PAGE + 1))
        if len(ids) < _SURELY_GIVEN or ids[-1] == border:
            return None
        return replace(last.with_json(skip=skip + len(ids) - 1), carry={"border": ids[-1]})

    def get(self, record_id: str) -> Request:
        """Ask for one task of the parent."""
        return Request("GET", self._path(record_id))

    def create(self, values: Values) -> Request:
        """Ask to create a task for the parent, open unless it is said to be completed."""
        body = {"completed": False, **self.form.new(values)}
        body.pop("contactId", None)  # it stands in the path, and unknown keys are refused
        return Request("POST", self._path(), json=body)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - GoHighLevel has no versions
        """Ask for all fields in one call, completion included."""
        body = self.form.changed(write.set)
        return [Request("PUT", self._path(record_id), json=body, repeatable=True)] if body else []

    def delete(self, record_id: str) -> Request:
        """Ask to delete a task of the parent."""
        return Request("DELETE", self._path(record_id), repeatable=True)

    def _path(self, record_id: str | None = None) -> str:
        path = f"/contacts/{safe(self._parent())}/tasks"
        return path if record_id is None else f"{path}/{safe(record_id)}"
