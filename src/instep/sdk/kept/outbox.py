"""What is told to an app that only listens: made with the write itself, posted from the outbox."""

from __future__ import annotations

from dataclasses import dataclass

from instep.core.records import Values

OUTBOUND_URL = "outbound_url"
"""The setting with the address that hears of what is written; without it nobody does."""


@dataclass(frozen=True, slots=True)
class NewPosting:
    """One thing to tell an app that only listens.

    `event` is `contact.created`, `contact.updated`, `contact.deleted` and so on. `values` are the
    whole record as it now is; of a deleted one as it last was.
    """

    kind: str
    record_id: str
    event: str
    values: Values
