"""The conversations of every location: each contact has one."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.conversations.kinds import NO_MESSAGE_YET
from instep.sandbox.gohighlevel.conversations.refusals import (
    conversation_exists,
    unknown_conversation,
)
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Conversation = dict[str, Any]
"""A conversation as it is kept. Times are in milliseconds.

A deleted one stays, marked, until its contact gets another: so it is not made again by itself.
"""


class Inbox:
    """Keeps conversations. A contact's is made when somebody first looks for it.

    To a client it looks as if it had been there since the contact (facts: ghl 6.6); made with
    each contact, it would make loading many slow.
    """

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._events = services.events
        self._lifecycle = services.lifecycle
        self._book = services.part(AddressBook)
        self.conversations = Collection(
            services.state,
            "conversations",
            {
                "location": lambda each: each["locationId"],
                "contact": lambda each: each["contactId"],
                "deleted": lambda each: int(each["deleted"]),
                "added": lambda each: each["dateAdded"],
                "last": lambda each: each["lastMessageDate"],
                "kind": lambda each: each["lastMessageType"],
                "direction": lambda each: each.get("lastMessageDirection"),
                "action": lambda each: each.get("lastOutboundMessageAction"),
                "unread": lambda each: each["unreadCount"],
                "starred": lambda each: int(each["starred"]),
            },
            ["location, deleted, last, id", "contact"],
        )
        services.lifecycle.follow("contact", Stage.DELETED, self.forget_contact)

    def get(self, conversation_id: str) -> Conversation:
        """Return a conversation. Raises Refusal if there is none."""
        found = self.conversations.first("id = ? AND deleted = 0", (conversation_id,))
        if found is None:
            raise unknown_conversation(conversation_id)
        return found

    def of_contact(self, contact: Contact) -> Conversation:
        """Return the contact's conversation; a new one if the last was deleted."""
        with self._state.transaction():
            found = self._kept(contact["id"])
            if found is not None and not found["deleted"]:
                return found
            return self._begin(contact, found)

    def create(self, contact: Contact) -> Conversation:
        """Begin a conversation. Raises Refusal unless the contact's last one was deleted."""
        with self._state.transaction():
            found = self._kept(contact["id"])
            if found is not None and found["deleted"]:
                return self._begin(contact, found)
        # outside the transaction, for the refusal must not undo what the first look made
        raise conversation_exists(self.of_contact(contact)["id"])

    def complete(self, location_id: str) -> None:
        """Make the conversations that contacts of this location do not have yet."""
        here = ("location = ?", (location_id,))
        if self.conversations.count(*here) == self._book.contacts.count(*here):
            return
        without = (
            "SELECT id, added FROM contacts "
            "WHERE location = ? AND id NOT IN (SELECT contact FROM conversations)"
        )
        with self._state.transaction():
            rows = self._state.execute(without, (location_id,)).fetchall()
            made = [_blank(location_id, contact_id, added) for contact_id, added in rows]
            self.conversations.put_many((each["id"], each) for each in made)

    def change(self, conversation_id: str, changes: dict[str, Any]) -> Conversation:
        """Put new values in. A new count of unread messages is told."""
        with self._state.transaction():
            before = self.get(conversation_id)
            after = {**before, **changes, "dateUpdated": self._clock.milliseconds()}
            self.conversations.put(conversation_id, after)
            if after["unreadCount"] != before["unreadCount"]:
                self._events.fire("ConversationUnreadUpdate", after["locationId"], _unread(after))
            return after

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation and what is in it. Raises Refusal if there is none."""
        with self._state.transaction():
            conversation = self.change(conversation_id, {"deleted": True})
            self._lifecycle.announce("conversation", Stage.DELETED, conversation)

    def forget_contact(self, contact: Contact) -> None:
        """Let the conversation of a deleted contact go."""
        found = self._kept(contact["id"])
        if found is not None:
            self.conversations.delete(found["id"])
            self._lifecycle.announce("conversation", Stage.DELETED, found)

    def _kept(self, contact_id: str) -> Conversation | None:
        return self.conversations.first("contact = ?", (contact_id,))

    def _begin(self, contact: Contact, deleted: Conversation | None) -> Conversation:
        if deleted is not None:
            self.conversations.delete(deleted["id"])
        since = self._clock.milliseconds() if deleted else contact["dateAdded"]
        conversation = _blank(contact["locationId"], contact["id"], since)
        self.conversations.put(conversation["id"], conversation)
        return conversation


def _blank(location_id: str, contact_id: str, moment: int) -> Conversation:
    return {
        "id": new_id(),
        "locationId": location_id,
        "contactId": contact_id,
        "deleted": False,
        "inbox": True,
        "starred": False,
        "unreadCount": 0,
        "dateAdded": moment,
        "dateUpdated": moment,
        "lastMessageDate": moment,
        "lastMessageBody": "",
        "lastMessageType": NO_MESSAGE_YET,
    }


def _unread(conversation: Conversation) -> dict[str, Any]:
    # facts: ghl 5.2
    names = ("id", "locationId", "contactId", "unreadCount", "inbox", "starred", "deleted")
    return {name: conversation[name] for name in names}
