"""GoHighLevel calendars: what appointments are booked in. Read only."""

from __future__ import annotations

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import CALENDARS_VERSION, PlainResource, safe
from instep.core.records import Field, FieldType
from instep.sdk.request import Request
from instep.sdk.resource import ReadOnlyResource


class Calendars(ReadOnlyResource, PlainResource):
    """Calendars, drafts included. Their rules are set up by people, in GoHighLevel."""

    name = "calendars"
    canonical = "calendar"
    fields = (
        Field("name", "name", readonly=True),
        Field("description", "description", readonly=True),
        Field("active", "isActive", FieldType.BOOLEAN, readonly=True),
    )
    read_scopes = ("calendars.readonly",)
    form = Form(fields)
    many = "calendars"
    one = ("calendar",)

    def list(self) -> Request:
        """Ask for every calendar."""
        query = {"locationId": self.account.id, "showDrafted": "true"}
        return Request("GET", "/calendars/", query, headers=CALENDARS_VERSION)

    def get(self, record_id: str) -> Request:
        """Ask for one calendar."""
        return Request("GET", f"/calendars/{safe(record_id)}", headers=CALENDARS_VERSION)
