"""Businesses of an app in memory."""

from __future__ import annotations

from instep.core.records import Field, FieldType, Identity
from instep.sdk.kept import KeptResource
from instep.sdk.resource import Lookup


class Businesses(KeptResource):
    """Organisations that contacts belong to, recognised by their name."""

    name = "businesses"
    canonical = "business"
    findable = ("name",)
    fields = (
        Field("name", "name", identity=Identity.STRONG),
        Field("phone", "phone", FieldType.PHONE),
        Field("tags", "tags", FieldType.WORDS),
    )
    lookup = Lookup(by=("name",))
