"""Whom to tell what, and when: each channel hears once that an alert is open and once that it is over.

Decided for every alert and channel by what that channel knows already. Times are epoch
milliseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from instep.core.alerting.incidents import CHANNEL, Alert
from instep.core.alerting.rules import Deliver, Kind, Rule, next_digest

_HOUR_MS = 3_600_000


class News(StrEnum):
    """What is new about an alert to one channel."""

    OPENED = "opened"
    STILL = "still"
    PASSED = "passed"  # it came and was over before the digest that would have told of it
    OVER = "over"


class Known(StrEnum):
    """What a channel knows of an alert."""

    NOTHING = "nothing"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Telling:
    """What one channel knows of one alert, since when, and which digest is to tell it more."""

    alert_id: str
    channel_id: str
    known: Known = Known.NOTHING
    told_at: int | None = None
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is told to a channel now."""

    alert: Alert
    channel_id: str
    news: News


@dataclass(frozen=True, slots=True)
class Tellings:
    """What is told now, and the tellings that are different from now on."""

    told: Sequence[Told] = field(default_factory=list)
    changed: Sequence[Telling] = field(default_factory=list)

    def by_channel(self) -> Mapping[str, Sequence[Told]]:
        """Return what is told now, for each channel that is told anything, gravest news first."""
        order = list(News)
        found: dict[str, list[Told]] = {}
        for each in sorted(self.told, key=lambda one: (order.index(one.news), one.alert.opened_at)):
            found.setdefault(each.channel_id, []).append(each)
        return found


def tell(
    alerts: Sequence[Alert],
    tellings: Sequence[Telling],
    rules: Mapping[Kind, Rule],
    channels: Sequence[str],
    now: int,
) -> Tellings:
    """Decide what each channel (by its id) is told now of these alerts, and what waits."""
    known = {(each.alert_id, each.channel_id): each for each in tellings}
    told: list[Told] = []
    changed: list[Telling] = []
    for alert in alerts:
        rule = rules[alert.finding.kind]
        for channel in channels:
            before = known.get((alert.id, channel))
            for news, after in _step(alert, before, rule, channel, now):
                changed.append(after)
                if news is not None:
                    told.append(Told(alert, channel, news))
    return Tellings(told, changed)


def _step(
    alert: Alert, before: Telling | None, rule: Rule, channel: str, now: int
) -> Iterator[tuple[News | None, Telling]]:
    """Yield what happens between an alert and a channel now, if anything does."""
    at = before or Telling(alert.id, channel)
    if not rule.covers(channel) or _is_about(alert, channel):
        if alert.over_at is not None and before is not None and at.known is not Known.OVER:
            yield None, Telling(alert.id, channel, Known.OVER, at.told_at)
        return
    news = _news(alert, before, rule, now)
    if news is None:
        return
    due = _due(at, rule, now)
    if due > now:
        if due != at.due_at:
            yield None, Telling(alert.id, channel, at.known, at.told_at, due)
        return
    # by the digest's own time, so that the reminder a day later is in time for the next one
    yield news, Telling(alert.id, channel, _KNOWN_AFTER[news], due)


def _is_about(alert: Alert, channel: str) -> bool:
    """Whether it is this very channel that is in trouble: the others are told, it could not be."""
    subject = alert.finding.subject
    return subject.what == CHANNEL and subject.id == channel


_KNOWN_AFTER = {
    News.OPENED: Known.OPEN,
    News.STILL: Known.OPEN,
    News.PASSED: Known.OVER,
    News.OVER: Known.OVER,
}


def _due(at: Telling, rule: Rule, now: int) -> int:
    """Return when it is to be told: now, or with the digest it waits for, or with the next one."""
    if rule.deliver is Deliver.AT_ONCE:
        return now
    following = next_digest(rule, now)
    return following if at.due_at is None else min(at.due_at, following)


def _news(alert: Alert, before: Telling | None, rule: Rule, now: int) -> News | None:
    """Return what a channel has not been told yet of an alert; None if there is nothing."""
    known = Known.NOTHING if before is None else before.known
    if known is Known.OVER:
        return None
    if alert.over_at is not None:
        if known is Known.OPEN:
            return News.OVER
        return None if before is None else News.PASSED
    if _is_left_alone(alert, now):
        return None
    if known is Known.NOTHING:
        return News.OPENED
    return News.STILL if before is not None and _is_time(alert, before, rule, now) else None


def _is_left_alone(alert: Alert, now: int) -> bool:
    """Whether nothing more is to be said of an open alert: it may be over, or somebody knows."""
    snoozed = alert.snoozed_until is not None and now < alert.snoozed_until
    return snoozed or alert.acknowledged_by is not None or alert.absent_since is not None


def _is_time(alert: Alert, telling: Telling, rule: Rule, now: int) -> bool:
    """Whether a channel is to be reminded: after its time, or when a snooze has ended.

    With digests, it is asked of the next one: its time is when the reminder is told.
    """
    told_at = telling.told_at or 0
    if alert.snoozed_until is not None and told_at < alert.snoozed_until:
        return True
    return rule.remind_hours > 0 and told_at + rule.remind_hours * _HOUR_MS <= next_digest(
        rule, now
    )
