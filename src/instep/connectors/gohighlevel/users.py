"""GoHighLevel users: the people who work in the location. Read only."""

from __future__ import annotations

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import PlainResource, safe
from instep.core.records import Field, FieldType, Identity
from instep.sdk.request import Request
from instep.sdk.resource import ReadOnlyResource


class Users(ReadOnlyResource, PlainResource):
    """Users. Making one sends mail and costs a seat, so no sync does it."""

    name = "users"
    canonical = "user"
    fields = (
        Field("name", "name", readonly=True),
        Field("first_name", "firstName", readonly=True),
        Field("last_name", "lastName", readonly=True),
        Field("email", "email", FieldType.EMAIL, readonly=True, identity=Identity.STRONG),
        Field("phone", "phone", FieldType.PHONE, readonly=True),
    )
    read_scopes = ("users.readonly",)
    form = Form(fields)
    many = "users"
    one = ("user",)

    def list(self) -> Request:
        """Ask for the location's users; the search that replaces it in v3 needs the company."""
        return Request("GET", "/users/", {"locationId": self.account.id})

    def get(self, record_id: str) -> Request:
        """Ask for one user."""
        return Request("GET", f"/users/{safe(record_id)}")
