"""How long sessions, links and tokens are good. Pure; times are epoch milliseconds, UTC."""

from __future__ import annotations

from dataclasses import dataclass

_HOUR, _DAY = 3_600_000, 86_400_000

SESSION_IDLE_MS = 12 * _HOUR
SESSION_MOST_MS = 14 * _DAY
SETUP_LINK_MS = _HOUR
INVITATION_MS = 3 * _DAY
SIGN_IN_LINK_MS = _HOUR
TOKEN_DAYS, MOST_TOKEN_DAYS = 90, 3650
SEEN_EVERY_MS = 60_000
"""How exact the last use of a session or a token is: not every call is worth a write."""


@dataclass(frozen=True, slots=True)
class Span:
    """When a session began, was last used, and ends at the latest."""

    began_at: int
    seen_at: int
    ends_at: int

    def is_good(self, now: int) -> bool:
        """Whether it is neither over nor left alone for too long."""
        return now < min(self.ends_at, self.seen_at + SESSION_IDLE_MS)
