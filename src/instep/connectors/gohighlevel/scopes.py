"""Which scope each operation needs that this connector uses, so that a missing one can be named."""

from __future__ import annotations

from instep.sdk.request import Request

# facts: ghl 1 (table), 3.4; the official specification's `security` of each operation.
# A part in braces stands for any one segment; where two rows fit, the first is meant.
SCOPES: tuple[tuple[str, str, str], ...] = (
    ("POST", "/contacts/search", "contacts.readonly"),
    # undeclared in the specification (facts: ghl 1); it writes contacts
    ("POST", "/contacts/bulk/business", "contacts.write"),
    ("POST", "/locations/{}/tasks/search", "locations/tasks.readonly"),
    ("GET", "/locations/{}/customFields", "locations/customFields.readonly"),
    ("GET", "/locations/{}/tags", "locations/tags.readonly"),
    # undeclared in the specification, as are its neighbours
    ("GET", "/locations/{}/tags/{}", "locations/tags.readonly"),
    ("GET", "/calendars", "calendars.readonly"),
    ("GET", "/calendars/events", "calendars/events.readonly"),
    ("GET", "/calendars/events/appointments/{}", "calendars/events.readonly"),
    ("GET", "/calendars/{}", "calendars.readonly"),
    ("POST", "/calendars/events/appointments", "calendars/events.write"),
    ("PUT", "/calendars/events/appointments/{}", "calendars/events.write"),
    ("DELETE", "/calendars/events/{}", "calendars/events.write"),
    ("GET", "/users", "users.readonly"),
    ("GET", "/users/{}", "users.readonly"),
)

_PRODUCTS = ("contacts", "businesses", "opportunities")
"""Products of which everything else needs `.readonly` to read and `.write` to write."""


def scope_of(request: Request) -> str | None:
    """Return the scope a request needs, None where it is not known."""
    segments = request.path.strip("/").split("/")
    for method, path, scope in SCOPES:
        if method == request.method and _fits(path.strip("/").split("/"), segments):
            return scope
    if segments[0] in _PRODUCTS:
        return f"{segments[0]}.{'readonly' if request.method == 'GET' else 'write'}"
    return None


def _fits(pattern: list[str], segments: list[str]) -> bool:
    if len(pattern) != len(segments):
        return False
    return all(part in ("{}", segment) for part, segment in zip(pattern, segments, strict=True))
