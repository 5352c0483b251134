"""Opportunities: the operations on one of them."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.locations.custom_fields import CustomFields
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.opportunities.board import Board
from instep.sandbox.gohighlevel.opportunities.values import Opportunity, day_of
from instep.sandbox.gohighlevel.opportunities.views import detailed
from instep.sandbox.gohighlevel.shapes import (
    ANYTHING,
    BOOLEAN,
    STRING,
    STRINGS,
    Property,
    Shape,
    array_of,
    checked,
    nullable,
    one_of,
    only_in,
    real_number,
    required,
)
from instep.sandbox.gohighlevel.versions import View

# facts: ghl 6.9 (`all` is for searches only, though the spec has it everywhere)
_STATUS = one_of("open", "won", "lost", "abandoned")
_custom_field = Shape(
    {
        # facts: ghl 6.6 (the key alone is taken as well)
        "id": STRING,
        "key": STRING,
        "field_value": only_in(View.V2, ANYTHING),
        "fieldValue": only_in(View.V3, ANYTHING),
    }
)
_day = checked(lambda value: value == "" or day_of(value) is not None, "be a valid date")
_LARGEST = 10**15  # not in the facts: how much a value may be; kept exactly up to here
_MOST_FOLLOWERS = 10  # the v3 spec's description


def _check_name(path: str, value: Any, view: View) -> list[str]:
    """Refuse an opportunity without a name; not in the facts."""
    empty = isinstance(value, str) and not value.strip()
    return [f"{path} should not be empty"] if empty else STRING.check(path, value, view)


_UPDATE: dict[str, Property] = {
    "pipelineId": STRING,
    "name": Property(_check_name),
    "pipelineStageId": STRING,
    "status": _STATUS,
    "monetaryValue": nullable(real_number(-_LARGEST, _LARGEST)),
    "assignedTo": nullable(STRING),
    "customFields": array_of(_custom_field),
    # not in the spec, but clients send it and find it kept
    "source": nullable(STRING),
    "forecastExpectedCloseDate": only_in(View.V3, nullable(_day)),
    "forecastProbability": only_in(View.V3, nullable(real_number(0, 100))),
}
_CREATE: dict[str, Property] = {
    **_UPDATE,
    **{name: required(_UPDATE[name]) for name in ("pipelineId", "name", "status")},
    "locationId": required(STRING),
    "contactId": required(STRING),
}
# the spec lacks `contactId`, without which there is nothing to meet by, and requires the three on
# followers, which clients leave out
_UPSERT: dict[str, Property] = {
    **_UPDATE,
    "pipelineId": required(STRING),
    "locationId": required(STRING),
    "id": STRING,
    "contactId": STRING,
    "lostReasonId": nullable(STRING),
    "followers": STRINGS,
    "isRemoveAllFollowers": BOOLEAN,
    "followersActionType": one_of("add", "remove"),
}
_SET_STATUS = Shape({"status": required(_STATUS), "lostReasonId": nullable(STRING)})
_FOLLOWERS = Shape(
    {
        "followers": required(
            checked(
                lambda value: (
                    isinstance(value, list)
                    and len(value) <= _MOST_FOLLOWERS
                    and all(isinstance(each, str) for each in value)
                ),
                f"be an array of no more than {_MOST_FOLLOWERS} strings",
            )
        )
    }
)


def get(call: Call) -> JsonObject:
    """Return an opportunity."""
    return _shown(call, _asked(call))


def create(call: Call) -> JsonObject:
    """Add an opportunity."""
    return _shown(call, call.part(Board).create(call.body["locationId"], call.body))


def update(call: Call) -> JsonObject:
    """Change what the body names; custom fields one by one."""
    return _shown(call, call.part(Board).update(_asked(call), call.body))


def update_status(call: Call) -> JsonObject:
    """Change the status, and why it was lost."""
    call.part(Board).update(_asked(call), call.body)
    return _done(call)


def upsert(call: Call) -> JsonObject:
    """Change the opportunity this is, or add it; then its followers."""
    body, board = call.body, call.part(Board)
    with call.services.state.transaction():
        opportunity, new = board.upsert(body["locationId"], body)
        before = opportunity["followers"]
        left = [] if body.get("isRemoveAllFollowers") else before
        if body.get("followersActionType") == "remove":
            left = [each for each in left if each not in body.get("followers", ())]
        else:
            left = list(dict.fromkeys([*left, *body.get("followers", ())]))
        if left != before:
            opportunity = board.set_followers(opportunity, left)
    return {**_shown(call, opportunity), "new": new}


def delete(call: Call) -> JsonObject:
    """Remove an opportunity."""
    call.part(Board).delete(_asked(call))
    return _done(call)


def add_followers(call: Call) -> JsonObject:
    """Add followers; those who follow already are not added again."""
    # not in the facts: whether users who do not exist are refused; here they are taken
    opportunity = _asked(call)
    before = opportunity["followers"]
    added = [each for each in dict.fromkeys(call.body["followers"]) if each not in before]
    if added:
        opportunity = call.part(Board).set_followers(opportunity, [*before, *added])
    return {"followers": opportunity["followers"], "followersAdded": added}


def remove_followers(call: Call) -> JsonObject:
    """Remove some followers, or with `isRemoveAllFollowers` all."""
    opportunity = _asked(call)
    before, everyone = opportunity["followers"], call.query.get("isRemoveAllFollowers") == "true"
    removed = [each for each in before if everyone or each in call.body["followers"]]
    if removed:
        left = [each for each in before if each not in removed]
        opportunity = call.part(Board).set_followers(opportunity, left)
    return {"followers": opportunity["followers"], "followersRemoved": removed}


def _asked(call: Call) -> Opportunity:
    return call.reached(call.part(Board).get(call.path["id"]))


def _shown(call: Call, opportunity: Opportunity) -> JsonObject:
    fields = call.part(CustomFields).of(opportunity["locationId"], "opportunity")
    contact = call.part(Board).contacts_of([opportunity]).get(opportunity["contactId"])
    types = {field["id"]: field["dataType"] for field in fields}
    return {"opportunity": detailed(opportunity, contact, types, call.view)}


def _done(call: Call) -> JsonObject:
    # facts: ghl 2.3
    return {"succeded": True} | ({"success": True} if call.view is View.V3 else {})


OPERATIONS = (
    Operation("opportunities.get", get),
    Operation("opportunities.create", create, body=Shape(_CREATE)),
    Operation("opportunities.update", update, body=Shape(_UPDATE)),
    Operation("opportunities.update_status", update_status, body=_SET_STATUS),
    Operation("opportunities.upsert", upsert, body=Shape(_UPSERT)),
    Operation("opportunities.delete", delete),
    Operation("opportunities.add_followers", add_followers, body=_FOLLOWERS),
    Operation("opportunities.remove_followers", remove_followers, body=_FOLLOWERS),
)
