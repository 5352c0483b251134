"""GoHighLevel businesses: the organisations that contacts belong to."""

from __future__ import annotations

from collections.abc import Sequence

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import PlainResource, id_of, safe
from instep.core.records import Field, FieldType, Identity, Values, Write
from instep.sdk.pages import Offset
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Lookup, Required

PAGE = 100  # what the list gives unasked (businesses.json); the most it gives is not in the facts

_PAGES = Offset(PAGE)


class Businesses(PlainResource):
    """Businesses, recognised by their name. They tell when they changed, but cannot be asked so."""

    name = "businesses"
    canonical = "business"
    fields = (
        Field("name", "name", identity=Identity.STRONG),
        Field("email", "email", FieldType.EMAIL),
        Field("phone", "phone", FieldType.PHONE),
        Field("website", "website"),
        Field("address", "address"),
        Field("city", "city"),
        Field("state", "state"),
        Field("postal_code", "postalCode"),
        Field("country", "country", FieldType.COUNTRY),
        Field("description", "description", FieldType.LONG_TEXT),
    )
    lookup = Lookup(by=("name",))
    required = (Required("name", None, "GoHighLevel takes no business without a name."),)
    read_scopes = ("businesses.readonly",)
    write_scopes = ("businesses.write",)
    form = Form(
        fields,
        # not in the facts: how these are emptied; their schema has no null (businesses.json)
        cleared={field.name: "" for field in fields},
        never_empty=("name",),
    )
    many = "businesses"
    # facts: ghl 6.10 (misspelt where it is written, spelt well where it is read)
    one = ("business", "buiseness")

    def list(self) -> Request:
        """Ask for every business."""
        query = {"locationId": self.account.id, "limit": str(PAGE), "skip": "0"}
        return Request("GET", "/businesses/", query)

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Continue one business before the end of the page."""
        return _PAGES.next(last, [id_of(each) for each in reply.body["businesses"]])

    def get(self, record_id: str) -> Request:
        """Ask for one business."""
        return Request("GET", _path(record_id))

    def create(self, values: Values) -> Request:
        """Ask to create a business."""
        body = {"locationId": self.account.id, **self.form.new(values)}
        return Request("POST", "/businesses/", json=body)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - GoHighLevel has no versions
        """Ask for all fields in one call."""
        body = self.form.changed(write.set)
        return [Request("PUT", _path(record_id), json=body, repeatable=True)] if body else []

    def delete(self, record_id: str) -> Request:
        """Ask to delete a business; its contacts stay."""
        return Request("DELETE", _path(record_id), repeatable=True)


def _path(record_id: str) -> str:
    return f"/businesses/{safe(record_id)}"
