"""Insightly users: the people who work in the instance. Read only."""

from __future__ import annotations

from instep.connectors.insightly.form import Form
from instep.connectors.insightly.listed import ListedResource
from instep.core.records import Field, FieldType, Identity
from instep.sdk.request import Request
from instep.sdk.resource import EVERYTHING, ReadOnlyResource


class Users(ReadOnlyResource, ListedResource):
    """Users, read whole: there are few, and a seat costs money, so no sync makes one."""

    name = "users"
    canonical = "user"
    path = "/Users"
    key = "USER_ID"
    has_custom = False
    fields = (
        Field("first_name", "FIRST_NAME", readonly=True),
        Field("last_name", "LAST_NAME", readonly=True),
        Field("email", "EMAIL_ADDRESS", FieldType.EMAIL, readonly=True, identity=Identity.STRONG),
    )
    form = Form(fields)
    cursor = EVERYTHING

    def changes(self, since: str) -> Request:  # noqa: ARG002 - as the class says
        """Ask for every user."""
        return self.list()

    def delete(self, record_id: str) -> Request | None:  # noqa: ARG002 - nobody is deleted
        """Users are not deleted."""
        return None
