"""The messages of every conversation, and the e-mails in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instep.sandbox.gohighlevel.conversations.delivery import Message, status_at
from instep.sandbox.gohighlevel.conversations.inbox import Conversation, Inbox
from instep.sandbox.gohighlevel.conversations.kinds import NO_MESSAGE_YET
from instep.sandbox.gohighlevel.conversations.refusals import unknown_message
from instep.sandbox.gohighlevel.conversations.views import told
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Email = dict[str, Any]
"""One e-mail. Its message is the thread: several e-mails may belong to it."""


class Messages:
    """Keeps messages. Their conversation shows the last of them, and counts the unread."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._events = services.events
        self._inbox = services.part(Inbox)
        inside = {
            "conversation": lambda each: each["conversationId"],
            # an e-mail waits by itself: its message is a whole thread
            "due": lambda each: each["dueAt"] if each.get("waits") else None,
        }
        self.kept = Collection(
            services.state,
            "messages",
            {
                **inside,
                "location": lambda each: each["locationId"],
                "contact": lambda each: each["contactId"],
                "added": lambda each: each["dateAdded"],
                "kind": lambda each: each["messageType"],
            },
            ["conversation, added, id", "location, added, id", "due"],
        )
        self._emails = Collection(
            services.state,
            "emails",
            {**inside, "message": lambda each: each["threadId"]},
            ["conversation", "message", "due"],
        )
        services.lifecycle.follow("conversation", Stage.DELETED, self.forget_conversation)

    def get(self, message_id: str) -> Message:
        """Return a message. Raises Refusal if there is none."""
        message = self.kept.get(message_id)
        if message is None:
            raise unknown_message(message_id)
        return message

    def get_email(self, email_id: str) -> Email:
        """Return an e-mail. Raises Refusal if there is none."""
        email = self._emails.get(email_id)
        if email is None:
            raise unknown_message(email_id)
        return email

    def page(
        self, conversation_id: str, size: int, after: str | None, kinds: Sequence[str]
    ) -> tuple[list[Message], bool]:
        """Return messages, the newest first, and whether there are more.

        `after` is the last message of the page before. Raises Refusal if it is unknown.
        """
        # facts: ghl 6.10
        where, values = "conversation = ?", [conversation_id]
        if kinds:
            where += f" AND kind IN ({', '.join('?' * len(kinds))})"
            values += kinds
        if after:
            last = self.get(after)
            where += " AND (added, id) < (?, ?)"
            values += [last["dateAdded"], after]
        found = self.kept.find(where, values, "added DESC, id DESC", size + 1)
        return found[:size], len(found) > size

    def has(self, conversation_id: str, kind: str) -> bool:
        """Whether the conversation holds a message of this kind."""
        found = self.kept.first("conversation = ? AND kind = ?", (conversation_id, kind))
        return found is not None

    def add(self, conversation: Conversation, draft: Mapping[str, Any]) -> Message:
        """Put a message in, and tell of it.

        It is later than the one before, unless `draft` says when it was (`dateAdded`). One that is
        to be sent later (`dueAt`) is told of when it falls due.
        """
        with self._state.transaction():
            message = self._made(conversation, draft)
            self._keep(conversation, message, None)
            return message

    def add_email(
        self, conversation: Conversation, draft: Mapping[str, Any], written: Mapping[str, Any]
    ) -> tuple[Message, Email]:
        """Put an e-mail in: into the thread of `replyToMessageId` or `threadId`, or a new one.

        `draft` is what its message has as any other, `written` what only an e-mail has.
        """
        with self._state.transaction():
            message = self._made(conversation, draft)
            email = {**message, **written, "id": new_id(), "threadId": message["id"]}
            message |= {"subject": written.get("subject"), "emailIds": [email["id"]]}
            thread = self._thread(conversation, written)
            if thread is not None:
                email["threadId"] = message["id"] = thread["id"]
                message["emailIds"] = [*thread["emailIds"], email["id"]]
            self._keep(conversation, message, email)
            return message, email

    def set_status(self, message_id: str, status: str, email_id: str | None) -> Message:
        """Say how a message fared; for an e-mail, that one of its thread too."""
        with self._state.transaction():
            settled = {"status": status, "settled": True, "waits": False}
            message = {**self.get(message_id), **settled}
            self.kept.put(message_id, message)
            for each in [email_id] if email_id else message.get("emailIds", []):
                self._emails.put(each, {**self.get_email(each), **settled})
            return message

    def set_attachments(self, message: Message, urls: Sequence[str]) -> Message:
        """Put these files in place of those a message has."""
        after = {**message, "attachments": list(urls)}
        self.kept.put(after["id"], after)
        return after

    def send_due(self) -> None:
        """Send the scheduled messages whose moment has come, and tell of each."""
        now = self._clock.milliseconds()
        due = ("due <= ?", (now,), "due, id")
        if not (self.kept.count(*due[:2]) or self._emails.count(*due[:2])):
            return
        with self._state.transaction():
            for message in self.kept.find(*due):
                self.kept.put(message["id"], {**message, "waits": False})
                self._tell(message, None, now)
            for email in self._emails.find(*due):
                self._emails.put(email["id"], {**email, "waits": False})
                self._tell(self.get(email["threadId"]), email, now)

    def cancel(self, message: Message) -> None:
        """Take a scheduled message back; the e-mails of its thread that were sent stay.

        Raises Refusal if it is not (or no longer) scheduled.
        """
        with self._state.transaction():
            now = self._clock.milliseconds()
            if status_at(message, now) != "scheduled":
                # the words of the specification's example
                raise bad_request("Failed cancel the scheduled message")
            self.kept.delete(message["id"])
            sent = []
            for email in map(self.get_email, message.get("emailIds", [])):
                if status_at(email, now) == "scheduled":
                    self._emails.delete(email["id"])
                else:
                    sent.append(email)
            if sent:
                self.kept.put(message["id"], _as_before(message, sent))
            self._show_what_is_left(message["conversationId"])

    def forget_conversation(self, conversation: Conversation) -> None:
        """Let the messages of a deleted conversation go."""
        for table in (self.kept.name, self._emails.name):
            self._state.execute(
                f"DELETE FROM {table} WHERE conversation = ?",  # noqa: S608 - declared names
                (conversation["id"],),
            )

    def _made(self, conversation: Conversation, draft: Mapping[str, Any]) -> Message:
        now = self._clock.milliseconds()
        moments = {"dateAdded": max(now, conversation["lastMessageDate"] + 1), "dueAt": now}
        return {"id": new_id(), **moments, **draft, **_place(conversation)}

    def _keep(self, conversation: Conversation, message: Message, email: Email | None) -> None:
        now = self._clock.milliseconds()
        waits = status_at(message, now) == "scheduled"
        if email is not None:
            self._emails.put(email["id"], {**email, "waits": waits})
        self.kept.put(message["id"], {**message, "waits": waits and email is None})
        self._show_last(conversation, message)
        if not waits:
            self._tell(message, email, now)

    def _tell(self, message: Message, email: Email | None, now: int) -> None:
        kind = "InboundMessage" if message["direction"] == "inbound" else "OutboundMessage"
        self._events.fire(kind, message["locationId"], told(message, email, now))

    def _thread(self, conversation: Conversation, written: Mapping[str, Any]) -> Message | None:
        reply, thread_id = written.get("replyToMessageId"), written.get("threadId")
        if reply and (email := self._emails.get(reply)):
            thread_id = email["threadId"]
        found = self.kept.get(thread_id) if thread_id else None
        fits = found and found["conversationId"] == conversation["id"] and "emailIds" in found
        return found if fits else None

    def _show_last(self, conversation: Conversation, message: Message) -> None:
        changes: dict[str, Any] = {}
        if message["dateAdded"] >= conversation["lastMessageDate"]:
            changes = _as_last(message)
        if message["direction"] == "inbound":
            changes["unreadCount"] = conversation["unreadCount"] + 1
        else:
            # not in the facts: what an app sends counts as automated
            changes["lastOutboundMessageAction"] = "automated"
        self._inbox.change(conversation["id"], changes)

    def _show_what_is_left(self, conversation_id: str) -> None:
        conversation = self._inbox.get(conversation_id)
        left, _ = self.page(conversation_id, 1, None, [])
        if left:
            self._inbox.change(conversation_id, _as_last(left[0]))
            return
        nothing = {
            "lastMessageType": NO_MESSAGE_YET,
            "lastMessageBody": "",
            "lastMessageDate": conversation["dateAdded"],
        }
        self._inbox.change(conversation_id, nothing)


def _place(conversation: Conversation) -> dict[str, str]:
    return {
        "conversationId": conversation["id"],
        "contactId": conversation["contactId"],
        "locationId": conversation["locationId"],
    }


def _as_before(message: Message, sent: list[Email]) -> Message:
    """Return a thread as its last e-mail that was sent left it."""
    names = ("dateAdded", "dueAt", "status", "settled", "direction", "subject", "body")
    last = {name: sent[-1][name] for name in names}
    return {**message, **last, "emailIds": [each["id"] for each in sent]}


def _as_last(message: Message) -> dict[str, Any]:
    return {
        "lastMessageBody": message.get("body") or message.get("subject") or "",
        "lastMessageDate": message["dateAdded"],
        "lastMessageType": message["messageType"],
        "lastMessageDirection": message["direction"],
    }
