"""The life of a contact, with its tasks, notes, tags, followers, campaigns and workflows."""

from __future__ import annotations

from tests.conformance.local_account import fresh_email
from tests.conformance.rehearsal import Rehearsal, same, true

_DUE = "2027-03-01T09:00:00Z"


def new_contact(ghl: Rehearsal, **values: object) -> str:
    """Create somebody nobody else is; return the id."""
    reply = ghl.call(
        "contacts.create",
        locationId=ghl.account.location_id,
        email=fresh_email(),
        firstName="Ada",
        **values,
    )
    return reply["contact"]["id"]


def contact(ghl: Rehearsal) -> None:
    """Create, find in every way, change, refuse a double, delete."""
    place = ghl.account.location_id
    email = fresh_email()
    made = ghl.call("contacts.create", locationId=place, email=email, firstName="Ada")["contact"]
    same(made["email"], email)
    same(ghl.call("contacts.get", contactId=made["id"])["contact"]["firstName"], "Ada")
    filters = [{"field": "email", "operator": "eq", "value": email}]
    found = ghl.call("contacts.search", locationId=place, pageLimit=20, page=1, filters=filters)
    same([each["id"] for each in found["contacts"]], [made["id"]])
    same(found["total"], 1)
    listed = ghl.call("contacts.list", locationId=place, query=email)
    same([each["id"] for each in listed["contacts"]], [made["id"]])
    twin = ghl.call("contacts.find_duplicate", locationId=place, email=email)
    same(twin["contact"]["id"], made["id"])
    refusal = ghl.refused("contacts.create", 400, locationId=place, email=email)
    same(refusal["meta"]["contactId"], made["id"])
    changed = ghl.call("contacts.update", contactId=made["id"], lastName="Lovelace")
    same(changed["contact"]["lastName"], "Lovelace")
    # facts: ghl 2.3
    same(changed["succeded" if ghl.view == "v2" else "succeeded"], True)
    same(ghl.call("contacts.upsert", locationId=place, email=email, city="London")["new"], False)
    same(ghl.call("contacts.upsert", locationId=place, email=fresh_email())["new"], True)
    same(ghl.call("contacts.delete", contactId=made["id"])["succeded"], True)
    ghl.refused("contacts.get", 400, contactId=made["id"])  # facts: ghl 6.5, not a 404


def tags(ghl: Rehearsal) -> None:
    """Add and remove tags, of one contact and of many at once."""
    one, other = new_contact(ghl), new_contact(ghl)
    added = ghl.call("contacts.add_tags", contactId=one, tags=["Lead", "VIP"])["tags"]
    same(sorted(added), ["lead", "vip"])  # facts: ghl 6.6, lower-cased
    ghl.call(
        "contacts.bulk_tags",
        type="add",
        locationId=ghl.account.location_id,
        contacts=[one, other],
        tags=["both"],
    )
    same(ghl.call("contacts.get", contactId=other)["contact"]["tags"], ["both"])
    left = ghl.call("contacts.remove_tags", contactId=one, tags=["lead"])["tags"]
    same(sorted(left), ["both", "vip"])
    same(sorted(ghl.call("contacts.get", contactId=one)["contact"]["tags"]), ["both", "vip"])


def tasks(ghl: Rehearsal) -> None:
    """Create, read, complete, change and delete a task; it goes with its contact."""
    contact_id = new_contact(ghl)
    made = ghl.call(
        "contacts.create_task",
        contactId=contact_id,
        title="Call back",
        dueDate=_DUE,
        completed=False,
    )["task"]
    here = {"contactId": contact_id, "taskId": made["id"]}
    same(ghl.call("contacts.get_task", **here)["task"]["title"], "Call back")
    same(ghl.call("contacts.update_task", **here, body="Twice")["task"]["body"], "Twice")
    same(ghl.call("contacts.complete_task", **here, completed=True)["task"]["completed"], True)
    listed = ghl.call("contacts.list_tasks", contactId=contact_id)["tasks"]
    same([(each["id"], each["completed"]) for each in listed], [(made["id"], True)])
    same(ghl.call("contacts.delete_task", **here)["succeded"], True)
    same(ghl.call("contacts.list_tasks", contactId=contact_id)["tasks"], [])


def notes(ghl: Rehearsal) -> None:
    """Create, read, change and delete notes; the newest comes first."""
    contact_id = new_contact(ghl)
    first, second = (
        ghl.call("contacts.create_note", contactId=contact_id, body=text)["note"]["id"]
        for text in ("One", "Two")
    )
    here = {"contactId": contact_id, "id": first}
    same(ghl.call("contacts.get_note", **here)["note"]["body"], "One")
    same(ghl.call("contacts.update_note", **here, body="Eins")["note"]["body"], "Eins")
    same(ghl.call("contacts.get_note", **here)["note"]["body"], "Eins")
    listed = ghl.call("contacts.list_notes", contactId=contact_id)["notes"]
    same([each["id"] for each in listed], [second, first])
    same(ghl.call("contacts.delete_note", **here)["succeded"], True)
    same(len(ghl.call("contacts.list_notes", contactId=contact_id)["notes"]), 1)


def followers(ghl: Rehearsal) -> None:
    """Add and remove a follower."""
    contact_id, user = new_contact(ghl), some_user(ghl)
    added = ghl.call("contacts.add_followers", contactId=contact_id, followers=[user])
    same((added["followers"], added["followersAdded"]), ([user], [user]))
    removed = ghl.call("contacts.remove_followers", contactId=contact_id, followers=[user])
    same((removed["followers"], removed["followersRemoved"]), ([], [user]))


def some_user(ghl: Rehearsal) -> str:
    """Return a user of the location."""
    found = ghl.call(
        "users.search", companyId=ghl.account.company_id, locationId=ghl.account.location_id
    )
    return found["users"][0]["id"]


def campaigns(ghl: Rehearsal) -> None:
    """Put a contact into a campaign, and take it out of it and of all."""
    contact_id = new_contact(ghl)
    listed = ghl.call("campaigns.list", locationId=ghl.account.location_id)
    campaign = listed["campaigns"][0]["id"]
    in_campaign = {"contactId": contact_id, "campaignId": campaign}
    ghl.call("contacts.add_to_campaign", **in_campaign, body_={})
    ghl.call("contacts.remove_from_campaign", **in_campaign)
    ghl.call("contacts.add_to_campaign", **in_campaign, body_={})
    ghl.call("contacts.remove_from_all_campaigns", contactId=contact_id)


def workflows(ghl: Rehearsal) -> None:
    """Enrol a contact in a workflow, and take it out again."""
    contact_id = new_contact(ghl)
    listed = ghl.call("workflows.list", locationId=ghl.account.location_id)
    in_workflow = {"contactId": contact_id, "workflowId": listed["workflows"][0]["id"]}
    start = "2027-06-23T03:30:00+01:00"
    ghl.call("contacts.add_to_workflow", **in_workflow, eventStartTime=start)
    ghl.call("contacts.remove_from_workflow", **in_workflow, eventStartTime=start)


def businesses(ghl: Rehearsal) -> None:
    """Create a business, move contacts into it, change it, delete it: its contacts stay."""
    place, contact_id = ghl.account.location_id, new_contact(ghl)
    made = ghl.call("businesses.create", locationId=place, name="Acorn Ltd")
    business = (made.get("buiseness") or made["business"])["id"]
    ghl.call("contacts.bulk_business", locationId=place, ids=[contact_id], businessId=business)
    members = ghl.call("contacts.list_by_business", businessId=business, locationId=place)
    same([each["id"] for each in members["contacts"]], [contact_id])
    ghl.call("businesses.update", businessId=business, city="Leeds")
    same(ghl.call("businesses.get", businessId=business)["business"]["city"], "Leeds")
    listed = ghl.call("businesses.list", locationId=place)["businesses"]
    true(business in [each["id"] for each in listed], "the new business is not in the list")
    ghl.call("businesses.delete", businessId=business)
    same(ghl.call("contacts.get", contactId=contact_id)["contact"].get("businessId"), None)


STORIES = (contact, tags, tasks, notes, followers, campaigns, workflows, businesses)
