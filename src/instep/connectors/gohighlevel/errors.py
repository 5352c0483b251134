"""What GoHighLevel's refusals mean. Its status codes alone would mislead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

from instep import catalogue
from instep.connectors.gohighlevel.limits import observed, window
from instep.connectors.gohighlevel.scopes import scope_of
from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    Duplicate,
    Gone,
    InstepError,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    UserError,
)
from instep.sdk.messages import sentence_of
from instep.sdk.refusals import used_up
from instep.sdk.request import Reply, Request

# observed for contacts (facts: ghl 6.5); that other kinds are told in the same words, and the last
# two, are not in the facts
_LACKING = r"not found|does not exist|(is|been) deleted"
# where the words of a path's collection meet: customFields, block-slots
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])|-")
# facts: ghl 6.8
_SLOT_TAKEN = re.compile(r"\bslot\b.*\bno longer available\b", re.IGNORECASE)
# facts: ghl 6.9
_SECOND_OPPORTUNITY = "OPPORTUNITY_NO_DUPLICATE"


def meaning(request: Request, reply: Reply) -> InstepError | None:
    """Return the error behind a refusal; None where the status says it all."""
    read = _BY_STATUS.get(reply.status)
    return read(request, reply, sentence_of(reply)) if read else None


def _unauthorised(request: Request, _reply: Reply, words: str) -> InstepError:
    """Tell the four kinds of 401 apart: only a token's own 401 is cured by a new token."""
    # facts: ghl 3.5, 7 row 12
    said = words.lower()
    if "not authorized for this scope" in said:
        scope = scope_of(request)
        which = f"the scope {scope}" if scope else f"a scope for {request.method} {request.path}"
        return ScopeMissing(
            f"The GoHighLevel credential lacks {which}; grant it and connect again.", scope
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
    said = words.rstrip(".")
    return AccountDenied(
        f"GoHighLevel: {said}. Check that the location id belongs to this credential."
    )


def _refused(request: Request, reply: Reply, words: str) -> InstepError:
    """Read a 400: it is also how an unknown record, a duplicate and a taken slot are told."""
    # facts: ghl 6.4, 6.5
    if _is_gone(request, words):
        return Gone(f"GoHighLevel: {words}")
    if "not available in api version" in words.lower():
        return _version(words)
    if _SLOT_TAKEN.search(words):
        return RecordRejected(
            f"GoHighLevel: {words} Choose another time, or free this one in the calendar."
        )
    return _duplicate(reply, words) or RecordRejected(f"GoHighLevel: {words}")


def _is_gone(request: Request, words: str) -> bool:
    """Say whether the record that is missing is one this call was addressed to.

    One that its body refers to may be missing too, such as the user a task is given to: that is a
    mistake in the record, not the record's end.
    """
    segments = request.path.strip("/").split("/")
    addressed = {
        record_id: _singular(collection)
        for collection, record_id in pairwise(segments)
        if collection in _fixed_words() and record_id not in _fixed_words()
    }
    named = (rf"with id {re.escape(record_id)}" for record_id in addressed)
    kinds = "|".join((*addressed.values(), *named, "record"))
    missing = re.search(rf"\b({kinds})\b.*\b({_LACKING})\b", words, re.IGNORECASE)
    return bool(addressed) and missing is not None


@cache
def _fixed_words() -> frozenset[str]:
    """Return every word that is fixed in an address; what else stands there is an id.

    An id is opaque, so its letters tell nothing (facts: ghl 6.1).
    """
    paths = (each.path for told in catalogue.all_operations() for each in told.views.values())
    segments = {segment for path in paths for segment in path.split("/")}
    return frozenset(each for each in segments if each and not each.startswith("{"))


def _singular(collection: str) -> str:
    """Return what one record of a path's collection is called in a refusal."""
    if collection in {"appointments", "events"}:
        return "appointment|event"  # the same records under two names
    if collection.endswith("ies"):
        return f"{collection[:-3]}y"
    one = collection.removesuffix("es" if collection.endswith("sses") else "s")
    return _SEAM.sub("[ -]?", one)


def _duplicate(reply: Reply, words: str) -> Duplicate | None:
    """Return the refusal of a second contact or opportunity, with the id of the first."""
    body = reply.body if isinstance(reply.body, dict) else {}
    meta = body.get("meta")
    if not isinstance(meta, dict):
        return None
    if meta.get("contactId"):
        return Duplicate(f"GoHighLevel: {words}", meta["contactId"], meta.get("matchingField"))
    if body.get("code") == _SECOND_OPPORTUNITY and meta.get("existingId"):
        return Duplicate(f"GoHighLevel: {words}", meta["existingId"], "contact_id")
    return None


def _unprocessable(_request: Request, _reply: Reply, words: str) -> InstepError:
    return RecordRejected(f"GoHighLevel: {words}")


def _unknown_route(request: Request, _reply: Reply, words: str) -> InstepError:
    """Read a 404: unknown records were seen as a 400, so most are an unknown address."""
    # facts: ghl 6.5
    if _is_gone(request, words):
        return Gone(f"GoHighLevel: {words}")
    if re.match(rf"\w+ .*\b({_LACKING})\b", words, re.IGNORECASE):
        return RecordRejected(f"GoHighLevel: {words}")
    return UserError(
        f"GoHighLevel does not know {request.method} {request.path}. Check the base_url."
    )


def _too_many(_request: Request, reply: Reply, _words: str) -> InstepError:
    seen = observed(reply)
    if seen.daily_left == 0:
        return used_up("GoHighLevel", seen.daily_resets_at)
    # facts: ghl 4 (there is no Retry-After)
    return RetryLater("GoHighLevel asks for fewer calls.", datetime.now(UTC) + window(reply))


def _not_served(request: Request, _reply: Reply, words: str) -> InstepError:
    # not in the facts: by RFC 9110 15.6.2 the server cannot do it, so asking again is no use
    return UserError(
        f"{request.method} {request.path} is not served here ({words}). Nothing was done."
    )


_BY_STATUS: dict[int, Callable[[Request, Reply, str], InstepError]] = {
    400: _refused,
    401: _unauthorised,
    403: _forbidden,
    404: _unknown_route,
    422: _unprocessable,
    429: _too_many,
    501: _not_served,
}
