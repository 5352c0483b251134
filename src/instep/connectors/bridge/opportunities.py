"""Opportunities, as a bridge knows them: what another app may call a deal, a lead or a card."""

from __future__ import annotations

from instep.connectors.bridge.bridged import Bridged
from instep.core.records import Field, FieldType
from instep.sdk.resource import Lookup


class Opportunities(Bridged):
    """What may come of somebody, and how far it is."""

    name = "opportunities"
    canonical = "opportunity"
    lookup = Lookup(by=("contact_id", "name"))
    fields = (
        Field("name", "name"),
        Field("status", "status"),
        Field("value", "value", FieldType.NUMBER),
        Field("source", "source"),
        Field("pipeline_id", "pipeline_id"),
        Field("stage_id", "stage_id"),
        Field("contact_id", "contact_id", create_only=True, link="contact"),
    )
