"""Businesses, as a bridge knows them."""

from __future__ import annotations

from instep.connectors.bridge.bridged import Bridged
from instep.core.records import Field, FieldType
from instep.sdk.kept.fields import BUSINESS
from instep.sdk.resource import Lookup


class Businesses(Bridged):
    """Organisations that people belong to, recognised by their name."""

    name = "businesses"
    canonical = "business"
    findable = ("name",)
    lookup = Lookup(by=("name",))
    fields = (*BUSINESS, Field("description", "description", FieldType.LONG_TEXT))
