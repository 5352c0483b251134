"""Alerts that are open, and what one look at everything makes of them.

What is found again and again is one alert. What is not found any more is over once it stayed away
for a while, so that what comes and goes is not told each time. Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from instep.core.alerting.rules import Kind

SETTLED_MS = 5 * 60 * 1000
"""What returns within this time was not over: it is the same alert."""

CHANNEL = "channel"
"""What a subject is that alerts themselves are told by."""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is in trouble: a sync, a flow, a connection, a channel; its id and its name."""

    what: str
    id: str
    name: str

    def __str__(self) -> str:
        return f"the {self.what} {self.name}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble as it is now: since when, in a sentence, and what to do about it (a command).

    Neither holds anything of people's data but the names of syncs, flows and connections.
    """

    kind: Kind
    subject: Subject
    since: int
    sentence: str
    advice: str

    @property
    def key(self) -> Key:
        """What makes two findings the same trouble."""
        return (self.kind.value, self.subject.what, self.subject.id)


@dataclass(frozen=True, slots=True)
class Alert:
    """A trouble from when it was first found until it is over.

    `absent_since` is when it was first not found any more; `over_at` says that it stayed away.
    """

    id: str
    finding: Finding
    opened_at: int
    absent_since: int | None = None
    over_at: int | None = None
    snoozed_until: int | None = None
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one look makes of the alerts: new ones, others that changed, some that went away.

    `found` are those that are told otherwise now, or are back before they were over; `absent` were
    not found for the first time; `over` stayed away.
    """

    opened: Sequence[Finding] = ()
    found: Sequence[Alert] = ()
    absent: Sequence[Alert] = ()
    over: Sequence[Alert] = ()


def look(findings: Sequence[Finding], alerts: Sequence[Alert], now: int) -> Look:
    """Compare what is found now with the alerts that are not over."""
    there = {each.key: each for each in findings}
    known = {each.finding.key for each in alerts}
    gone = [each for each in alerts if each.finding.key not in there]
    return Look(
        opened=[each for key, each in there.items() if key not in known],
        found=[
            _renewed(each, there[each.finding.key])
            for each in alerts
            if each.finding.key in there and _is_news(each, there[each.finding.key])
        ],
        absent=[each for each in gone if each.absent_since is None],
        over=[
            each
            for each in gone
            if each.absent_since is not None and each.absent_since + SETTLED_MS <= now
        ],
    )


def _is_news(alert: Alert, finding: Finding) -> bool:
    return alert.absent_since is not None or alert.finding != _since(alert, finding)


def _renewed(alert: Alert, finding: Finding) -> Alert:
    return replace(alert, finding=_since(alert, finding), absent_since=None)


def _since(alert: Alert, finding: Finding) -> Finding:
    """Keep since when it is: trouble does not begin anew because its oldest part was done."""
    return replace(finding, since=min(alert.finding.since, finding.since))
