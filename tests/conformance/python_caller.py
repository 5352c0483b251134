"""The official Python SDK as a client: v3 view, one instance for each level of token."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable
from typing import Any, ClassVar

from highlevel import HighLevel
from highlevel.error import GHLError

from instep.catalogue import Operation
from tests.conformance.local_account import Account
from tests.conformance.rehearsal import Answer, Sending
from tests.conformance.sdk_python import CLIENT

_SERVICES = {"ad_manager": "ad_publishing", "social_media_posting": "social_planner"}
# where the SDK's own rule makes another name than ours
_METHODS = {"get-association-by-ID": "get_association_by_i_d"}
_HUMPS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


class PythonSdk:
    """Finds the SDK's method by the official id, and its arguments by their names."""

    name = CLIENT
    view = "v3"
    defects: ClassVar[dict[str, str]] = {
        "contacts.bulk_tags": "facts: ghl 8.1 c; the SDK sends a literal {type} in the path",
        **dict.fromkeys(
            (
                "blogs.update_post",
                "calendars.delete_appointment_note",
                "calendars.update_appointment_note",
                "conversations.get_email",
                "conversations.get_message",
                "locations.get_timezones",
                "users.delete",
                "users.update",
            ),
            "as facts: ghl 8.1 c; v3's spec declares no such path parameter, nor does the method",
        ),
        **dict.fromkeys(
            ("conversations.get_recording", "conversations.download_transcription"),
            "the SDK reads every answer as JSON; these are a sound and a text",
        ),
    }

    def __init__(self, account: Account, runner: asyncio.Runner) -> None:
        kind = type("LocalHighLevel", (HighLevel,), {"BASE_URL": account.url})
        self._runner = runner
        self._of_location = kind(
            private_integration_token=account.private_integration_token, log_level="none"
        )
        self._of_agency = kind(
            private_integration_token=account.agency_private_integration_token, log_level="none"
        )

    def offers(self, operation: Operation) -> bool:
        """Whether the SDK has a method for it, in its view."""
        return "v3" in operation.views and self._method(operation) is not None

    def send(self, sending: Sending) -> Answer:
        """Call the SDK's method."""
        method = self._method(sending.operation)
        if method is None:
            raise LookupError(sending.operation.id)
        given = {_snake(name): value for name, value in (sending.path | sending.query).items()}
        if "request_body" in inspect.signature(method).parameters:
            given["request_body"] = sending.body if sending.body is not None else {}
        try:
            return Answer(sending.address.status, self._runner.run(method(**given)))
        except GHLError as error:
            return Answer(error.status_code, error.response)

    def close(self) -> None:
        """Let go of sockets."""
        for client in (self._of_location, self._of_agency):
            self._runner.run(client.close())

    def _method(self, operation: Operation) -> Callable[..., Any] | None:
        if operation.official is None:
            return None
        agency = operation.address("v3").token.startswith("agency")
        client = self._of_agency if agency else self._of_location
        service = getattr(client, _SERVICES.get(operation.product, operation.product), None)
        name = _METHODS.get(operation.official) or _snake(operation.official)
        return getattr(service, name, None)


def _snake(name: str) -> str:
    return "_".join(word.lower() for word in _HUMPS.findall(name))
