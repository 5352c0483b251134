"""Alerts as people read them, their word on one, and the rules by which they are told."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from instep.core.alerting.incidents import Alert
from instep.core.alerting.rules import UNITS, Deliver, Kind, Rule, check_rule
from instep.core.errors import UserError
from instep.core.times import NoTime, instant, iso_of, read_length, read_time
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import alert_channels, alert_rules, alerts
from instep.store.database import Database

_LONGEST_SNOOZE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class AlertTold:
    """An alert as people and programs read it."""

    alert: Alert

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        each = self.alert
        return {
            "id": each.id,
            "kind": each.finding.kind.value,
            "subject": asdict(each.finding.subject),
            "sentence": each.finding.sentence,
            "advice": each.finding.advice,
            "since": iso_of(each.finding.since),
            "opened_at": iso_of(each.opened_at),
            "over_at": iso_of(each.over_at),
            "snoozed_until": iso_of(each.snoozed_until),
            "acknowledged_by": each.acknowledged_by,
        }


@dataclass(frozen=True, slots=True)
class AlertPage:
    """A page of alerts, newest first, and how many are open altogether."""

    alerts: Sequence[AlertTold]
    open: int
    next: str | None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        told = [each.as_json() for each in self.alerts]
        return {"alerts": told, "open": self.open, "next": self.next}


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule as people and programs read it: channels by name, the threshold with its unit."""

    rule: Rule
    channels: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it; no channels means every one there is."""
        each, unit = self.rule, UNITS.get(self.rule.kind)
        return {
            "kind": each.kind.value,
            "on": each.on,
            "threshold": None if unit is None else each.size,
            "unit": None if unit is None else unit.name,
            "deliver": each.deliver.value,
            "at": each.at,
            "zone": each.zone,
            "remind_hours": each.remind_hours,
            "channels": [*self.channels],
        }


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What is to be different about rules; None stays as it is. `channels` are names; () means all."""

    on: bool | None = None
    threshold: int | None = None
    deliver: Deliver | None = None
    at: str | None = None
    zone: str | None = None
    remind_hours: int | None = None
    channels: Sequence[str] | None = None

    def made(self, rule: Rule, channels: Sequence[str] | None) -> Rule:
        """Return the rule with what is different, checked. Raises UserError."""
        fields = {
            name: value
            for name, value in asdict(self).items()
            if value is not None and name != "channels"
        }
        if channels is not None:
            fields["channels"] = tuple(channels)
        return check_rule(replace(rule, **fields))


class Alerts:
    """The services around the alerts of one workspace."""

    def __init__(self, db: Database, clock: Clock, workspace_id: str) -> None:
        self._db = db
        self._clock = clock
        self._workspace_id = workspace_id

    async def list(
        self, *, past: bool = False, limit: int = 50, before: str | None = None
    ) -> AlertPage:
        """Return open or past alerts, newest first. Raises UserError for an unknown `before`."""

        def read(tx: sa.Connection) -> AlertPage:
            page = alerts.page(tx, self._workspace_id, past=past, limit=limit, before=before)
            following = page[-1].id if len(page) == limit else None
            count = alerts.count_open(tx, self._workspace_id)
            return AlertPage([*map(AlertTold, page)], count, following)

        return await self._db.run_read(read)

    async def snooze(self, alert_id: str, until: str) -> AlertTold:
        """Leave an alert alone for a length of time ("2h") or until a moment (ISO 8601).

        Raises UserError for an alert that is unknown or over, or a time that is none or too far.
        """
        now = self._clock.now()
        moment = to_ms(_moment(until, now))
        return await self._db.run(
            lambda tx: AlertTold(alerts.leave_alone(tx, self._workspace_id, alert_id, until=moment))
        )

    async def acknowledge(self, alert_id: str, person: str) -> AlertTold:
        """Note that a person knows of an alert: it is told once more when it is over.

        Raises UserError for an alert that is unknown or over.
        """
        return await self._db.run(
            lambda tx: AlertTold(alerts.leave_alone(tx, self._workspace_id, alert_id, by=person))
        )

    async def rules(self) -> Sequence[RuleTold]:
        """Return the rule of every kind."""
        return await self._db.run_read(lambda tx: self._told(tx, None))

    async def set_rules(self, kinds: Sequence[Kind], change: RuleChange) -> Sequence[RuleTold]:
        """Change the rules of these kinds, all of them or none.

        Raises UserError for a value that cannot be used, an unknown channel, and for no change.
        """
        if change == RuleChange():
            raise UserError("Say what is to be different about the rule.")

        def store(tx: sa.Connection) -> Sequence[RuleTold]:
            before = alert_rules.rules_of(tx, self._workspace_id)
            named = (
                None
                if change.channels is None
                else [
                    alert_channels.find(tx, self._workspace_id, each).id for each in change.channels
                ]
            )
            alert_rules.store(
                tx, self._workspace_id, [change.made(before[kind], named) for kind in kinds]
            )
            return self._told(tx, kinds)

        return await self._db.run(store)

    def _told(self, tx: sa.Connection, kinds: Sequence[Kind] | None) -> Sequence[RuleTold]:
        there = alert_channels.list_all(tx, self._workspace_id)
        names: Mapping[str, str] = {each.id: each.name for each in there}
        found = alert_rules.rules_of(tx, self._workspace_id)
        return [
            RuleTold(rule, [names[each] for each in rule.channels if each in names])
            for kind, rule in found.items()
            if kinds is None or kind in kinds
        ]


def _moment(text: str, now: datetime) -> datetime:
    """Return the moment that is meant, in UTC. Raises UserError for none, or one that is no use."""
    found = _after(text, now)
    if found is None or not now < found <= now + _LONGEST_SNOOZE:
        raise UserError(
            f"An alert cannot be snoozed until {text!r}. Say for how long, such as 2h or 3d, or "
            "until when, such as 2026-01-31T08:00:00Z; a year at the most."
        )
    return found


def _after(text: str, now: datetime) -> datetime | None:
    """Return the moment a text means: so long after `now`, or then."""
    with contextlib.suppress(NoTime):
        return read_length(text).after(now)
    with contextlib.suppress(NoTime):
        when = read_time(text)
        if not isinstance(when, datetime):
            when = datetime(when.year, when.month, when.day, tzinfo=UTC)
        return instant(when, None)
    return None
