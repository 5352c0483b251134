"""Puts contacts into workflows and campaigns, and takes them out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from instep.sandbox.gohighlevel.contacts.reaching import reached_contact, succeeded
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.shapes import Shape, checked
from instep.sandbox.gohighlevel.times import moment
from instep.sandbox.gohighlevel.workflows.automations import Automation, Automations
from instep.sandbox.gohighlevel.workflows.enrolments import CAMPAIGN, WORKFLOW, Enrolments


def _has_offset(value: Any) -> bool:
    if not isinstance(value, str) or moment(value) is None:
        return False
    return datetime.fromisoformat(value).tzinfo is not None


# facts: ghl 1, note on Add Contact to Workflow; the words of the refusal are not in the facts
_STARTS = Shape({"eventStartTime": checked(_has_offset, "be a valid ISO 8601 date string")})


def add_to_workflow(call: Call) -> JsonObject:
    """Put a contact into a workflow, a draft too (not in the facts)."""
    contact, starts = reached_contact(call), moment(call.body.get("eventStartTime"))
    call.part(Enrolments).add(contact, WORKFLOW, _workflow(call)["id"], starts)
    return succeeded(call)


def remove_from_workflow(call: Call) -> JsonObject:
    """Take a contact out of a workflow."""
    call.part(Enrolments).remove(reached_contact(call), WORKFLOW, _workflow(call)["id"])
    return succeeded(call)


def add_to_campaign(call: Call) -> JsonObject:
    """Put a contact into a campaign."""
    call.part(Enrolments).add(reached_contact(call), CAMPAIGN, _campaign(call)["id"])
    return succeeded(call)


def remove_from_campaign(call: Call) -> JsonObject:
    """Take a contact out of a campaign."""
    call.part(Enrolments).remove(reached_contact(call), CAMPAIGN, _campaign(call)["id"])
    return succeeded(call)


def remove_from_all_campaigns(call: Call) -> JsonObject:
    """Take a contact out of every campaign it is in."""
    call.part(Enrolments).remove(reached_contact(call), CAMPAIGN)
    return succeeded(call)


def _workflow(call: Call) -> Automation:
    location_id = reached_contact(call)["locationId"]
    return call.part(Automations).workflow(location_id, call.path["workflowId"])


def _campaign(call: Call) -> Automation:
    location_id = reached_contact(call)["locationId"]
    return call.part(Automations).campaign(location_id, call.path["campaignId"])


OPERATIONS = (
    Operation("contacts.add_to_workflow", add_to_workflow, body=_STARTS),
    Operation("contacts.remove_from_workflow", remove_from_workflow, body=_STARTS),
    Operation("contacts.add_to_campaign", add_to_campaign),
    Operation("contacts.remove_from_campaign", remove_from_campaign),
    Operation("contacts.remove_from_all_campaigns", remove_from_all_campaigns),
)
