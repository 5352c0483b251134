"""How conversations, messages and e-mails are shown, and told of in events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instep.sandbox.gohighlevel.contacts.values import Contact, full_name
from instep.sandbox.gohighlevel.conversations.delivery import Message, status_at
from instep.sandbox.gohighlevel.conversations.inbox import Conversation
from instep.sandbox.gohighlevel.conversations.kinds import BY_TYPE, EMAIL
from instep.sandbox.gohighlevel.times import iso

JsonObject = dict[str, Any]

_PHONE, _PHONE_NUMBER = "TYPE_PHONE", 1
_PLACE = ("locationId", "contactId", "conversationId")


def found(conversation: Conversation, contact: Contact) -> JsonObject:
    """Show a conversation as a search does, with what is known of its contact.

    `sort` is what `startAfterDate` takes for the next page.
    """
    name = full_name(contact)
    return {
        **_picked(conversation, ("id", "locationId", "contactId", "unreadCount", "starred")),
        **_picked(
            conversation,
            ("dateAdded", "dateUpdated", "lastMessageDate", "lastMessageBody", "lastMessageType"),
        ),
        **_picked(conversation, ("lastMessageDirection", "lastOutboundMessageAction")),
        "type": _PHONE,
        "fullName": name,
        "contactName": name or contact.get("companyName", ""),
        "companyName": contact.get("companyName"),
        "email": contact.get("email", ""),
        "phone": contact.get("phone", ""),
        "tags": contact["tags"],
        "followers": contact.get("followers", []),
        "assignedTo": contact.get("assignedTo"),
        "sort": [conversation["lastMessageDate"]],
    }


def detailed(conversation: Conversation, contact: Contact) -> JsonObject:
    """Show one conversation. It is assigned to whom its contact is assigned."""
    names = ("id", "locationId", "contactId", "deleted", "inbox", "unreadCount", "starred")
    shown = {**_picked(conversation, names), "type": _PHONE_NUMBER}
    return shown | _picked(contact, ("assignedTo",))


def changed(conversation: Conversation, contact: Contact) -> JsonObject:
    """Show a conversation as an update does."""
    shown = detailed(conversation, contact)
    del shown["type"]
    return {
        **shown,
        **_picked(conversation, ("lastMessageBody", "lastMessageType")),
        "lastMessageDate": iso(conversation["lastMessageDate"]),
    }


def created(conversation: Conversation, contact: Contact) -> JsonObject:
    """Show a conversation as its creation does."""
    times = ("dateAdded", "dateUpdated", "lastMessageDate")
    return {
        **_picked(conversation, ("id", "locationId", "contactId", "deleted")),
        **{name: iso(conversation[name]) for name in times},
        **_picked(contact, ("assignedTo",)),
    }


def shown_message(message: Message, moment: int) -> JsonObject:
    """Show a message as at this moment. The body of an e-mail is not in it, only its id."""
    shown = {
        "id": message["id"],
        "type": BY_TYPE[message["messageType"]].number,
        "messageType": message["messageType"],
        **_picked(message, _PLACE),
        "dateAdded": iso(message["dateAdded"]),
        **_picked(message, ("body", "direction")),
        "status": status_at(message, moment),
        **_picked(message, ("contentType", "attachments", "source")),
        **_picked(message, ("userId", "conversationProviderId", "meta")),
    }
    if message["messageType"] == EMAIL:
        # as issue 40 of the official API's tracker says
        shown.pop("body", None)
        shown["meta"] = {"email": {"messageIds": message["emailIds"]}}
    return shown


def shown_email(email: JsonObject, moment: int) -> JsonObject:
    """Show one e-mail as at this moment."""
    return {
        **_picked(email, ("id", "altId", "threadId", *_PLACE)),
        "dateAdded": iso(email["dateAdded"]),
        **_picked(email, ("subject", "body", "direction")),
        "status": status_at(email, moment),
        **_picked(email, ("contentType", "attachments", "provider", "from", "to", "cc", "bcc")),
        **_picked(email, ("replyToMessageId", "source", "conversationProviderId")),
    }


def told(message: Message, email: JsonObject | None, moment: int) -> JsonObject:
    """Return what the events InboundMessage and OutboundMessage say."""
    # facts: ghl 5.2; the examples of the events' pages (calls have their length as a number)
    record = {
        **_picked(message, (*_PLACE, "attachments", "body", "contentType", "direction", "source")),
        "messageId": message["id"],
        "messageType": BY_TYPE[message["messageType"]].event,
        "dateAdded": iso(message["dateAdded"]),
        "status": status_at(message, moment),
        **_picked(message, ("userId", "conversationProviderId")),
    }
    if call := message.get("meta"):
        status = call["callStatus"]
        duration = int(call["callDuration"])
        record |= {"status": status, "callStatus": status, "callDuration": duration}
    if email is not None:
        record |= _picked(email, ("body", "threadId", "subject", "from", "to", "cc", "bcc"))
        record |= {"emailMessageId": email["id"], "provider": email["provider"]}
    return record


def _picked(record: JsonObject, names: Iterable[str]) -> JsonObject:
    """Return these of the record's values, as far as it has them."""
    return {name: record[name] for name in names if record.get(name) is not None}
