"""The lists of a location's workflows and campaigns."""

from __future__ import annotations

from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.gohighlevel.workflows.automations import Automations


def list_workflows(call: Call) -> JsonObject:
    """Return all workflows of a location, drafts too."""
    found = [
        {**each, **{name: iso(each[name]) for name in ("createdAt", "updatedAt")}}
        for each in call.part(Automations).workflows(call.query["locationId"])
    ]
    return {"workflows": found}


def list_campaigns(call: Call) -> JsonObject:
    """Return all campaigns of a location, or those of one status."""
    status = call.query.get("status")
    found = [
        each
        for each in call.part(Automations).campaigns(call.query["locationId"])
        if status in {None, each["status"]}
    ]
    return {"campaigns": found}


OPERATIONS = (
    Operation("workflows.list", list_workflows),
    Operation("campaigns.list", list_campaigns),
)
