"""The words that conversations and messages are refused in."""

from __future__ import annotations

from instep.sandbox.gohighlevel.refusals import Refusal, bad_request


def unknown_conversation(conversation_id: str) -> Refusal:
    """Refuse a conversation that is not there (any more)."""
    # the words of issue 39 of the official API's tracker
    return bad_request(f"Conversation with id {conversation_id} not found")


def unknown_message(message_id: str) -> Refusal:
    """Refuse a message that is not there; not in the facts: worded like a conversation's."""
    return bad_request(f"Message with id {message_id} not found")


def conversation_exists(conversation_id: str) -> Refusal:
    """Refuse a second conversation with a contact; the first one's id is named."""
    # facts: ghl 6.6
    return bad_request(
        "Conversation already exists",
        canonicalCode="CONVERSATIONS_CONVERSATION_ALREADY_EXISTS",
        conversationId=conversation_id,
    )


def do_not_disturb(channel: str) -> Refusal:
    """Refuse a message to a contact who wants none on this channel."""
    # not in the facts; the words that several public integrations recorded and match on
    return bad_request(f"Cannot send message as DND is active for {channel}.")


def upload_refused(status: int, message: str) -> Refusal:
    """Refuse a file: 413 if too large, 415 if of a kind that is not taken."""
    # the specification's own shape for uploads
    return Refusal(status, {"status": status, "message": message})
