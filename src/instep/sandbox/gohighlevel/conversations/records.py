"""Conversations: the operations on them, and the sign that somebody types."""

from __future__ import annotations

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.conversations.inbox import Conversation, Inbox
from instep.sandbox.gohighlevel.conversations.kinds import LIVE_CHAT
from instep.sandbox.gohighlevel.conversations.messages import Messages
from instep.sandbox.gohighlevel.conversations.search import find_conversations
from instep.sandbox.gohighlevel.conversations.views import changed, created, detailed, found
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request

_CHANGEABLE = ("unreadCount", "starred", "feedback")


def search(call: Call) -> JsonObject:
    """Return the conversations that meet the filters, those with the newest messages first."""
    page, total = find_conversations(call.services, call.query["locationId"], call.query)
    return {"conversations": [found(*each) for each in page], "total": total}


def create(call: Call) -> JsonObject:
    """Begin a conversation with a contact; refused as long as there is one."""
    contact = call.reached(call.part(AddressBook).get(call.body["contactId"]))
    conversation = call.part(Inbox).create(contact)
    return {"success": True, "conversation": created(conversation, contact)}


def get(call: Call) -> JsonObject:
    """Return a conversation."""
    conversation = _conversation(call)
    return detailed(conversation, _contact(call, conversation))


def update(call: Call) -> JsonObject:
    """Mark a conversation as read, unread or starred."""
    # facts: ghl 1, note on Update Message Status (unreadCount is how a conversation is read)
    conversation = _conversation(call)
    changes = {name: call.body[name] for name in _CHANGEABLE if name in call.body}
    after = call.part(Inbox).change(conversation["id"], changes)
    return {"success": True, "conversation": changed(after, _contact(call, after))}


def delete(call: Call) -> JsonObject:
    """Delete a conversation and its messages. The second time it is unknown."""
    call.part(Inbox).delete(_conversation(call)["id"])
    return {"success": True}


def show_typing(call: Call) -> JsonObject:
    """Show a live chat's visitor that somebody types. Nothing is kept of it."""
    conversation = call.reached(call.part(Inbox).get(call.body["conversationId"]))
    # facts: ghl 1, note on Agent Typing Indicator (live chat only); the words are not known
    if not call.part(Messages).has(conversation["id"], LIVE_CHAT):
        raise bad_request("The conversation has no live chat")
    return {"success": True}


def _conversation(call: Call) -> Conversation:
    return call.reached(call.part(Inbox).get(call.path["conversationId"]))


def _contact(call: Call, conversation: Conversation) -> Contact:
    return call.part(AddressBook).get(conversation["contactId"])


OPERATIONS = (
    Operation("conversations.search", search),
    Operation("conversations.create", create),
    Operation("conversations.get", get),
    Operation("conversations.update", update),
    Operation("conversations.delete", delete),
    Operation("conversations.agent_typing", show_typing),
)
