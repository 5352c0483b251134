"""Rules: which kinds of trouble are told, to whom, from what size on, at once or as a digest.

There is one rule for each kind. All of them are on and go to every channel until somebody says
otherwise, so that adding a channel is all it takes. Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from instep.core.errors import UserError
from instep.core.times import NoTime, zone_named

_HOUR_MS = 3_600_000
_AT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_MOST_REMIND_HOURS = 24 * 365


class Kind(StrEnum):
    """What sort of trouble it is."""

    FAILURE = "failure"
    DEAD_LETTER = "dead_letter"
    DELAY = "delay"
    BRAKE = "brake"
    QUOTA = "quota"
    CONNECTION = "connection"
    SILENCE = "silence"


class Deliver(StrEnum):
    """When it is told: at once, or together with others at set times."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Unit:
    """What the threshold of a kind counts, its usual value, and the values it can have."""

    name: str
    usual: int
    least: int
    most: int


UNITS: Mapping[Kind, Unit] = {
    Kind.DELAY: Unit("minutes", 30, 1, 43_200),
    Kind.QUOTA: Unit("percent", 10, 1, 99),
    Kind.SILENCE: Unit("hours", 24, 1, 8_760),
}
"""Kinds that begin at a size somebody may choose. The others are trouble as soon as they are there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind is told. No `channels` means every channel there is; they are ids.

    `at` ("08:00") and `zone` are those of a daily digest. While it lasts, it is told again every
    `remind_hours`; 0: never.
    """

    kind: Kind
    on: bool = True
    threshold: int | None = None
    deliver: Deliver = Deliver.AT_ONCE
    at: str = "08:00"
    zone: str = "UTC"
    remind_hours: int = 24
    channels: Collection[str] = ()

    def covers(self, channel_id: str) -> bool:
        """Whether this rule tells anything to a channel."""
        return self.on and (not self.channels or channel_id in self.channels)

    @property
    def size(self) -> int:
        """Its threshold, or the usual one; 0 for a kind that has none."""
        if self.threshold is not None:
            return self.threshold
        return UNITS[self.kind].usual if self.kind in UNITS else 0


USUAL: Mapping[Kind, Rule] = {kind: Rule(kind) for kind in Kind}
"""The rules of an installation in which nobody has changed any."""


def check_rule(rule: Rule) -> Rule:
    """Return the rule if it can be used. Raises UserError that says what cannot, and what can."""
    _check_threshold(rule)
    if _AT.fullmatch(rule.at) is None:
        raise UserError(f"A digest cannot be told at {rule.at!r}. Say a time such as 08:00.")
    if not 0 <= rule.remind_hours <= _MOST_REMIND_HOURS:
        raise UserError(
            f"Reminders come every 1 to {_MOST_REMIND_HOURS} hours; 0 is for none at all."
        )
    try:
        zone_named(rule.zone)
    except NoTime as error:
        raise UserError(f"The zone of a digest {error}, not {rule.zone!r}.") from None
    return replace(rule, channels=tuple(sorted(set(rule.channels))))


def _check_threshold(rule: Rule) -> None:
    if rule.threshold is None:
        return
    unit = UNITS.get(rule.kind)
    if unit is None:
        known = ", ".join(f"{kind} ({each.name})" for kind, each in UNITS.items())
        raise UserError(f"{rule.kind} has no threshold. These have: {known}.")
    if not unit.least <= rule.threshold <= unit.most:
        raise UserError(
            f"The threshold of {rule.kind} is {unit.least} to {unit.most} {unit.name}, "
            f"not {rule.threshold}."
        )


def next_digest(rule: Rule, now: int) -> int:
    """Return when the next digest after `now` is told by a rule; `now` itself if it is at once."""
    if rule.deliver is Deliver.AT_ONCE:
        return now
    if rule.deliver is Deliver.HOURLY:
        return now - now % _HOUR_MS + _HOUR_MS
    zone = zone_named(rule.zone)
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    hour, minute = map(int, rule.at.split(":"))
    for days in (0, 1, 2):
        day = (local + timedelta(days=days)).date()
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
        found = int(moment.timestamp() * 1000)
        if found > now:
            return found
    raise AssertionError("no day is as long as that")
