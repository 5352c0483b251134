"""Which events a change of an opportunity fires, and what they say."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.opportunities.values import Opportunity
from instep.sandbox.gohighlevel.times import iso

# facts: ghl 5.2
_FIELDS = (
    *("id", "locationId", "assignedTo", "contactId", "monetaryValue", "name", "pipelineId"),
    *("pipelineStageId", "source", "status"),
)
_OWN_EVENTS = {
    "pipelineStageId": "OpportunityStageUpdate",
    "status": "OpportunityStatusUpdate",
    "monetaryValue": "OpportunityMonetaryValueUpdate",
    "assignedTo": "OpportunityAssignedToUpdate",
}
_CHANGES = (
    *_FIELDS,
    "customFields",
    "lostReasonId",
    "forecastProbability",
    "forecastExpectedCloseDate",
)


def news_of(
    stage: Stage, opportunity: Opportunity, before: Opportunity | None
) -> tuple[list[str], dict[str, Any]]:
    """Return the kinds of events that fire, and the record they carry.

    A change of stage, status, value or assignee fires an event of its own beside the general one
    (facts: ghl 5.1, inferred). Nothing fires where nothing changed (not in the facts).
    """
    record = {name: opportunity[name] for name in _FIELDS if name in opportunity}
    record["dateAdded"] = iso(opportunity["dateAdded"])
    if stage is Stage.ADDED:
        return ["OpportunityCreate"], record
    if stage is Stage.DELETED or before is None:
        return ["OpportunityDelete"], record
    changed = {name for name in _CHANGES if before.get(name) != opportunity.get(name)}
    if not changed:
        return [], record
    own = [kind for name, kind in _OWN_EVENTS.items() if name in changed]
    return ["OpportunityUpdate", *own], record
