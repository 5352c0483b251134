"""Operations beyond the listed ones that the sandbox simulates all the same."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from tests.conformance.local_account import fresh_email
from tests.conformance.rehearsal import Rehearsal, same, true
from tests.conformance.stories.contacts import new_contact


def search_tasks(ghl: Rehearsal) -> None:
    """Find a task by the location, not by its contact."""
    contact_id, place = new_contact(ghl), ghl.account.location_id
    due = "2027-03-01T09:00:00Z"
    ghl.call(
        "contacts.create_task", contactId=contact_id, title="Call", dueDate=due, completed=False
    )
    found = ghl.call("locations.search_tasks", locationId=place, contactId=[contact_id])
    same([each["title"] for each in found["tasks"]], ["Call"])


def location_tags(ghl: Rehearsal) -> None:
    """Define, rename, list and delete a tag."""
    place = {"locationId": ghl.account.location_id}
    made = ghl.call("locations.create_tag", **place, name=f"tag {secrets.token_hex(4)}")["tag"]
    one = {**place, "tagId": made["id"]}
    same(ghl.call("locations.get_tag", **one)["tag"]["name"], made["name"])
    ghl.call("locations.update_tag", **one, name=f"tag {secrets.token_hex(4)}")
    listed = ghl.call("locations.list_tags", **place)["tags"]
    true(made["id"] in [each["id"] for each in listed], "the tag is not in the list")
    ghl.call("locations.delete_tag", **one)


def custom_fields(ghl: Rehearsal) -> None:
    """Define, change, read and delete a custom field."""
    place, name = {"locationId": ghl.account.location_id}, f"Field {secrets.token_hex(4)}"
    made = ghl.call(
        "locations.create_custom_field", **place, name=name, dataType="TEXT", model="contact"
    )
    one = {**place, "id": made["customField"]["id"]}
    same(ghl.call("locations.get_custom_field", **one)["customField"]["name"], name)
    ghl.call("locations.update_custom_field", **one, name=f"{name} more")
    ghl.call("locations.delete_custom_field", **one)


def custom_values(ghl: Rehearsal) -> None:
    """Define, change, read, list and delete a custom value."""
    place, name = {"locationId": ghl.account.location_id}, f"Value {secrets.token_hex(4)}"
    made = ghl.call("locations.create_custom_value", **place, name=name, value="1")
    one = {**place, "id": made["customValue"]["id"]}
    same(ghl.call("locations.get_custom_value", **one)["customValue"]["value"], "1")
    ghl.call("locations.update_custom_value", **one, name=f"{name} more", value="2")
    listed = ghl.call("locations.list_custom_values", **place)["customValues"]
    true(one["id"] in [each["id"] for each in listed], "the value is not in the list")
    ghl.call("locations.delete_custom_value", **one)


def life_of_a_location(ghl: Rehearsal) -> None:
    """Make a location, change it, delete it."""
    company = {"companyId": ghl.account.company_id}
    zones = ghl.call("locations.get_timezones", locationId=ghl.account.location_id)
    true(zones, "there are no time zones")
    made = ghl.call("locations.create", **company, name="Lakeside Brokers", country="US")
    one = {"locationId": made["id"]}
    changed = ghl.call("locations.update", **one, **company, name="Lakeside")
    same(changed["name"], "Lakeside")
    ghl.call("locations.delete", **one, deleteTwilioAccount="false")


def received(ghl: Rehearsal) -> None:
    """Receive a message, and send a file along."""
    place, contact_id = ghl.account.location_id, new_contact(ghl)
    found = ghl.call("conversations.search", locationId=place, contactId=contact_id)
    here = {"conversationId": found["conversations"][0]["id"], "contactId": contact_id}
    message = ghl.call(
        "conversations.add_inbound_message",
        type="SMS",
        **here,
        conversationProviderId=secrets.token_hex(12),
        message="Please call me",
    )
    true(message["messageId"], "the message has no id")
    ghl.call(
        "conversations.upload_attachments",
        **here,
        locationId=place,
        fileAttachment=("policy.txt", b"Covered", "text/plain"),
    )


def conversation_anew(ghl: Rehearsal) -> None:
    """Delete a conversation and make it anew."""
    place, contact_id = ghl.account.location_id, new_contact(ghl)
    found = ghl.call("conversations.search", locationId=place, contactId=contact_id)
    ghl.call("conversations.delete", conversationId=found["conversations"][0]["id"])
    ghl.call("conversations.create", locationId=place, contactId=contact_id)


def scheduled_messages(ghl: Rehearsal) -> None:
    """Schedule a message and an e-mail, and cancel both."""
    later = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
    contact_id = new_contact(ghl, phone="+12015550197")
    text = ghl.call(
        "conversations.send_message",
        type="SMS",
        contactId=contact_id,
        message="Later",
        scheduledTimestamp=later,
    )
    ghl.call("conversations.cancel_scheduled_message", messageId=text["messageId"])
    email = ghl.call(
        "conversations.send_message",
        type="Email",
        contactId=contact_id,
        subject="Later",
        html="<p>Later</p>",
        emailFrom=fresh_email(),
        scheduledTimestamp=later,
    )
    ghl.call("conversations.cancel_scheduled_email_message", emailMessageId=email["emailMessageId"])


def search_opportunities(ghl: Rehearsal) -> None:
    """Search by POST, and look at why opportunities are lost."""
    place = ghl.account.location_id
    found = ghl.call(
        "opportunities.search_advanced",
        locationId=place,
        query="",
        limit=10,
        page=1,
        searchAfter=[],
        additionalDetails={
            "notes": False,
            "tasks": False,
            "calendarEvents": False,
            "unReadConversations": False,
        },
    )
    true("opportunities" in found, "there is no list")
    ghl.call("opportunities.list_lost_reasons", locationId=place)


def snapshots(ghl: Rehearsal) -> None:
    """Share a snapshot, and look at where it was loaded."""
    company = {"companyId": ghl.account.company_id}
    snapshot = ghl.call("snapshots.list", **company)["snapshots"][0]["id"]
    ghl.call(
        "snapshots.create_snapshot_share_link",
        **company,
        snapshot_id=snapshot,
        share_type="link",
    )
    one = {**company, "snapshotId": snapshot}
    span = {"from": "2020-01-01", "to": "2030-01-01", "lastDoc": "", "limit": "10"}
    ghl.call("snapshots.get_snapshot_push", **one, **span)
    made = ghl.call("locations.create", **company, name="Loaded Brokers", snapshotId=snapshot)
    ghl.call("snapshots.get_latest_snapshot_push", **one, locationId=made["id"])


STORIES = (
    search_tasks,
    location_tags,
    custom_fields,
    custom_values,
    life_of_a_location,
    received,
    conversation_anew,
    scheduled_messages,
    search_opportunities,
    snapshots,
)
