"""How everything stands, at a glance: one sentence, then each sync, flow, connection and alert."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.alerting.incidents import Alert, Finding
from instep.core.in_step import Trouble, Verdict, Work, judge
from instep.core.latency import median
from instep.core.times import iso_seconds
from instep.engine.alert_services import AlertTold
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.pacing import Left, Pace, left_of
from instep.store import alert_rules, alerts, overview, tallies
from instep.store.alert_findings import find_all
from instep.store.alert_findings.sought import Sought
from instep.store.database import Database
from instep.store.flows import uses
from instep.store.overview import ConnectionRow, FlowRow, SyncRow
from instep.store.tallies import HOUR_MS, Tally

HOURS = 24
"""So many hours are shown of what was done, the one that is going on included."""

_REVIEW = "review"
"""The kind of trouble that is no alert: records wait for a person."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a sync or flow did lately: by hour, the oldest first, and how fast in the middle (ms)."""

    per_hour: tuple[int, ...] = (0,) * HOURS
    failed_per_hour: tuple[int, ...] = (0,) * HOURS
    latency_ms: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "done": sum(self.per_hour),
            "per_hour": [*self.per_hour],
            "failed_per_hour": [*self.failed_per_hour],
            "latency_ms": self.latency_ms,
        }


_NOTHING = Done()


@dataclass(frozen=True, slots=True)
class Overview:
    """How everything stood at a time (epoch milliseconds)."""

    at: int
    verdict: Verdict
    syncs: Sequence[SyncRow]
    flows: Sequence[FlowRow]
    connections: Sequence[ConnectionRow]
    alerts: Sequence[Alert]
    done: Mapping[str, Done]
    users: Mapping[str, Mapping[str, Sequence[str]]]

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "at": iso_seconds(self.at),
            "hours_from": iso_seconds(_first_hour(self.at)),
            **_verdict(self.verdict),
            "syncs": [self._sync(each) for each in self.syncs],
            "flows": [self._flow(each) for each in self.flows],
            "connections": [self._connection(each) for each in self.connections],
            "alerts": [AlertTold(each).as_json() for each in self.alerts],
        }

    def _sync(self, row: SyncRow) -> dict[str, Any]:
        told = {**asdict(row), **self.done.get(row.id, _NOTHING).as_json()}
        told["state"] = _state(row)
        return _with_times(told, ("ok_at", "running", "due_at"))

    def _flow(self, row: FlowRow) -> dict[str, Any]:
        told = {**asdict(row), **self.done.get(row.id, _NOTHING).as_json()}
        return _with_times(told, ("ok_at", "heard_at", "failing_since", "changed_at"))

    def _connection(self, row: ConnectionRow) -> dict[str, Any]:
        told = {name: each for name, each in asdict(row).items() if name != "pace"}
        left = None if row.pace is None else left_of(Pace(**row.pace), self.at / 1000)
        told |= {"quota": None if left is None else _quota(left), **self.users[row.id]}
        return _with_times(told, ("verified_at", "expires_at"))


class Overviews:
    """Says how everything stands in one workspace."""

    def __init__(self, db: Database, clock: Clock, workspace_id: str) -> None:
        self._db = db
        self._clock = clock
        self._workspace_id = workspace_id

    async def now(self) -> Overview:
        """Return how everything stands now. Asks no app."""
        now = to_ms(self._clock.now())
        return await self._db.run_read(lambda tx: self._read(tx, now))

    def _read(self, tx: sa.Connection, now: int) -> Overview:
        mine = self._workspace_id
        syncs, flows = overview.syncs(tx, mine), overview.flows(tx, mine)
        connections = overview.connections(tx, mine)
        known = alerts.open_ones(tx, mine)
        found = find_all(tx, Sought(mine, now, alert_rules.rules_of(tx, mine)))
        troubles = [*_troubles(found, known), *_questions(syncs)]
        return Overview(
            at=now,
            verdict=judge(troubles, _work(syncs, flows, connections)),
            syncs=syncs,
            flows=flows,
            connections=connections,
            alerts=known,
            done=_done(tallies.since(tx, mine, _first_hour(now)), now),
            users=_users(connections, syncs, uses.published(tx, mine)),
        )


def _troubles(found: Iterable[Finding], known: Iterable[Alert]) -> list[Trouble]:
    """Return what is in trouble now, each since it was first seen."""
    first = {each.finding.key: each.finding.since for each in known}
    return [
        Trouble(
            what=each.subject.what,
            name=each.subject.name,
            since=min(each.since, first.get(each.key, each.since)),
            sentence=each.sentence,
            advice=each.advice,
            kind=each.kind.value,
        )
        for each in found
    ]


def _questions(syncs: Iterable[SyncRow]) -> list[Trouble]:
    """Return the syncs whose records wait for a person."""
    return [
        Trouble(
            what="sync",
            name=each.name,
            since=None,
            sentence="1 record waits for a person."
            if each.review == 1
            else f"{each.review:,} records wait for a person.",
            advice=f"instep conflicts --sync {each.name}",
            kind=_REVIEW,
        )
        for each in syncs
        if each.review
    ]


def _work(
    syncs: Sequence[SyncRow], flows: Sequence[FlowRow], connections: Sequence[ConnectionRow]
) -> Work:
    published = [each for each in flows if each.state != "draft"]
    all_of_it: list[SyncRow | FlowRow] = [*syncs, *published]
    return Work(
        syncs=len(syncs),
        flows=len(published),
        connections=len(connections),
        waiting=sum(each.waiting for each in all_of_it),
        begun=tuple(each.name for each in syncs if each.ok_at is None and each.running),
        asleep=sum(each.state == "paused" for each in all_of_it),
    )


def _state(row: SyncRow) -> str:
    """Return how a sync stands in one word: also that its first run is under way."""
    is_first = row.running is not None and row.ok_at is None
    return "beginning" if row.state == "active" and is_first else row.state


def _first_hour(now: int) -> int:
    return now - now % HOUR_MS - (HOURS - 1) * HOUR_MS


def _done(counted: Iterable[Tally], now: int) -> dict[str, Done]:
    """Return by subject what was done in each of the last hours."""
    first = _first_hour(now)
    done: defaultdict[str, Counter[int]] = defaultdict(Counter)
    failed: defaultdict[str, Counter[int]] = defaultdict(Counter)
    classes: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for each in counted:
        hour = (each.hour - first) // HOUR_MS
        done[each.subject_id][hour] += each.done
        failed[each.subject_id][hour] += each.failed
        classes[each.subject_id][each.latency] += each.done
    return {
        subject: Done(
            tuple(done[subject][hour] for hour in range(HOURS)),
            tuple(failed[subject][hour] for hour in range(HOURS)),
            median(classes[subject]),
        )
        for subject in done
    }


def _users(
    connections: Iterable[ConnectionRow],
    syncs: Sequence[SyncRow],
    used: Iterable[uses.ConnectionUse],
) -> dict[str, Mapping[str, Sequence[str]]]:
    """Return, by connection, the names of the syncs and published flows that use it."""
    flows: defaultdict[str, set[str]] = defaultdict(set)
    for each in used:
        flows[each.connection].add(each.flow)
    return {
        row.id: {
            "syncs": [each.name for each in syncs if row.name in {each.a, each.b}],
            "flows": sorted(flows[row.name] | flows[row.id]),
        }
        for row in connections
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "state": verdict.state,
        "sentence": verdict.sentence,
        "since": iso_seconds(verdict.since),
        "advice": verdict.advice,
        "troubles": [_with_times(asdict(each), ("since",)) for each in verdict.troubles],
    }


def _quota(left: Left) -> dict[str, Any]:
    seconds = {"resets_at": left.resets_at, "paused_until": left.paused_until}
    times = {
        name: None if each is None else iso_seconds(int(each * 1000))
        for name, each in seconds.items()
    }
    return {**asdict(left), **times}


def _with_times(told: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {**told, **{name: iso_seconds(told[name]) for name in names}}
