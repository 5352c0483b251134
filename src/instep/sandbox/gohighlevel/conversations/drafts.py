"""Turns what a client sent into a message as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.contacts.values import Contact, full_name
from instep.sandbox.gohighlevel.conversations.delivery import duration_of
from instep.sandbox.gohighlevel.conversations.kinds import CALLS, KINDS
from instep.sandbox.gohighlevel.conversations.recordings import SECONDS
from instep.sandbox.gohighlevel.refusals import bad_request, unprocessable
from instep.sandbox.gohighlevel.times import moment

Draft = dict[str, Any]
Body = Mapping[str, Any]


def outgoing(body: Body) -> Draft:
    """Return a message to be sent, now or at `scheduledTimestamp` (in seconds).

    It moves on from pending to delivered by itself, unless the client says how it fared.
    """
    draft = _plain(body, "outbound")
    later = "scheduledTimestamp" in body
    draft |= {"source": "api", "status": body.get("status", "pending")}
    draft["settled"] = "status" in body and not later
    if later:
        draft["dueAt"] = int(body["scheduledTimestamp"] * 1000)
    return draft


def added(body: Body) -> Draft:
    """Return a message or call that took place elsewhere. Raises Refusal if `date` is none."""
    draft = _plain(body, body.get("direction", "inbound"))
    draft |= {"status": "delivered", "settled": True, **_called(body)}
    if "date" in body:
        when = moment(body["date"])
        if when is None:
            raise unprocessable(["date must be a valid ISO 8601 date string"])
        draft["dateAdded"] = when
    return draft


def letter(body: Body, contact: Contact, office: str, *, inbound: bool) -> Draft:
    """Return what only an e-mail has. Raises Refusal if the contact has no address."""
    address = contact.get("email")
    if not (address or body.get("emailTo") or inbound):
        # not in the facts; words that a public log of the real one shows
        raise bad_request("Unable to send e-mail, contact's e-mail is invalid")
    person = f"{full_name(contact)} <{address}>".strip()
    theirs = body.get("emailFrom") or person
    ours = body.get("emailFrom") or office
    return {
        "subject": body.get("subject", ""),
        "body": body.get("html") or body.get("message", ""),
        "contentType": "text/html" if body.get("html") else "text/plain",
        "provider": "Leadconnector",
        "from": theirs if inbound else ours,
        "to": [body.get("emailTo") or (office if inbound else address)],
        "cc": body.get("emailCc", []),
        "bcc": body.get("emailBcc", []),
        "threadId": body.get("threadId"),
        "replyToMessageId": body.get("replyMessageId") or body.get("emailMessageId"),
        "altId": body.get("altId"),
    }


def _plain(body: Body, direction: str) -> Draft:
    draft = {
        "messageType": KINDS[body["type"]].type,
        "direction": direction,
        "body": body.get("message") or body.get("html", ""),
        "contentType": "text/plain",
        "attachments": body.get("attachments", []),
    }
    if "conversationProviderId" in body:
        draft["conversationProviderId"] = body["conversationProviderId"]
    return draft


def _called(body: Body) -> Draft:
    """Return what only a call has: how it went and how long it took."""
    if KINDS[body["type"]].type not in CALLS:
        return {}
    status = body.get("call", {}).get("status", "completed")
    length = str(duration_of(status, SECONDS))
    # the specification has the length as a text; a message's status knows fewer words
    return {
        "meta": {"callDuration": length, "callStatus": status},
        "status": "pending" if status == "pending" else "delivered" if int(length) else "failed",
    }
