"""How many calls the app allows, as its manifest says and its headers tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from instep.connectors.custom.connecting import Allowed
from instep.sdk.limits import Limits, Observed
from instep.sdk.refusals import retry_after
from instep.sdk.request import Reply

_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Allowances:
    """The limits of one manifest."""

    part: Allowed

    def limits(self, _kind: str, _config: Mapping[str, str]) -> Limits:
        """Return the limits that are known beforehand."""
        part = self.part
        return Limits(part.rate / part.per, part.burst, part.concurrency, part.daily)

    def observed(self, reply: Reply) -> Observed:
        """Read what the headers say."""
        names = self.part.headers
        rate = _number(reply, names.rate)
        throttled = reply.status == _TOO_MANY
        return Observed(
            per_second=rate / self.part.per if rate else None,
            burst_left=_number(reply, names.left),
            daily=_number(reply, names.daily),
            daily_left=_number(reply, names.daily_left),
            pause_until=retry_after(reply, datetime.now(UTC)) if throttled else None,
        )


def _number(reply: Reply, header: str | None) -> int | None:
    text = reply.headers.get(header.lower(), "") if header else ""
    return int(text) if text.isascii() and text.isdecimal() else None
