"""The kinds of messages: what a client calls them, and what replies call them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `channel` is the do-not-disturb channel that stops it; `event` its webhook name."""

    type: str
    number: int
    event: str
    channel: str | None = None


# 1, 2, 3 and 34 are in the specification; the other numbers follow from the place in its list of
# types, which these four confirm: inferred. That RCS comes last is a guess.
KINDS = {
    "Call": Kind("TYPE_CALL", 1, "CALL", "Call"),
    "SMS": Kind("TYPE_SMS", 2, "SMS", "SMS"),
    "Email": Kind("TYPE_EMAIL", 3, "Email", "Email"),
    "WebChat": Kind("TYPE_WEBCHAT", 5, "WebChat"),
    "Campaign_Call": Kind("TYPE_CAMPAIGN_CALL", 8, "CALL"),
    "Campaign_VoiceMail": Kind("TYPE_CAMPAIGN_VOICEMAIL", 10, "VoiceMail"),
    "FB": Kind("TYPE_FACEBOOK", 11, "FB", "FB"),
    "GMB": Kind("TYPE_GMB", 15, "GMB", "GMB"),
    "IG": Kind("TYPE_INSTAGRAM", 18, "IG"),
    "WhatsApp": Kind("TYPE_WHATSAPP", 19, "WhatsApp", "WhatsApp"),
    "Custom": Kind("TYPE_CUSTOM_SMS", 20, "Custom", "SMS"),
    "IVR_Call": Kind("TYPE_IVR_CALL", 24, "CALL"),
    "Live_Chat": Kind("TYPE_LIVE_CHAT", 29, "Live_Chat"),
    "ALL_IN_ONE_CHAT": Kind("TYPE_LIVE_CHAT", 29, "Live_Chat"),
    "TIKTOK": Kind("TYPE_TIKTOK", 37, "TIKTOK"),
    "FORM_SUBMISSION": Kind("TYPE_FORM_SUBMISSION", 40, "FORM_SUBMISSION"),
    "RCS": Kind("TYPE_RCS", 42, "RCS", "SMS"),
}

EMAIL = KINDS["Email"].type
LIVE_CHAT = KINDS["Live_Chat"].type
CALLS = frozenset(kind.type for kind in KINDS.values() if kind.event in {"CALL", "VoiceMail"})
BY_TYPE = {kind.type: kind for kind in reversed(KINDS.values())}

# what a conversation without a message shows; a contact's coming into being is an activity in it
NO_MESSAGE_YET = "TYPE_ACTIVITY_CONTACT"
