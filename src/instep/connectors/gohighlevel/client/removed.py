"""What v3 took away, and what to call instead."""

from __future__ import annotations

from instep.catalogue import Operation
from instep.connectors.gohighlevel.client.errors import RemovedInV3

# facts: ghl 2.3, first row; the beginning of a v2 path → what v3 has in its place
_REPLACEMENTS: tuple[tuple[str, str | None], ...] = (
    ("/emails/builder", "emails.list_email_templates and its neighbours"),
    ("/emails/schedule", "emails.list_email_campaigns and its neighbours"),
    ("/conversations/preferences/", None),
    (
        "/social-media-posting/oauth/",
        "social_media_posting.start_oauth and social_media_posting.attach_oauth_accounts",
    ),
)

# facts: ghl 1 (two entries have no v3 operation) and its notes
_EXACTLY = {
    "contacts.list": "contacts.search",
    "users.list": "users.search",
}


def removed_in_v3(operation: Operation) -> RemovedInV3:
    """Return the error for an operation that v3 does not have, naming what does its work there."""
    instead = _EXACTLY.get(operation.id) or _by_path(operation)
    advice = f"call {instead}" if instead else "nothing took its place"
    return RemovedInV3(
        f"{operation.id} was removed in v3: {advice}, or use the client with version='v2'.",
        instead,
    )


def _by_path(operation: Operation) -> str | None:
    path = operation.address("v2").path
    return next((instead for start, instead in _REPLACEMENTS if path.startswith(start)), None)
