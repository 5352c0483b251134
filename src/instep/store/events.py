"""Events: what apps told us, each stored once, and spread as hints to the syncs they concern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from instep.core.keeping import News
from instep.sdk.webhooks import Hint, Told
from instep.store import hints, kept, watchers
from instep.store.database import insert_into
from instep.store.hints import Concern
from instep.store.kept import Telling
from instep.store.schema.events import event
from instep.store.watchers import Watcher

_FORGOTTEN_AT_ONCE = 10_000

_Key = tuple[str, str]


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
    """How many arrivals were new, and whether a sync became due by them."""

    new: int
    due: bool


def store(tx: sa.Connection, arrivals: Sequence[Arrival], now: int) -> Stored:
    """Store these events with their hints; one that was stored before changes nothing."""
    latest = {each.key: each for each in arrivals}
    # always in the same order, so that two processes that store the same events do not deadlock
    ordered = [latest[key] for key in sorted(latest)]
    watching = watchers.watching(tx, {each.connection_id for each in ordered if each.points})
    ids = _insert(tx, ordered, watching)
    new = [(ids[each.key], each) for each in ordered if each.key in ids and each.points]
    kept.tell(tx, _tellings(each for key, each in latest.items() if key in ids), now)
    concerns = [
        Concern(watcher, side, named, event_id)
        for event_id, each in new
        for watcher, side, named in _concerned(each, watching)
    ]
    hints.note(tx, concerns)
    due = watchers.hurry(tx, {each.watcher.sync_id for each in concerns}, now)
    return Stored(len(ids), due)


def _hint_at(hint: Hint, told: Told) -> Hint:
    """Return the hint at one record of those that a webhook tells."""
    return replace(
        hint,
        resource=told.kind,
        record_id=told.record_id,
        parent_id=told.parent_id,
        deleted=told.gone,
        told=(),
    )


def _tellings(arrivals: Iterable[Arrival]) -> list[Telling]:
    """Return what webhooks of their own account tell, in the order in which they came."""
    return [
        Telling(
            arrival.workspace_id,
            arrival.connection_id,
            each.kind,
            each.record_id,
            News(_told_at(arrival, each), each.values, each.parent_id, each.gone),
        )
        for arrival in sorted(arrivals, key=lambda each: each.received_at)
        if arrival.ours
        for each in arrival.hint.told
    ]


def _told_at(arrival: Arrival, told: Told) -> int:
    """Return when it happened: by the app, but not later than we heard of it."""
    if told.changed_at is None:
        return arrival.received_at
    return min(int(told.changed_at.timestamp() * 1000), arrival.received_at)


def _concerned(arrival: Arrival, watching: Iterable[Watcher]) -> list[tuple[Watcher, str, Hint]]:
    return [
        (watcher, side, named)
        for named in arrival.points
        for watcher in watching
        if watcher.canonical == named.resource
        for side, connection_id in watcher.ends
        if connection_id == arrival.connection_id
    ]


def _insert(
    tx: sa.Connection, arrivals: Sequence[Arrival], watching: Sequence[Watcher]
) -> dict[_Key, int]:
    """Insert what is new; return the new events' ids."""
    if not arrivals:
        return {}
    statement = insert_into(tx, event).on_conflict_do_nothing(
        index_elements=["connection_id", "sending_id"]
    )
    rows = tx.execute(
        statement.returning(event.c.id, event.c.connection_id, event.c.sending_id),
        [_row(each, _syncs(each, watching)) for each in arrivals],
    )
    return {(row.connection_id, row.sending_id): row.id for row in rows}


def _syncs(arrival: Arrival, watching: Sequence[Watcher]) -> int:
    """Count the syncs, by their sides, that a webhook is a hint for."""
    return len({(watcher.sync_id, side) for watcher, side, _ in _concerned(arrival, watching)})


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
