"""How an opportunity is shown: alone, and as a search finds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.contacts.values import Contact, full_name
from instep.sandbox.gohighlevel.opportunities.values import Opportunity
from instep.sandbox.gohighlevel.times import iso, moment
from instep.sandbox.gohighlevel.versions import View

JsonObject = dict[str, Any]
Types = Mapping[str, str]
"""The data type of each custom field that is defined, by id."""

_SHOWN = (
    *("id", "name", "monetaryValue", "pipelineId", "pipelineStageId", "assignedTo", "status"),
    *("source", "contactId", "locationId", "lostReasonId", "followers"),
)
_TIMES = {
    "lastStatusChangeAt": "lastStatusChangeAt",
    "lastStageChangeAt": "lastStageChangeAt",
    "lastActionDate": "lastActionDate",
    "createdAt": "dateAdded",
    "updatedAt": "dateUpdated",
}
_FORECAST = ("forecastExpectedCloseDate", "forecastProbability")


def detailed(
    opportunity: Opportunity, contact: Contact | None, types: Types, view: View
) -> JsonObject:
    """Show an opportunity alone; v3 adds the forecast."""
    shown = {
        **{name: opportunity[name] for name in _SHOWN if name in opportunity},
        **{shown: iso(opportunity[kept]) for shown, kept in _TIMES.items()},
        "customFields": [
            {"id": each["id"], "fieldValue": each["value"]}
            for each in opportunity["customFields"]
            if each["id"] in types
        ],
    }
    if contact is not None:
        shown["contact"] = _contact(contact)
    if view is View.V3:
        shown |= {name: opportunity[name] for name in _FORECAST if name in opportunity}
    return shown


def found(
    opportunity: Opportunity, contact: Contact | None, types: Types, view: View
) -> JsonObject:
    """Show an opportunity as the list does: custom fields under a key for their type."""
    # facts: ghl 6.6 (the spec has `fieldValue` here too; seen are these keys)
    shown = detailed(opportunity, contact, types, view)
    shown["customFields"] = [
        _typed(each["id"], each["value"], types[each["id"]])
        for each in opportunity["customFields"]
        if each["id"] in types
    ]
    return {**shown, "sort": [opportunity["dateAdded"], opportunity["id"]]}


def _typed(field_id: str, value: Any, data_type: str) -> JsonObject:
    """Show a value as text, number, list, moment or files."""
    # facts: ghl 6.6 ("fieldValueString etc. + type"); clients read these five keys, whose `type`
    # is seen of texts only
    kind = "string"
    if data_type in {"NUMERICAL", "MONETORY", "FLOAT"} and not isinstance(value, str):
        kind = "number"
    elif isinstance(value, list):
        kind = "array"
    elif data_type == "DATE" and moment(value) is not None:
        kind, value = "date", moment(value)
    elif isinstance(value, dict):
        kind = "files"
    return {"id": field_id, "type": kind, f"fieldValue{kind.capitalize()}": value}


_OF_CONTACT = ("id", "companyName", "email", "phone")


def _contact(contact: Contact) -> JsonObject:
    shown = {name: contact[name] for name in (*_OF_CONTACT, "tags") if name in contact}
    return {**shown, "name": full_name(contact)}
