"""Drain a shard: carry on the runs of its due syncs, under a fence, for a bounded time."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
import structlog

from instep.core.cadence import night_after
from instep.core.defaults import Defaults
from instep.core.errors import ConnectionBroken, InstepError, RetryLater
from instep.core.filters import build_filter
from instep.core.kinship import kind_of
from instep.core.mapping import SideName, build, with_parent
from instep.engine.alerts import Watch
from instep.engine.clients import Clients
from instep.engine.faults import AFTER_FAULT, FAULT
from instep.engine.flows.runs.draining import Flows
from instep.engine.lingering import Lingering
from instep.engine.outlets import Outlets
from instep.engine.running import Stopped, go_on, reason_of
from instep.engine.work import Side, Work, to_ms
from instep.sdk.clock import Clock
from instep.store import connections, hints, kin, plans, runs, shards, syncs, tallies
from instep.store.audit.acting import acting
from instep.store.database import Database
from instep.store.flows.versions import FIRST_SHARD
from instep.store.runs import Asked, Run
from instep.store.shards import DrainOvertaken, Fence
from instep.store.syncs import Sync

PIECE_SECONDS = 5.0
"""How long one piece of a drain works before it lets the worker look around."""

KEEP_TALLIES = timedelta(days=8)
"""How long it is told how much was done each hour."""

log = structlog.get_logger()


@dataclass(slots=True)
class Engine:
    """What carries syncs out. One per process; its coroutines run in one event loop.

    `outlets` post what it writes to apps that only listen, `flows` carry flows out, `watch` tells
    people of trouble; None in tests that have none of these. `lingering` are its drains.
    """

    db: Database
    clients: Clients
    clock: Clock
    owner: str
    jitter: Callable[[], float] = field(default=random.random)
    outlets: Outlets | None = None
    flows: Flows | None = None
    watch: Watch | None = None
    lingering: Lingering = field(default_factory=Lingering)

    async def advance(self, shard: int) -> bool:
        """Work on a shard's due syncs for a while. Returns whether more is due right now.

        Every call takes the shard over, so a call that was believed dead can write nothing more.
        """
        try:
            return await self.drain(await self.take(shard))
        except DrainOvertaken:
            log.info("drain overtaken", shard=shard)
            return False

    async def take(self, shard: int) -> Fence:
        """Take a shard over: whoever drained it until now can write nothing more."""
        return await self.db.run(
            lambda tx: shards.take(tx, shard, self.owner, to_ms(self.clock.now()))
        )

    async def drain(self, fence: Fence) -> bool:
        """As `advance`, of a shard that was taken before. Raises DrainOvertaken."""
        with acting(None):  # what a drain does is told by its own history, whoever woke it
            return await self._drain(fence)

    async def _drain(self, fence: Fence) -> bool:
        if self.flows is not None and fence.shard >= FIRST_SHARD:
            return await self.flows.drain(fence)
        results = [await self._carry_on(sync, fence) for sync in await self._due(fence.shard)]
        if self.outlets is not None and results:
            self.outlets.wake()  # what was written may have to be posted, too
        return any(result is None for result in results)

    async def due_shards(self) -> set[int]:
        """Return the shards that have something due now, of syncs and of flows."""
        now = to_ms(self.clock.now())

        def read(tx: sa.Connection) -> set[int]:
            shards_of_syncs = {sync.shard for sync in syncs.due(tx, now)}
            return shards_of_syncs | (self.flows.due_shards(tx, now) if self.flows else set())

        return await self.db.run_read(read)

    def ring(self, shards_due: Collection[int]) -> set[int]:
        """Tell the drains of this process that there is more on these shards.

        Returns the shards that none of them answers for.
        """
        if self.flows is not None:
            self.flows.ring(shards_due)
        return self.lingering.ring(shards_due)

    async def sweep(self) -> None:
        """Forget what is kept for some days only."""
        before = to_ms(self.clock.now() - KEEP_TALLIES)
        await self.db.run(lambda tx: tallies.forget(tx, before))
        if self.flows is not None:
            await self.flows.sweep()

    async def _due(self, shard: int) -> list[Sync]:
        return await self.db.run_read(lambda tx: syncs.of_shard(tx, shard, to_ms(self.clock.now())))

    async def _carry_on(self, sync: Sync, fence: Fence) -> Stopped | None:
        try:
            work = await self.open(sync, fence)
        except RetryLater as error:
            return await self._wait_unopened(sync, error)
        except InstepError as error:
            return await self._halt_unopened(sync, error)
        run = await self.start(work)
        ends_at = time.monotonic() + PIECE_SECONDS
        try:
            stopped = await go_on(work, run, until=lambda: time.monotonic() >= ends_at)
        except InstepError:
            raise
        except Exception:  # a fault of ours: the run stays where it is and is tried again later
            log.exception("run failed", sync=sync.name, run=run.id)
            return await self._try_later(sync, run)
        if stopped is not None:
            log.info("run stopped", sync=sync.name, run=run.id, state=stopped.state)
        return stopped

    async def _halt_unopened(self, sync: Sync, error: InstepError) -> Stopped:
        sentence = str(error)
        broken = error.connection_id if isinstance(error, ConnectionBroken) else None

        def halt(tx: sa.Connection) -> None:
            syncs.set_state(tx, sync.id, "halted", reason_of(error), sentence, broken)
            if broken is not None:
                connections.mark(tx, broken, sentence)

        await self.db.run(halt)
        return Stopped("halted", sentence)

    async def _wait_unopened(self, sync: Sync, error: RetryLater) -> Stopped:
        at = to_ms(error.at if error.at is not None else self.clock.now() + AFTER_FAULT)
        await self.db.run(lambda tx: syncs.set_due(tx, sync.id, at))
        log.info("sync cannot be opened yet", sync=sync.name, why=str(error))
        return Stopped("waiting", str(error), at)

    async def _try_later(self, sync: Sync, run: Run) -> Stopped:
        at = to_ms(self.clock.now() + AFTER_FAULT)

        def store(tx: sa.Connection) -> None:
            runs.say(tx, run.id, FAULT)
            syncs.set_due(tx, sync.id, at)

        await self.db.run(store)
        return Stopped("waiting", FAULT, at)

    async def start(self, work: Work, kind: str | None = None) -> Run:
        """Return the sync's open run, or start one: the first run is its backfill."""

        def start(tx: sa.Connection) -> Run:
            first = not runs.has_finished(tx, work.sync.id)
            current = runs.current_of(tx, work.sync.id)
            if current is not None:
                return current
            plan = plans.approved(tx, work.sync.id)
            if kind is None and plan is not None:
                asked = Asked(plan.person, plan.id)
                of_plan = plans.RUNS[plan.kind]
                return runs.start(tx, work.sync, of_plan, "carry_out", work.now(), asked)
            if kind is None and work.sync.rests:  # what its last plan could not deliver at once
                return runs.start(tx, work.sync, "approved", "deliver", work.now())
            if kind is None and not first and _is_only_hinted(tx, work):
                return runs.start(tx, work.sync, "webhook", "decide", work.now())
            chosen = kind or ("backfill" if first else _next_kind(tx, work))
            if chosen == "reconcile":
                syncs.forget_cursors(tx, work.sync.id)
                # moved on at its end, too; but a run that never ends well must not come every time
                syncs.set_reconciliation(tx, work.sync.id, night_after(work.now(), work.sync.id))
            asked = Asked()
            if kind is None:
                asked = Asked(syncs.requested_by(tx, work.sync.id))
                syncs.begin(tx, work.sync.id)
            return runs.start(tx, work.sync, chosen, "read_a", work.now(), asked)

        return await work.write(start)

    async def open(self, sync: Sync, fence: Fence) -> Work:
        """Open both sides of a sync.

        Raises ConnectionBroken if one cannot be opened, RetryLater if it cannot tell its fields now.
        """
        a, b = await asyncio.gather(self._side(sync, "a"), self._side(sync, "b"))
        fields_a, fields_b = a.resource.fields, b.resource.fields
        mapping = build(sync.mapping, fields_a, fields_b, (_called(a), _called(b)))
        if parent := a.resource.parent or b.resource.parent:
            mapping = with_parent(mapping, parent.kind, fields_a, fields_b)
        kinds = {kind_of(pair) for pair in mapping.links}
        ends = (sync.a_connection, sync.b_connection)
        family = await self.db.run_read(lambda tx: kin.family_of(tx, *ends, kinds))
        return Work(sync, mapping, a, b, self.db, self.clock, fence, self.jitter, family)

    async def _side(self, sync: Sync, name: SideName) -> Side:
        """Open a side of a sync; a broken connection says which one it is."""
        try:
            return await self._opened(sync, name)
        except ConnectionBroken as error:
            error.connection_id = sync.connection(name)
            raise

    async def _opened(self, sync: Sync, name: SideName) -> Side:
        reached = await self.clients.reach(sync.connection(name))
        kind = reached.connector.resource(sync.canonical)
        naming = (sync.mapping, sync.rules.as_json())
        resource = await self.clients.resource(reached, kind, naming)
        rules, country = sync.rules.side(name), reached.account.country
        called = f"{reached.connector.title} {resource.name}"
        return Side(
            name=name,
            app=reached.connector.title,
            connection_id=sync.connection(name),
            resource=resource,
            client=reached.client,
            concurrency=reached.concurrency,
            filter=None
            if rules.filter is None
            else build_filter(rules.filter, resource.fields, called, country),
            defaults=Defaults(rules.defaults, resource.fields, country),
        )


def _is_only_hinted(tx: sa.Connection, work: Work) -> bool:
    """Whether the sync is due because of webhooks or new links alone: then no list is read."""
    due_later = work.sync.next_kind == "poll" and work.sync.poll_at > work.now()
    if not due_later or syncs.is_requested(tx, work.sync.id):
        return False
    return hints.newest(tx, work.sync.id) is not None or kin.any_ready(
        tx, work.sync.id, work.family
    )


def _next_kind(tx: sa.Connection, work: Work) -> str:
    """Return the kind of a run that reads lists: once a night, by itself, it reads them wholly."""
    by_itself = work.sync.next_kind == "poll" and not syncs.is_requested(tx, work.sync.id)
    is_night = work.sync.reconcile_at <= work.now()
    return "reconcile" if by_itself and is_night else work.sync.next_kind


def _called(side: Side) -> str:
    return f"{side.app} {side.resource.name}"
