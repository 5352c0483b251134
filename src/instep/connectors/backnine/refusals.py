"""What BackNine's refusals mean. How they look is not public, so they are read by status alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from instep.core.errors import InstepError, UserError
from instep.sdk.refusals import by_status
from instep.sdk.request import Reply, Request

_UNKNOWN_ADDRESS = 404
_UNSAID = "its words are not repeated."


def meaning(request: Request, reply: Reply) -> InstepError | None:
    """Return the error behind a refusal, without its words: nobody knows whom they are about."""
    if reply.status == _UNKNOWN_ADDRESS:
        return UserError(
            f"BackNine does not know {request.path}. Check the base_url of the connection."
        )
    return by_status("BackNine", request, replace(reply, body=_UNSAID), datetime.now(UTC))
