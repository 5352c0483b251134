"""How a message fares once it was sent, and whom it may be sent to: decided from plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Message = dict[str, Any]
"""A message as it is kept. Times are in milliseconds.

`status` is what it was sent with; while `settled` is False it moves on by itself (`status_at`).
"""

# not in the facts: how long it takes
_SENT_AFTER = 1_000
_DELIVERED_AFTER = 2_000


def status_at(message: Mapping[str, Any], moment: int) -> str:
    """Return a message's status at this moment: scheduled, pending, sent, then delivered."""
    status: str = message["status"]
    if message["settled"]:
        return status
    age = moment - message["dueAt"]
    if age < 0:
        return "scheduled"
    if age < _SENT_AFTER:
        return "pending"
    return "sent" if age < _DELIVERED_AFTER else "delivered"


def wants_none(contact: Mapping[str, Any], channel: str) -> bool:
    """Whether the contact wants no messages on this channel.

    A setting of the channel decides; where there is none, the contact's `dnd` stands for all.
    """
    # facts: ghl 6.6 (active is do-not-disturb on: inferred)
    setting = contact.get("dndSettings", {}).get(channel)
    if setting is not None:
        return setting["status"] in {"active", "permanent"}
    return bool(contact.get("dnd"))


def duration_of(call_status: str, seconds: int) -> int:
    """Return how long a call with this status lasted: only one that was taken has a length."""
    return seconds if call_status in {"completed", "answered", "voicemail"} else 0
