"""GoHighLevel tags: the words a location has defined. Read only; contacts carry them as a field."""

from __future__ import annotations

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import PlainResource, safe
from instep.core.records import Field, Identity
from instep.sdk.request import Request
from instep.sdk.resource import ReadOnlyResource


class Tags(ReadOnlyResource, PlainResource):
    """Definitions of tags. Giving a contact an unknown tag defines it (facts: ghl 6.6)."""

    name = "tags"
    canonical = "tag"
    fields = (Field("name", "name", readonly=True, identity=Identity.STRONG),)
    read_scopes = ("locations/tags.readonly",)
    form = Form(fields)
    many = "tags"
    one = ("tag",)

    def list(self) -> Request:
        """Ask for every tag."""
        return Request("GET", self._path())

    def get(self, record_id: str) -> Request:
        """Ask for one tag."""
        return Request("GET", f"{self._path()}/{safe(record_id)}")

    def _path(self) -> str:
        return f"/locations/{safe(self.account.id)}/tags"
