"""Events: what apps told us, each stored once, and spread as hints to the syncs they concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from instep.sdk import webhooks
from instep.sdk.webhooks import Hint
from instep.store import bulk, hints, kept, watchers
from instep.store.flows import starts
from instep.store.flows.starts import Told
from instep.store.hints import Concern
from instep.store.kept import Telling
from instep.store.schema.events import event
from instep.store.watchers import Watcher

_FORGOTTEN_AT_ONCE = 10_000

_Key = tuple[str, str]
_Concerned = Sequence[tuple[Watcher, str, Hint]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One proven webhook of a connection.

    `ours` says that it is about this connection's account; one about another account is kept and
    leads to nothing. `received_at` is epoch milliseconds.
    """

    workspace_id: str
    connection_id: str
    hint: Hint
    ours: bool
    received_at: int

    @property
    def key(self) -> _Key:
        """What makes it the same sending as another one."""
        return self.connection_id, self.hint.id

    @property
    def points(self) -> Sequence[Hint]:
        """What it names of this account that could be read again: a hint for each record."""
        if not self.ours:
            return ()
        named = self.hint.resource is not None and self.hint.record_id is not None
        own = (self.hint,) if named else ()
        if not self.hint.told:
            return own
        told = [_hint_at(self.hint, each) for each in self.hint.told]
        known = {(each.resource, each.record_id) for each in told}
        return [*(each for each in own if (each.resource, each.record_id) not in known), *told]


@dataclass(frozen=True, slots=True)
class Stored:
    """How many arrivals were new, whether a sync became due by them, and the shards of flows that did."""

    new: int
    due: bool
    shards: frozenset[int]


def store(tx: sa.Connection, arrivals: Sequence[Arrival], now: int) -> Stored:
    """Store these events with their hints; one that was stored before changes nothing."""
    latest = {each.key: each for each in arrivals}
    # always in the same order, so that two processes that store the same events do not deadlock
    ordered = [latest[key] for key in sorted(latest)]
    pointed = {each.key: each.points for each in ordered}
    watching = watchers.watching(tx, {each.connection_id for each in ordered if pointed[each.key]})
    concerned = {each.key: _concerned(each, pointed[each.key], watching) for each in ordered}
    ids = _insert(tx, ordered, concerned)
    kept.tell(tx, _tellings(each for key, each in latest.items() if key in ids), now)
    concerns = [
        Concern(watcher, side, named, ids[key])
        for key, found in concerned.items()
        if key in ids
        for watcher, side, named in found
    ]
    hints.note(tx, concerns)
    due = watchers.hurry(tx, {each.watcher.sync_id for each in concerns}, now)
    started = starts.start(tx, _told(each for key, each in latest.items() if key in ids), now)
    return Stored(len(ids), due, started)


def _hint_at(hint: Hint, told: webhooks.Told) -> Hint:
    """Return the hint at one record of those that a webhook tells."""
    return replace(
        hint,
        resource=told.kind,
        record_id=told.record_id,
        parent_id=told.parent_id,
        deleted=told.gone,
        told=(),
    )


def _told(arrivals: Iterable[Arrival]) -> list[Told]:
    """Return what may start flows, in the order in which it came."""
    return [
        Told(
            connection_id=each.connection_id,
            event=each.hint.event,
            sending=each.hint.id,
            body=each.hint.body,
            record_id=each.hint.record_id,
            at=each.received_at,
            told_at=each.hint.told_at,
        )
        for each in sorted(arrivals, key=lambda arrival: arrival.received_at)
        if each.ours and each.hint.body is not None
    ]


def _tellings(arrivals: Iterable[Arrival]) -> list[Telling]:
    """Return what webhooks of their own account tell, in the order in which they came."""
    return [
        telling
        for arrival in sorted(arrivals, key=lambda each: each.received_at)
        if arrival.ours
        for telling in kept.tellings_of(
            (arrival.workspace_id, arrival.connection_id), arrival.hint.told, arrival.received_at
        )
    ]


def _concerned(
    arrival: Arrival, pointed: Iterable[Hint], watching: Sequence[Watcher]
) -> _Concerned:
    """Return each sync, by its side, that a webhook is a hint for, and the hint."""
    return [
        (watcher, side, named)
        for named in pointed
        for watcher in watching
        if watcher.canonical == named.resource
        for side, connection_id in watcher.ends
        if connection_id == arrival.connection_id
    ]


def _insert(
    tx: sa.Connection, arrivals: Sequence[Arrival], concerned: Mapping[_Key, _Concerned]
) -> dict[_Key, int]:
    """Insert what is new; return the new events' ids."""
    told = [_row(each, _syncs(concerned[each.key])) for each in arrivals]
    rows = bulk.insert_new(tx, event, told, ("id", "connection_id", "sending_id"))
    return {(row.connection_id, row.sending_id): row.id for row in rows}


def _syncs(concerned: _Concerned) -> int:
    """Count the syncs, by their sides."""
    return len({(watcher.sync_id, side) for watcher, side, _ in concerned})


def _row(arrival: Arrival, concerned: int) -> dict[str, Any]:
    told = arrival.hint
    return {
        "workspace_id": arrival.workspace_id,
        "connection_id": arrival.connection_id,
        "sending_id": told.id,
        "event": told.event,
        "resource": told.resource,
        "record_id": told.record_id,
        "parent_id": told.parent_id,
        "account_id": told.account_id,
        "deleted": told.deleted,
        "syncs": concerned,
        "received_at": arrival.received_at,
    }


def forget(tx: sa.Connection, before: int) -> int:
    """Forget events received before then (epoch milliseconds); return how many, at most 10,000."""
    old = (
        sa.select(event.c.id)
        .where(event.c.received_at < before)
        .order_by(event.c.received_at)
        .limit(_FORGOTTEN_AT_ONCE)
    )
    return tx.execute(sa.delete(event).where(event.c.id.in_(old))).rowcount
