"""Contacts of an app in memory."""

from __future__ import annotations

from instep.core.errors import Duplicate, InstepError
from instep.sdk.kept import KeptResource
from instep.sdk.kept.fields import OF_BUSINESS, PERSON
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account

_CONFLICT = 409


class Contacts(KeptResource):
    """People."""

    name = "contacts"
    canonical = "contact"
    findable = ("email", "phone")
    fields = (*PERSON, OF_BUSINESS)


def whoami(_account: Account) -> Request:
    """Ask the app for its name."""
    return Request("GET", "/")


def meaning(_request: Request, reply: Reply) -> InstepError | None:
    """Read the one refusal whose status is not enough: a duplicate."""
    if reply.status == _CONFLICT:
        return Duplicate(
            reply.body["message"], reply.body["existing_id"], reply.body["matching_field"]
        )
    return None
