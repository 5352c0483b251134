"""What an app's status code means where its connector says nothing better."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Gone,
    InstepError,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    VersionStale,
)
from instep.sdk.messages import sentence_of
from instep.sdk.request import Reply, Request

_LONGEST_WAIT = timedelta(days=7)
"""Nobody means more, whatever the header says."""

_MEANINGS: dict[int, tuple[type[InstepError], str]] = {
    401: (ConnectionBroken, "It refuses the credential: connect again with a valid one."),
    403: (AccountDenied, "The credential may not do this: check its rights and the account."),
    404: (Gone, ""),
    409: (VersionStale, ""),
    410: (Gone, ""),
    412: (VersionStale, ""),
}


def by_status(app: str, request: Request, reply: Reply, now: datetime) -> InstepError | None:
    """Return the error a reply means, None if it is a yes."""
    if reply.ok:
        return _web_page(app, request, reply)
    said = f"{app} answered {reply.status}: {sentence_of(reply)}"
    status = reply.status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RetryLater(said, retry_after(reply, now))
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        error = unsure(request)(said, retry_after(reply, now))
        if isinstance(error, OutcomeUnknown):
            error.answered = status
        return error
    if status < HTTPStatus.BAD_REQUEST:
        return _moved(app, reply)
    kind, advice = _MEANINGS.get(status, (RecordRejected, ""))
    return kind(f"{said} {advice}".rstrip())


def unsure(request: Request) -> type[RetryLater]:
    """Return what a missing answer to `request` means: harmless for a read, open for a write."""
    return RetryLater if request.safe_to_repeat else OutcomeUnknown


def retry_after(reply: Reply, now: datetime) -> datetime | None:
    """Return the time a Retry-After header names, in seconds or as a date (RFC 9110, 10.2.3)."""
    text = reply.headers.get("retry-after", "").strip()
    latest = now + _LONGEST_WAIT
    if text.isascii() and text.isdecimal():
        seconds = min(int(text[:9]), int(_LONGEST_WAIT.total_seconds()))
        return now + timedelta(seconds=seconds)
    try:
        named = parsedate_to_datetime(text)
    except ValueError:
        return None
    if named.tzinfo is None:  # "-0000": the same as UTC by RFC 5322, 3.3
        named = named.replace(tzinfo=UTC)
    return min(named.astimezone(UTC), latest)


def _web_page(app: str, request: Request, reply: Reply) -> InstepError | None:
    """Tell a page for people from data: a proxy or a log-in page answers 200, too."""
    if not isinstance(reply.body, str) or "text/html" not in reply.headers.get("content-type", ""):
        return None
    return unsure(request)(
        f"{app} answered with a web page instead of data: a proxy is in between, or the address "
        "is wrong."
    )


def _moved(app: str, reply: Reply) -> InstepError:
    """Refuse a redirect: the credential must not travel to where somebody else points."""
    target = urlsplit(reply.headers.get("location", "")).hostname
    where = f" to {target}" if target else ""
    return ConnectionBroken(
        f"{app} answered {reply.status}: it points{where} elsewhere. Redirects are not followed; "
        "correct the address of this connection."
    )


def used_up(app: str, resumes_at: datetime | None) -> DailyLimit:
    """Return the error of a day's quota that is used up; it says when calls are possible again."""
    when = f"; it goes on at {resumes_at:%Y-%m-%d %H:%M} UTC" if resumes_at is not None else ""
    return DailyLimit(f"{app}'s daily quota is used up{when}.", resumes_at)
