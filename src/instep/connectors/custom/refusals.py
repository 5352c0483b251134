"""What the app's refusals mean, by the rules of its manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus

from instep.connectors.custom.connecting import Refusal
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.places import UNTOLD, dig
from instep.connectors.custom.resources import CALL, PARENT
from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    Gone,
    InstepError,
    RecordRejected,
    RetryLater,
    UserError,
    VersionStale,
)
from instep.sdk.messages import sentence_of
from instep.sdk.refusals import retry_after, unsure
from instep.sdk.request import Reply, Request


@dataclass(frozen=True, slots=True)
class Refusals:
    """Reads refusals by a manifest; what no rule names is read by its status."""

    manifest: Manifest

    def __call__(self, request: Request, reply: Reply) -> InstepError | None:
        """Return the error behind a refusal; None where the status says it all."""
        said = f"{self.manifest.title} answered {reply.status}: {sentence_of(reply)}"
        for rule in self.manifest.http.errors:
            if _fits(rule, reply):
                return _error(rule, request, reply, said)
        if reply.status == HTTPStatus.NOT_FOUND and _is_whole_list(request):
            return UserError(
                f"{self.manifest.title} does not know {request.method} {request.path}. Check the "
                "address of the connection and this path in its manifest."
            )
        return None


def _fits(rule: Refusal, reply: Reply) -> bool:
    if reply.status not in rule.statuses:
        return False
    if rule.match is None:
        return True
    found = dig(reply.body, rule.match.path)
    text = found if isinstance(found, str) else "" if found is UNTOLD else json.dumps(found)
    return rule.match.text.casefold() in text.casefold()


def _error(rule: Refusal, request: Request, reply: Reply, said: str) -> InstepError:
    at = _resumes(rule, reply)
    match rule.means:
        case "retry" | "retry_later":
            # a server that failed may have done its work all the same
            kind = (
                unsure(request) if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR else RetryLater
            )
            return kind(said, at if rule.means == "retry_later" else None)
        case "daily_limit":
            return DailyLimit(said, at)
        case "duplicate":
            found = dig(reply.body, rule.id or ())
            known = isinstance(found, str | int) and found != ""
            return Duplicate(said, str(found)) if known else RecordRejected(said)
    return _PLAIN[rule.means](said)


_PLAIN: dict[str, Callable[[str], InstepError]] = {
    "connection_broken": ConnectionBroken,
    "account_denied": AccountDenied,
    "rejected": RecordRejected,
    "gone": Gone,
    "stale": VersionStale,
}


def _resumes(rule: Refusal, reply: Reply) -> datetime | None:
    now = datetime.now(UTC)
    if rule.resumes == "midnight_utc":
        return datetime.combine(now.date() + timedelta(days=1), time.min, tzinfo=UTC)
    return retry_after(reply, now)


def _is_whole_list(request: Request) -> bool:
    """Whether a request asks for a list that no record's id leads to."""
    return request.carry.get(CALL, "").split(".")[0] in {"list", "changes", "find"} and (
        PARENT not in request.carry
    )
