"""What GoHighLevel's refusals mean. Its status codes alone would mislead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from instep.connectors.gohighlevel.limits import observed, window
from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    Gone,
    InstepError,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    UserError,
)
from instep.sdk.messages import sentence_of
from instep.sdk.request import Reply, Request

_NOT_FOUND = re.compile(r"contact\b.*\bnot found", re.IGNORECASE)


def meaning(request: Request, reply: Reply) -> InstepError | None:
    """Return the error behind a refusal; None where the status says it all."""
    read = _BY_STATUS.get(reply.status)
    return read(request, reply, sentence_of(reply)) if read else None


def _unauthorised(request: Request, _reply: Reply, words: str) -> InstepError:
    """Tell the four kinds of 401 apart: only a token's own 401 is cured by a new token."""
    # facts: ghl 3.5, 7 row 12
    said = words.lower()
    if "not authorized for this scope" in said:
        scope = _scope(request)
        return ScopeMissing(
            f"The GoHighLevel credential lacks the scope {scope}; grant it and connect again.",
            scope,
        )
    if "authclass" in said:
        return AccountDenied(
            "The GoHighLevel credential is of the wrong level (agency or location) for this call."
        )
    if "version header" in said:
        return _version(words)
    return ConnectionBroken(
        f"GoHighLevel refuses the credential ({words}). It takes a private integration token "
        "(pit-...) or an OAuth 2.0 connection; create a new one and connect again."
    )


def _scope(request: Request) -> str:
    reads = request.method == "GET" or request.path.endswith("/search")
    return "contacts.readonly" if reads else "contacts.write"


def _version(words: str) -> UserError:
    # facts: ghl 2.2
    return UserError(
        f"GoHighLevel does not serve the API version this connector speaks ({words}). "
        "Update Instep."
    )


def _forbidden(_request: Request, reply: Reply, words: str) -> InstepError:
    if not isinstance(reply.body, dict):
        # facts: ghl 3.5, last row: the firewall before the API answers in HTML
        return RetryLater(
            "GoHighLevel's firewall turned the call away before it reached the API. "
            "If this goes on, look at the proxy between Instep and the internet."
        )
    return AccountDenied(
        f"GoHighLevel: {words} Check that the location id belongs to this credential."
    )


def _refused(_request: Request, reply: Reply, words: str) -> InstepError:
    """Read a 400: it is also how an unknown contact and a duplicate are told."""
    # facts: ghl 6.4, 6.5
    if _NOT_FOUND.search(words):
        return Gone(f"GoHighLevel: {words}")
    if "not available in api version" in words.lower():
        return _version(words)
    meta = reply.body.get("meta") if isinstance(reply.body, dict) else None
    if isinstance(meta, dict) and meta.get("contactId"):
        return Duplicate(f"GoHighLevel: {words}", meta["contactId"], meta.get("matchingField"))
    return RecordRejected(f"GoHighLevel: {words}")


def _unprocessable(_request: Request, _reply: Reply, words: str) -> InstepError:
    return RecordRejected(f"GoHighLevel: {words}")


def _unknown_route(request: Request, _reply: Reply, words: str) -> InstepError:
    """Read a 404: an unknown contact is a 400, so this is an unknown address."""
    # facts: ghl 6.5
    if _NOT_FOUND.search(words):
        return Gone(f"GoHighLevel: {words}")
    return UserError(
        f"GoHighLevel does not know {request.method} {request.path}. Check the base_url."
    )


def _too_many(_request: Request, reply: Reply, _words: str) -> InstepError:
    seen = observed(reply)
    if seen.daily_left == 0:
        return DailyLimit("GoHighLevel's daily quota is used up.", seen.daily_resets_at)
    # facts: ghl 4 (there is no Retry-After)
    return RetryLater("GoHighLevel asks for fewer calls.", datetime.now(UTC) + window(reply))


_BY_STATUS: dict[int, Callable[[Request, Reply, str], InstepError]] = {
    400: _refused,
    401: _unauthorised,
    403: _forbidden,
    404: _unknown_route,
    422: _unprocessable,
    429: _too_many,
}
