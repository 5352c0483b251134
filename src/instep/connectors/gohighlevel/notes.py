"""GoHighLevel notes: each belongs to a contact, and there is no list of all of them."""

from __future__ import annotations

from collections.abc import Sequence

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import PlainResource, safe
from instep.core.records import Field, FieldType, Identity, Values, Write
from instep.sdk.request import Request
from instep.sdk.resource import Lookup, Parent, Required


class Notes(PlainResource):
    """Notes of one contact, newest first. They tell when they were made, not when they changed."""

    name = "notes"
    canonical = "note"
    # facts: ghl 6.7, 7 row 19 (one call per contact)
    parent = Parent("contact", "contact_id", listed_together=False)
    fields = (
        Field("title", "title"),
        # not in the facts: whether a note is ever kept as HTML; it is taken for plain text
        Field("body", "body", FieldType.LONG_TEXT, identity=Identity.PART),
        Field("pinned", "pinned", FieldType.BOOLEAN),
        Field("color", "color"),
        Field("author_id", "userId", link="user"),
        Field("added_at", "dateAdded", FieldType.MOMENT, readonly=True),
        Field("contact_id", "contactId", create_only=True, link="contact"),
    )
    lookup = Lookup(by=("body",), made="added_at")
    # facts: ghl 6.7
    required = (Required("body", "(no text)", "GoHighLevel takes no note without text."),)
    read_scopes = ("contacts.readonly",)
    write_scopes = ("contacts.write",)
    form = Form(
        fields,
        # not in the facts: how these are emptied; their schema has no null (contacts.json)
        cleared={"title": "", "color": "", "author_id": "", "pinned": False},
        never_empty=("body",),
        times=("added_at",),
    )
    many = "notes"
    one = ("note",)

    def list(self) -> Request:
        """Ask for the notes of the parent. Raises RecordRejected without one."""
        return Request("GET", self._path())

    def get(self, record_id: str) -> Request:
        """Ask for one note of the parent."""
        return Request("GET", self._path(record_id))

    def create(self, values: Values) -> Request:
        """Ask to add a note to the parent."""
        body = self.form.new(values)
        body.pop("contactId", None)  # it stands in the path, and unknown keys are refused
        return Request("POST", self._path(), json=body)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - GoHighLevel has no versions
        """Ask for all fields in one call."""
        body = self.form.changed(write.set)
        return [Request("PUT", self._path(record_id), json=body, repeatable=True)] if body else []

    def delete(self, record_id: str) -> Request:
        """Ask to delete a note of the parent."""
        return Request("DELETE", self._path(record_id), repeatable=True)

    def _path(self, record_id: str | None = None) -> str:
        path = f"/contacts/{safe(self._parent())}/notes"
        return path if record_id is None else f"{path}/{safe(record_id)}"
