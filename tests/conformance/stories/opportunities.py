"""Opportunities on a pipeline, and the users who follow them."""

from __future__ import annotations

import secrets
from typing import Any

from tests.conformance.local_account import fresh_email
from tests.conformance.rehearsal import Rehearsal, same, true
from tests.conformance.stories.contacts import new_contact, some_user


def _pipeline(ghl: Rehearsal) -> dict[str, Any]:
    listed = ghl.call("opportunities.list_pipelines", locationId=ghl.account.location_id)
    return listed["pipelines"][0]


def opportunity(ghl: Rehearsal) -> None:
    """Create, find, move, win and delete an opportunity; a second one is refused."""
    place, contact_id = ghl.account.location_id, new_contact(ghl)
    pipeline = _pipeline(ghl)
    wanted = {
        "locationId": place,
        "contactId": contact_id,
        "pipelineId": pipeline["id"],
        "name": "House and contents",
        "status": "open",
        "pipelineStageId": pipeline["stages"][0]["id"],
        "monetaryValue": 1200,
    }
    made = ghl.call("opportunities.create", **wanted)["opportunity"]
    one = {"id": made["id"]}
    double = ghl.refused("opportunities.create", 400, **wanted)
    same(double["meta"]["existingId"], made["id"])  # facts: ghl 6.9
    same(ghl.call("opportunities.get", **one)["opportunity"]["name"], "House and contents")
    moved = ghl.call("opportunities.update", **one, pipelineStageId=pipeline["stages"][1]["id"])
    same(moved["opportunity"]["pipelineStageId"], pipeline["stages"][1]["id"])
    found = ghl.call("opportunities.search", location_id=place, contact_id=contact_id)
    same([each["id"] for each in found["opportunities"]], [made["id"]])
    ghl.call("opportunities.update_status", **one, status="won")
    same(ghl.call("opportunities.get", **one)["opportunity"]["status"], "won")
    same(ghl.call("opportunities.delete", **one)["succeded"], True)
    ghl.refused("opportunities.get", 400, **one)


def upsert(ghl: Rehearsal) -> None:
    """Upsert twice: the second time it is the same opportunity."""
    pipeline = _pipeline(ghl)
    contact_id = new_contact(ghl)
    made = ghl.call(
        "opportunities.create",
        locationId=ghl.account.location_id,
        contactId=contact_id,
        pipelineId=pipeline["id"],
        name="Motor",
        status="open",
    )["opportunity"]
    changed = ghl.call(
        "opportunities.upsert",
        id=made["id"],
        locationId=ghl.account.location_id,
        pipelineId=pipeline["id"],
        name="Motor, renewed",
        followers=[],
        isRemoveAllFollowers=False,
        followersActionType="add",
    )
    same((changed["new"], changed["opportunity"]["id"]), (False, made["id"]))
    same(changed["opportunity"]["name"], "Motor, renewed")


def opportunity_followers(ghl: Rehearsal) -> None:
    """Add and remove a follower."""
    made = ghl.call(
        "opportunities.create",
        locationId=ghl.account.location_id,
        contactId=new_contact(ghl),
        pipelineId=_pipeline(ghl)["id"],
        name="Travel",
        status="open",
    )["opportunity"]
    user = some_user(ghl)
    added = ghl.call("opportunities.add_followers", id=made["id"], followers=[user])
    same((added["followers"], added["followersAdded"]), ([user], [user]))
    removed = ghl.call("opportunities.remove_followers", id=made["id"], followers=[user])
    same((removed["followers"], removed["followersRemoved"]), ([], [user]))


def user(ghl: Rehearsal) -> None:
    """Create, find in every way, change and delete a user."""
    company, place = ghl.account.company_id, ghl.account.location_id
    email = fresh_email()
    made = ghl.call(
        "users.create",
        companyId=company,
        firstName="Grace",
        lastName="Hopper",
        email=email,
        password=f"Aa1!{secrets.token_hex(6)}",
        type="account",
        role="user",
        locationIds=[place],
    )
    one = {"userId": made["id"]}
    same(ghl.call("users.get", **one)["email"], email)
    same(ghl.call("users.update", **one, lastName="Murray")["lastName"], "Murray")
    found = ghl.call("users.search", companyId=company, query=email)["users"]
    same([each["id"] for each in found], [made["id"]])
    filtered = ghl.call("users.filter_by_email", companyId=company, emails=email)
    same([each["id"] for each in filtered["users"]], [made["id"]])
    listed = ghl.call("users.list", locationId=place)["users"]
    true(made["id"] in [each["id"] for each in listed], "the user is not in the list")
    ghl.call("users.delete", **one)
    found = ghl.call("users.search", companyId=company, query=email)["users"]
    same(found, [])


STORIES = (opportunity, upsert, opportunity_followers, user)
