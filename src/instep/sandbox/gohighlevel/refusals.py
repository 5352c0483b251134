"""The words GoHighLevel refuses in. Clients read them: its status codes alone say too little."""

from __future__ import annotations

from typing import Any

_ERRORS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


class Refusal(Exception):
    """A call is refused: an HTTP status and a JSON body (a trace id is added on the way out)."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


def _plain(status: int, message: str, **more: Any) -> Refusal:
    # facts: ghl 6.5 (a string in 400, 401 and 403; a list in 422)
    body = {"statusCode": status, "message": message, "error": _ERRORS[status]}
    return Refusal(status, body | more)


def bad_request(message: str, **more: Any) -> Refusal:
    """Refuse what cannot be done with these values."""
    return _plain(400, message, **more)


def unauthorized(message: str) -> Refusal:
    """Refuse who is asking, or the version asked in."""
    return _plain(401, message)


def unprocessable(messages: list[str]) -> Refusal:
    """Refuse a body of the wrong shape: one message per fault found."""
    return Refusal(422, {"statusCode": 422, "message": messages, "error": "Unprocessable Entity"})


def scope_missing() -> Refusal:
    """Refuse a good token that was not given the operation's scope."""
    # facts: ghl 3.5; the real body has no `error`
    message = "The token is not authorized for this scope."
    return Refusal(401, {"statusCode": 401, "message": message})


def wrong_location() -> Refusal:
    """Refuse a good token that may not reach this location, or when none is named."""
    # facts: ghl 3.5
    message = "The token does not have access to this location."
    return Refusal(403, {"statusCode": 403, "message": message, "error": "Forbidden"})


def wrong_company() -> Refusal:
    """Refuse a good token when another agency is named."""
    # not in the facts; worded like the refusal of another location
    return _plain(403, "The token does not have access to this company.")


def wrong_level() -> Refusal:
    """Refuse a location's token where an agency's is needed."""
    # facts: ghl 3.5
    return _plain(403, "Forbidden resource")


def wrong_class() -> Refusal:
    """Refuse a private integration token where only an OAuth token will do."""
    # facts: ghl 3.2, 3.5
    return unauthorized(
        "This authClass type is not allowed to access this scope. "
        "Please reach out to the Highlevel team to update your IAM configuration."
    )


def no_route(method: str, path: str) -> Refusal:
    """Refuse a path that is not there."""
    # facts: ghl 6.5
    return _plain(404, f"Cannot {method} {path}")


def removed_in_v3(target: str) -> Refusal:
    """Refuse a path of the older versions when asked for in v3; `target` is path and query."""
    # facts: ghl 2.2
    return bad_request(
        f"Endpoint {target} not available in API version v3. This endpoint was removed in "
        "version v3. Please use a version before v3."
    )


def duplicate(contact_id: str, name: str, field: str) -> Refusal:
    """Refuse a second contact with the e-mail or phone of another."""
    # facts: ghl 6.4
    meta = {"contactId": contact_id, "contactName": name, "matchingField": field}
    message = "This location does not allow duplicated contacts."
    return Refusal(400, {"statusCode": 400, "message": message, "meta": meta})


def unknown_contact(contact_id: str) -> Refusal:
    """Refuse a contact that is not there (any more). It is not a 404."""
    # facts: ghl 6.5
    return bad_request(f"Contact with id {contact_id} not found")


def nothing_identifying() -> Refusal:
    """Refuse a contact without name, e-mail or phone: HTTP 400, though its body says 422."""
    # facts: ghl 6.4; the wording is not known
    message = "Contact needs at least one of name, email or phone"
    return Refusal(400, {"statusCode": 422, "message": message, "error": "Unprocessable Entity"})


def not_simulated(operation: str) -> Refusal:
    """Refuse an operation that GoHighLevel has and the sandbox has not."""
    message = f"The sandbox does not simulate {operation}; the real GoHighLevel has it."
    return Refusal(501, {"statusCode": 501, "message": message, "error": "Not Implemented"})


def too_many_requests() -> Refusal:
    """Refuse a call beyond the allowance."""
    # facts: ghl 4 (no Retry-After; the body is not known)
    return Refusal(429, {"statusCode": 429, "message": "Too Many Requests"})
