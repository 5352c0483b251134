"""From a refusal to an error of the client: the connector's reading, with the operation known."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from instep import catalogue
from instep.catalogue import Operation
from instep.connectors.gohighlevel import errors as connector_errors
from instep.connectors.gohighlevel.client.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    DuplicateContact,
    DuplicateOpportunity,
    Gone,
    InstepError,
    LocationDenied,
    NotFound,
    RateLimited,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    SlotTaken,
    TokenExpired,
    TokenRefused,
    UserError,
    ValidationFailed,
)
from instep.connectors.gohighlevel.client.removed import removed_in_v3
from instep.sdk.messages import sentence_of
from instep.sdk.request import Reply, Request

OPERATION = "operation"
"""Under this name a request carries the id of its operation."""


def meaning(request: Request, reply: Reply) -> InstepError | None:
    """Return what a refusal of one of the catalogue's operations means; None: the status says it.

    The connector reads the words first; here the same is said more exactly, and with what the
    catalogue knows where the request is one of its operations.
    """
    read = connector_errors.meaning(request, reply)
    if read is None:
        return None
    identifier = request.carry.get(OPERATION)
    return _exactly(catalogue.get(identifier) if identifier else None, read, reply)


def _exactly(operation: Operation | None, read: InstepError, reply: Reply) -> InstepError:
    match read:
        case ConnectionBroken():
            return _refused(operation, read, reply)
        case RecordRejected():
            return _rejected(read, reply)
        case Gone():
            return NotFound(str(read))
        case RetryLater() if not isinstance(read, DailyLimit):
            limited = reply.status == HTTPStatus.TOO_MANY_REQUESTS
            return RateLimited(str(read), read.at) if limited else read
        case UserError():
            return _unserved(operation, read, reply)
    return read


def _refused(operation: Operation | None, read: ConnectionBroken, reply: Reply) -> ConnectionBroken:
    match read:
        case ScopeMissing():
            return _scope(operation, read)
        case AccountDenied():
            return _denied(read, reply)
    # facts: ghl 3.5
    expired = "access token is invalid" in sentence_of(reply).lower()
    return (TokenExpired if expired else TokenRefused)(str(read))


def _scope(operation: Operation | None, read: ScopeMissing) -> ScopeMissing:
    """Name the scope from the catalogue, which knows it for every operation."""
    if operation is None:
        return read
    scopes = next((each.scopes for each in operation.views.values() if each.scopes), ())
    if not scopes:
        return read
    named = " or ".join(scopes)
    return ScopeMissing(
        f"The credential lacks the scope {named}, which {operation.id} needs; grant it and "
        "connect again (a private integration keeps its token).",
        scopes[0] if len(scopes) == 1 else named,
    )


def _duplicate(read: Duplicate) -> Duplicate:
    # facts: ghl 6.4, 6.9: only the refusal of an opportunity says that it is the contact's second
    opportunity = read.matching_field not in {"email", "phone", None}
    kind = DuplicateOpportunity if opportunity else DuplicateContact
    return kind(str(read), read.existing_id, read.matching_field)


def _denied(read: AccountDenied, reply: Reply) -> AccountDenied:
    # facts: ghl 3.5
    if "access to this location" in sentence_of(reply).lower():
        return LocationDenied(str(read))
    return read


def _rejected(read: RecordRejected, reply: Reply) -> InstepError:
    if isinstance(read, Duplicate):
        return _duplicate(read)
    if reply.status == HTTPStatus.NOT_FOUND:
        return NotFound(str(read))
    # facts: ghl 6.8
    if "slot" in str(read).lower() and "no longer available" in str(read).lower():
        return SlotTaken(str(read))
    return ValidationFailed(str(read), problems_in(reply))


def problems_in(reply: Reply) -> tuple[str, ...]:
    """Return what GoHighLevel complains of: a list in a 422, one sentence in a 400."""
    # facts: ghl 6.5
    said = reply.body.get("message") if isinstance(reply.body, Mapping) else None
    if isinstance(said, list):
        return tuple(map(str, said))
    return (str(said),) if said else ()


def _unserved(operation: Operation | None, read: UserError, reply: Reply) -> InstepError:
    """Read a 404, and a 400 about versions: a missing record, or something v3 has no more."""
    words = sentence_of(reply)
    # facts: ghl 2.2
    if operation is not None and "not available in api version" in words.lower():
        return removed_in_v3(operation)
    # facts: ghl 6.5: an unknown route is told as "Cannot GET /…"; anything else is about a record
    if reply.status == HTTPStatus.NOT_FOUND and not words.startswith("Cannot "):
        return NotFound(f"GoHighLevel: {words}")
    return read
