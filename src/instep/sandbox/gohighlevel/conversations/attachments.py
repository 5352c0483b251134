"""Files that are sent along: taken in, kept, and given to whoever has their address."""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from urllib.parse import quote

from instep.sandbox.gohighlevel.conversations.bodies import UPLOAD
from instep.sandbox.gohighlevel.conversations.inbox import Conversation, Inbox
from instep.sandbox.gohighlevel.conversations.refusals import upload_refused
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation, Raw
from instep.sandbox.gohighlevel.reading import Upload
from instep.sandbox.gohighlevel.refusals import bad_request, no_route
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

PREFIX = "/files/"
"""Where files are found. Like the real ones they need no token; their address is not guessed."""

# the published page of the upload names the kinds; 5 MB is what other channels than WhatsApp take
_KINDS = frozenset("jpg jpeg png mp4 mpeg zip rar pdf doc docx txt mp3 wav".split())  # noqa: SIM905 - read as in the page
_LARGEST = 5 * 1024 * 1024
_FIELD = "fileAttachment"
_UNKNOWN = "application/octet-stream"


class Attachments:
    """Keeps files until their conversation goes."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._files = Collection(
            services.state,
            "attachments",
            {"conversation": lambda each: each["conversationId"]},
            ["conversation"],
        )
        services.lifecycle.follow("conversation", Stage.DELETED, self.forget_conversation)

    def add(self, conversation: Conversation, upload: Upload) -> str:
        """Keep a file; return the path it is found at. Raises Refusal by kind and size."""
        name = PurePosixPath(upload.name.replace("\\", "/")).name
        if PurePosixPath(name).suffix.lstrip(".").lower() not in _KINDS:
            raise upload_refused(415, "Unsupported file type")
        if len(upload.content) > _LARGEST:
            raise upload_refused(413, "Failed to upload the files")
        identifier = new_id()
        kept = {
            "conversationId": conversation["id"],
            # what is not ASCII could stand in no header
            "mediaType": upload.media_type if upload.media_type.isascii() else _UNKNOWN,
            "content": base64.b64encode(upload.content).decode(),
        }
        self._files.put(identifier, kept)
        return f"{PREFIX}{identifier}/{quote(name)}"

    def read(self, path: str) -> Raw:
        """Return the file at this path. Raises Refusal if there is none (any more)."""
        identifier = path.removeprefix(PREFIX).partition("/")[0]
        kept = self._files.get(identifier)
        if kept is None:
            raise no_route("GET", path)
        return Raw(base64.b64decode(kept["content"]), kept["mediaType"])

    def forget_conversation(self, conversation: Conversation) -> None:
        """Let the files of a deleted conversation go."""
        self._state.execute(
            f"DELETE FROM {self._files.name} WHERE conversation = ?",  # noqa: S608 - declared name
            (conversation["id"],),
        )


def upload(call: Call) -> JsonObject:
    """Take files in; return where each of them is found, by its name."""
    conversation = call.reached(call.part(Inbox).get(call.body["conversationId"]))
    files = [each for name in call.files for each in call.files[name] if name.startswith(_FIELD)]
    if not files:
        # not in the facts: the words
        raise bad_request(f"{_FIELD} is required")
    attachments = call.part(Attachments)
    with call.services.state.transaction():
        paths = {each.name: attachments.add(conversation, each) for each in files}
    return {"uploadedFiles": {name: f"{call.url}{path}" for name, path in paths.items()}}


OPERATIONS = (Operation("conversations.upload_attachments", upload, body=UPLOAD),)
