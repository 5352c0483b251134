"""What Insightly's refusals mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from instep.connectors.insightly.limits import next_midnight, quota_is_used_up, retry_after
from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    Gone,
    InstepError,
    RecordRejected,
    RetryLater,
    UserError,
    VersionStale,
)
from instep.sdk.messages import sentence_of
from instep.sdk.refusals import used_up
from instep.sdk.request import Reply, Request

_OF_ONE_RECORD = re.compile(r"/[A-Za-z]+/\d+(/[A-Za-z]+)?$")


def meaning(request: Request, reply: Reply) -> InstepError | None:
    """Return the error behind a refusal; None where the status says it all."""
    read = _BY_STATUS.get(reply.status)
    return read(request, reply, sentence_of(reply)) if read else None


def _rejected(request: Request, _reply: Reply, words: str) -> InstepError:
    # a stale version is a 400 that names the header, not the documented 412 (facts: apps 1.2)
    if "If-Match" in request.headers and "if-match" in words.lower():
        return _stale(request, _reply, words)
    return RecordRejected(f"Insightly: {words}")


def _stale(_request: Request, _reply: Reply, _words: str) -> InstepError:
    return VersionStale("The record was changed in Insightly since it was read.")


def _unauthorised(_request: Request, _reply: Reply, _words: str) -> InstepError:
    return ConnectionBroken(
        "Insightly refuses the API key. Copy key and pod again from User Settings > API and "
        "connect again."
    )


def _forbidden(request: Request, _reply: Reply, words: str) -> InstepError:
    """Read a 403: a key has its user's rights, so one record may be closed and the rest open."""
    if _is_about_a_record(request):
        return RecordRejected(f"Insightly: {words} The key's user may not do this.")
    return AccountDenied(
        f"Insightly: {words} The key's user or the plan does not allow {request.path}."
    )


def _missing(request: Request, _reply: Reply, words: str) -> InstepError:
    if _is_about_a_record(request):
        return Gone(f"Insightly: {words}")
    return _unknown_route(request, _reply, words)


def _unknown_route(request: Request, _reply: Reply, _words: str) -> InstepError:
    return UserError(
        f"Insightly does not know {request.method} {request.path}. Check the pod and the base_url."
    )


def _is_about_a_record(request: Request) -> bool:
    return request.method != "GET" or _OF_ONE_RECORD.search(request.path) is not None


def _too_many(_request: Request, reply: Reply, _words: str) -> InstepError:
    now = datetime.now(UTC)
    if quota_is_used_up(reply):
        return used_up("Insightly", next_midnight(now))
    wait = retry_after(reply)
    return RetryLater("Insightly asks for fewer calls.", None if wait is None else now + wait)


_BY_STATUS: dict[int, Callable[[Request, Reply, str], InstepError]] = {
    400: _rejected,
    401: _unauthorised,
    403: _forbidden,
    404: _missing,
    405: _unknown_route,
    412: _stale,
    429: _too_many,
}
