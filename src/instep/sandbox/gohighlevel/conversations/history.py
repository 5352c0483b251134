"""What was said in a conversation: its messages, e-mails, recordings and transcriptions."""

from __future__ import annotations

from instep import catalogue
from instep.sandbox.gohighlevel.conversations.delivery import Message
from instep.sandbox.gohighlevel.conversations.inbox import Inbox
from instep.sandbox.gohighlevel.conversations.messages import Messages
from instep.sandbox.gohighlevel.conversations.recordings import (
    tone,
    transcript_file,
    transcription,
)
from instep.sandbox.gohighlevel.conversations.search import page_size
from instep.sandbox.gohighlevel.conversations.views import shown_email, shown_message
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation, Raw
from instep.sandbox.gohighlevel.refusals import bad_request, wrong_location
from instep.sandbox.gohighlevel.shapes import Shape, checked

_TYPES = next(
    frozenset(each.schema["enum"])
    for each in catalogue.get("conversations.list_messages").address().parameters
    if each.name == "type"
)


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


# the published list of types is that of one; several are separated by commas
_QUERY = Shape(
    {
        "type": checked(
            lambda value: set(_split(value)) <= _TYPES,
            f"be one of the following values: {', '.join(sorted(_TYPES))}",
        )
    },
    open_=True,
)


def list_messages(call: Call) -> JsonObject:
    """Return a page of a conversation's messages, the newest first."""
    conversation = call.reached(call.part(Inbox).get(call.path["conversationId"]))
    kinds = _split(call.query.get("type", ""))
    after = call.query.get("lastMessageId")
    found, more = call.part(Messages).page(conversation["id"], page_size(call.query), after, kinds)
    page = {
        "lastMessageId": found[-1]["id"] if found else "",
        "nextPage": more,
        "messages": [shown_message(each, call.now) for each in found],
    }
    # issue 54 of the official API's tracker: the real one is a level deeper than published
    return {"messages": page} if call.services.settings.nested_messages else page


def get_message(call: Call) -> JsonObject:
    """Return a message; an e-mail's text is asked for by the e-mail's own id."""
    return shown_message(call.reached(call.part(Messages).get(call.path["id"])), call.now)


def get_email(call: Call) -> JsonObject:
    """Return an e-mail."""
    return shown_email(call.reached(call.part(Messages).get_email(call.path["id"])), call.now)


def get_recording(call: Call) -> Raw:
    """Return the recording of a call."""
    _recorded_call(call)
    return Raw(tone(), "audio/x-wav", _as_file("audio.wav"))


def get_transcription(call: Call) -> JsonObject:
    """Return what was said in a call."""
    _recorded_call(call)
    return transcription()


def download_transcription(call: Call) -> Raw:
    """Return what was said in a call, as a file."""
    _recorded_call(call)
    return Raw(transcript_file(), "text/plain", _as_file("transcription.txt"))


def _as_file(name: str) -> dict[str, str]:
    # conversations.json names these headers, for one of the two without the quotation marks
    return {"Content-Disposition": f'Attachment; filename="{name}"'}


def _recorded_call(call: Call) -> Message:
    message = call.part(Messages).get(call.path["messageId"])
    if message["locationId"] != call.path["locationId"]:
        raise wrong_location()
    if not int(message.get("meta", {}).get("callDuration", 0)):
        # not in the facts: what the real one says of a message without a recording
        raise bad_request(f"Recording not found for message {message['id']}")
    return message


OPERATIONS = (
    Operation("conversations.list_messages", list_messages, query=_QUERY),
    Operation("conversations.get_message", get_message),
    Operation("conversations.get_email", get_email),
    Operation("conversations.get_recording", get_recording),
    Operation("conversations.get_transcription", get_transcription),
    Operation("conversations.download_transcription", download_transcription),
)
