"""Turns what a client sent for an opportunity into what GoHighLevel keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from instep.sandbox.gohighlevel.locations.custom_fields import CustomFields
from instep.sandbox.gohighlevel.opportunities.pipelines import Pipelines
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.times import birthday, iso, moment

Opportunity = dict[str, Any]
"""An opportunity as it is kept. Empty fields are not there; times are in milliseconds."""

_AS_SENT = ("name", "status", "assignedTo", "source", "forecastProbability", "lostReasonId")


class OpportunityValues:
    """Knows the location's pipelines, lost reasons and custom fields."""

    def __init__(self, services: Services) -> None:
        self._pipelines = services.part(Pipelines)
        self._fields = services.part(CustomFields)

    def changed(self, opportunity: Opportunity, body: Mapping[str, Any]) -> Opportunity:
        """Return the opportunity with what `body` names put in; null and "" empty a field.

        Raises Refusal if pipeline, stage or lost reason is unknown.
        """
        location_id = opportunity["locationId"]
        given = {name: body[name] for name in _AS_SENT if name in body}
        given |= self._place(opportunity, body)
        if "monetaryValue" in body:
            given["monetaryValue"] = body["monetaryValue"] or 0
        if "forecastExpectedCloseDate" in body:
            given["forecastExpectedCloseDate"] = day_of(body["forecastExpectedCloseDate"])
        if "customFields" in body:
            given["customFields"] = self._merged_fields(opportunity, body["customFields"])
        whole = opportunity | given
        if whole["status"] != "lost":
            # not in the facts: a reason stays with the lost only
            whole.pop("lostReasonId", None)
        self._pipelines.check_reason(location_id, whole.get("lostReasonId"))
        return {name: value for name, value in whole.items() if value not in ("", None)}

    def _place(self, opportunity: Opportunity, body: Mapping[str, Any]) -> dict[str, str]:
        """Return pipeline and stage: another pipeline without a stage means its first."""
        pipeline_id = body.get("pipelineId") or opportunity["pipelineId"]
        stage_id = body.get("pipelineStageId")
        if stage_id is None and pipeline_id == opportunity.get("pipelineId"):
            return {}
        _, stage_id = self._pipelines.place(opportunity["locationId"], pipeline_id, stage_id)
        return {"pipelineId": pipeline_id, "pipelineStageId": stage_id}

    def _merged_fields(
        self, opportunity: Opportunity, sent: Iterable[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Put custom fields in; the others stay. A field that is not defined is left out."""
        # facts: ghl 6.6
        values = {field["id"]: field["value"] for field in opportunity["customFields"]}
        for item in sent:
            name = item.get("id") or item.get("key") or ""
            field = self._fields.find(opportunity["locationId"], name, "opportunity")
            if field is not None:
                values[field["id"]] = item.get("fieldValue", item.get("field_value"))
        return [
            {"id": identifier, "value": value}
            for identifier, value in values.items()
            if value not in (None, "", [])
        ]


def day_of(value: Any) -> str | None:
    """Return YYYY-MM-DD for a day in one of the forms taken, or a moment; else None."""
    day = birthday(value)
    if day is not None:
        return day
    milliseconds = moment(value) if isinstance(value, str) else None
    return None if milliseconds is None else iso(milliseconds)[:10]
