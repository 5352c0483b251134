"""How many calls each credential may make, and the headers that say so."""

from __future__ import annotations

from instep.sandbox.clock import Clock
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.credentials import Token
from instep.sandbox.quota import Allowance, Quota

# facts: ghl 4; per app and location (or agency), documented
OAUTH = Allowance(100, 10, 200_000)
# facts: ghl 4; measured
PRIVATE = Allowance(25, 10, 10_000)


class Limits:
    """The allowances in force, each credential counted for itself."""

    def __init__(self, pace: int, company: Company, clock: Clock) -> None:
        self._pace = pace
        self._company = company
        self._clock = clock
        self._quotas: dict[str, Quota] = {}

    def take(self, token: Token) -> tuple[bool, dict[str, str]]:
        """Count one call; return whether it was within the allowance, and the headers."""
        quota = self._quota(token)
        now = self._clock.now().timestamp()
        return quota.take(now), self._headers(quota, now)

    def exhausted(self, token: Token | None, *, daily: bool) -> dict[str, str]:
        """Return the headers of a call refused as if the allowance were used up."""
        quota = self._quota(token) if token else Quota(OAUTH.times(self._pace))
        headers = self._headers(quota, self._clock.now().timestamp())
        left = "x-ratelimit-daily-remaining" if daily else "x-ratelimit-remaining"
        return headers | {left: "0"}

    def _quota(self, token: Token) -> Quota:
        grant = token.grant
        key = token.text if token.private else grant.location_id or self._company.id
        if key not in self._quotas:
            allowance = PRIVATE if token.private else OAUTH
            self._quotas[key] = Quota(allowance.times(self._pace))
        return self._quotas[key]

    def _headers(self, quota: Quota, now: float) -> dict[str, str]:
        # facts: ghl 4; the daily reset is a duration in milliseconds
        allowance = quota.allowance
        return {
            "x-ratelimit-limit-daily": str(allowance.daily),
            "x-ratelimit-daily-remaining": str(quota.daily_left),
            "x-ratelimit-interval-milliseconds": str(int(allowance.seconds * 1000)),
            "x-ratelimit-max": str(allowance.calls),
            "x-ratelimit-remaining": str(quota.left),
            "x-ratelimit-daily-reset": str(int(quota.day_ends_in(now) * 1000)),
        }
