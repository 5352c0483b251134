"""A conversation: messages both ways, their status, a recorded call."""

from __future__ import annotations

from tests.conformance.local_account import fresh_email
from tests.conformance.rehearsal import Rehearsal, same, true
from tests.conformance.stories.contacts import new_contact

_PROVIDER = "61d6d1f9cdac7612faf80753"  # any id of that form: a provider of one's own


def conversation(ghl: Rehearsal) -> None:
    """Find a contact's conversation, send into it, read it, mark it read."""
    place, contact_id = ghl.account.location_id, new_contact(ghl, phone="+12015550199")
    sent = ghl.call("conversations.send_message", type="SMS", contactId=contact_id, message="Hello")
    found = ghl.call("conversations.search", locationId=place, contactId=contact_id)
    same([each["id"] for each in found["conversations"]], [sent["conversationId"]])
    here = {"conversationId": sent["conversationId"]}
    same(ghl.call("conversations.get", **here)["contactId"], contact_id)
    page = ghl.call("conversations.list_messages", **here)
    listed = page["messages"]
    listed = listed["messages"] if isinstance(listed, dict) else listed
    same([each["id"] for each in listed], [sent["messageId"]])
    same(ghl.call("conversations.get_message", id=sent["messageId"])["body"], "Hello")
    ghl.call("conversations.update_message_status", messageId=sent["messageId"], status="delivered")
    same(ghl.call("conversations.get_message", id=sent["messageId"])["status"], "delivered")
    ghl.call("conversations.update", **here, locationId=place, unreadCount=0)


def email(ghl: Rehearsal) -> None:
    """Send an e-mail and read it back."""
    contact_id = new_contact(ghl)
    sent = ghl.call(
        "conversations.send_message",
        type="Email",
        contactId=contact_id,
        subject="Your policy",
        html="<p>Attached</p>",
        emailFrom=fresh_email(),
    )
    read = ghl.call("conversations.get_email", id=sent["emailMessageId"])
    same((read["subject"], read["contactId"]), ("Your policy", contact_id))


def call(ghl: Rehearsal) -> None:
    """Log a call; it has a recording and a transcription."""
    place, contact_id = ghl.account.location_id, new_contact(ghl, phone="+12015550198")
    sent = ghl.call(
        "conversations.send_message", type="SMS", contactId=contact_id, message="May I call?"
    )
    logged = ghl.call(
        "conversations.add_outbound_call",
        type="Call",
        conversationId=sent["conversationId"],
        conversationProviderId=_PROVIDER,
        call={"to": "+12015550198", "from": "+12015550100", "status": "completed"},
    )
    here = {"locationId": place, "messageId": logged["messageId"]}
    sound = ghl.call("conversations.get_recording", **here)
    true(len(sound) > 1000, "the recording is not a sound")
    true(ghl.call("conversations.get_transcription", **here), "there is no transcription")
    text = ghl.call("conversations.download_transcription", **here)
    true(text, "the transcription is empty")
    files = ["https://files.example.com/notes.pdf"]
    message = {"messageId": logged["messageId"]}
    ghl.call("conversations.add_message_attachments", **message, attachments=files)
    exported = ghl.call(
        "conversations.export_messages_by_location", locationId=place, contactId=contact_id
    )
    same([each["id"] for each in exported["messages"]], [logged["messageId"], sent["messageId"]])


def live_chat(ghl: Rehearsal) -> None:
    """Say that somebody is typing."""
    contact_id = new_contact(ghl)
    sent = ghl.call(
        "conversations.send_message", type="Live_Chat", contactId=contact_id, message="Hi"
    )
    typing = ghl.call(
        "conversations.agent_typing",
        locationId=ghl.account.location_id,
        isTyping="true",
        visitorId="visitor-1",
        conversationId=sent["conversationId"],
    )
    same(typing["success"], True)


STORIES = (conversation, email, call, live_chat)
