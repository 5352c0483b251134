"""Sending messages, adding those that took place elsewhere, and saying how they fared."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.conversations.bodies import INBOUND, SEND
from instep.sandbox.gohighlevel.conversations.delivery import Message, wants_none
from instep.sandbox.gohighlevel.conversations.drafts import Draft, added, letter, outgoing
from instep.sandbox.gohighlevel.conversations.inbox import Conversation, Inbox
from instep.sandbox.gohighlevel.conversations.kinds import CALLS, EMAIL, KINDS
from instep.sandbox.gohighlevel.conversations.messages import Messages
from instep.sandbox.gohighlevel.conversations.refusals import do_not_disturb
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request, unprocessable
from instep.sandbox.gohighlevel.times import iso

_MOST_FILES = 5


def send(call: Call) -> JsonObject:
    """Send a message to a contact. It is delivered by itself, a little later."""
    contact = call.reached(call.part(AddressBook).get(call.body["contactId"]))
    kind = KINDS[call.body["type"]]
    if kind.channel and wants_none(contact, kind.channel):
        raise do_not_disturb(kind.channel)
    if kind.type in {KINDS["SMS"].type, KINDS["RCS"].type} and not _number(call, contact):
        # not in the facts; words that a public log of the real one shows
        raise bad_request("Missing phone number")
    conversation = call.part(Inbox).of_contact(contact)
    message, email_id = _put(call, conversation, contact, outgoing(call.body))
    answer = {
        "conversationId": conversation["id"],
        "messageId": message["id"],
        "status": message["status"],
        "msg": "Message queued successfully.",
    }
    return answer | ({"emailMessageId": email_id} if email_id else {})


def add_inbound(call: Call) -> JsonObject:
    """Add a message that a contact sent (or was sent) by other means."""
    if call.body["type"] == "Custom" and "conversationProviderId" not in call.body:
        # what issue 70 of the official API's tracker asks for; the real one answers with nothing
        raise bad_request("conversationProviderId required for custom providers")
    return _processed(call, added(call.body))


def add_call(call: Call) -> JsonObject:
    """Add a call that was made to the contact by other means."""
    return _processed(call, added({**call.body, "direction": "outbound"}))


def set_status(call: Call) -> JsonObject:
    """Say how a message fared.

    Only the app that carries a location's messages may; here the one app there is carries all.
    """
    messages = call.part(Messages)
    message = call.reached(messages.get(call.path["messageId"]))
    email_id = call.body.get("emailMessageId")
    if email_id and email_id not in message.get("emailIds", []):
        raise bad_request(f"Message with id {email_id} not found")
    after = messages.set_status(message["id"], call.body["status"], email_id)
    answer = {
        "conversationId": after["conversationId"],
        "messageId": after["id"],
        "status": after["status"],
    }
    return answer | ({"emailMessageId": email_id} if email_id else {})


def attach(call: Call) -> JsonObject:
    """Put files in place of those that a call has."""
    message = call.reached(call.part(Messages).get(call.path["messageId"]))
    # the published page: calls only, five files at most; not in the facts: the words, the reply
    if message["messageType"] not in CALLS:
        raise bad_request("Attachments can only be set on call messages")
    urls = call.body["attachments"]
    if len(urls) > _MOST_FILES:
        raise unprocessable([f"attachments must contain no more than {_MOST_FILES} elements"])
    call.part(Messages).set_attachments(message, urls)
    return {"success": True}


def cancel(call: Call) -> JsonObject:
    """Take back a message that is still to be sent."""
    return _cancelled(call, call.path["messageId"])


def cancel_email(call: Call) -> JsonObject:
    """Take back an e-mail that is still to be sent."""
    email = call.part(Messages).get_email(call.path["emailMessageId"])
    return _cancelled(call, email["threadId"])


def _cancelled(call: Call, message_id: str) -> JsonObject:
    messages = call.part(Messages)
    messages.cancel(call.reached(messages.get(message_id)))
    # not in the facts: the words
    return {"status": 200, "message": "The scheduled message was cancelled successfully"}


def _processed(call: Call, draft: Draft) -> JsonObject:
    conversation, contact = _addressed(call)
    message, email_id = _put(call, conversation, contact, draft)
    answer = {
        "success": True,
        "conversationId": conversation["id"],
        "messageId": message["id"],
        "message": "Message queued successfully.",
        "contactId": contact["id"],
        "dateAdded": iso(message["dateAdded"]),
    }
    return answer | ({"emailMessageId": email_id} if email_id else {})


def _addressed(call: Call) -> tuple[Conversation, Contact]:
    """Return the conversation and the contact that the body names, by either of them."""
    inbox, book = call.part(Inbox), call.part(AddressBook)
    if call.body.get("conversationId"):
        conversation = call.reached(inbox.get(call.body["conversationId"]))
        return conversation, book.get(conversation["contactId"])
    if not call.body.get("contactId"):
        # not in the facts: the words; that one of the two is needed is in the published page
        raise bad_request("conversationId or contactId is required")
    contact = call.reached(book.get(call.body["contactId"]))
    return inbox.of_contact(contact), contact


def _put(
    call: Call, conversation: Conversation, contact: Contact, draft: Draft
) -> tuple[Message, str | None]:
    """Put the message into the conversation; return it, and the e-mail's id if it is one."""
    messages = call.part(Messages)
    if draft["messageType"] != EMAIL:
        return messages.add(conversation, draft), None
    location: dict[str, Any] = call.services.company.locations[contact["locationId"]]
    office = f"{location['name']} <{location['email']}>"
    written = letter(call.body, contact, office, inbound=draft["direction"] == "inbound")
    message, email = messages.add_email(conversation, draft, written)
    return message, email["id"]


def _number(call: Call, contact: Contact) -> str | None:
    return call.body.get("toNumber") or contact.get("phone")


OPERATIONS = (
    Operation("conversations.send_message", send, body=SEND),
    Operation("conversations.add_inbound_message", add_inbound, body=INBOUND),
    Operation("conversations.add_outbound_call", add_call),
    Operation("conversations.update_message_status", set_status),
    Operation("conversations.add_message_attachments", attach),
    Operation("conversations.cancel_scheduled_message", cancel),
    Operation("conversations.cancel_scheduled_email_message", cancel_email),
)
