"""Drain a shard of flows: what is due to start, and the runs that can be gone on with.

Many runs are carried at once, those of one record one after the other. What they have to store
gathers into shared transactions, under the drain's fence.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
import structlog

from instep.core.flow.model import Action, Flow
from instep.core.flow.outcomes import State
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.engine.flows import replaying
from instep.engine.flows.calling import Caller
from instep.engine.flows.carrying import Carrier, SyncRunner
from instep.engine.flows.journey import Change, Journey
from instep.engine.flows.replaying import Replayer
from instep.engine.flows.starting import Due, Starter
from instep.engine.group_commit import GroupCommit
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import replays, runs, steps, triggers, versions
from instep.store.flows.runs import RunRow, Standing
from instep.store.flows.steps import StepRow
from instep.store.shards import DrainOvertaken, Fence

AT_ONCE = 64
"""Runs of one shard that are carried at once."""

BATCH = 256
"""Changes that share a transaction, at most."""

LONGEST_SECONDS = 300.0
"""After so long a drain takes nothing new, so that it can be handed on."""

PAUSE_AFTER = 20
"""So many runs in a row have to fail before a flow pauses itself, and for so long:"""
GRACE = timedelta(hours=1)

_FLOWS_KEPT = 256
_SWEPT = 2_000
_GLANCE_SECONDS = 1.0

log = structlog.get_logger()

Stand = Mapping[int, tuple[str, int]]
"""The state and version of runs, by id."""

SecretsOf = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Returns the secrets of connections, by their names: they are masked in what is kept of runs."""


@dataclass(slots=True)
class Flows:
    """What carries flows out, in this process. Its coroutines run in one event loop."""

    db: Database
    clock: Clock
    caller: Caller
    starter: Starter
    run_sync: SyncRunner
    secrets_of: SecretsOf
    keep: timedelta = timedelta(days=30)
    pause_after: tuple[int, timedelta] = (PAUSE_AFTER, GRACE)
    _flows: OrderedDict[tuple[str, int], Flow] = field(default_factory=OrderedDict)
    _bells: dict[int, asyncio.Event] = field(default_factory=dict)

    def due_shards(self, tx: sa.Connection, now: int) -> set[int]:
        """Return the shards of flows that have something due."""
        replays_due = {replaying.SHARD} if self.replayer.is_due(tx) else set()
        return triggers.due_shards(tx, now) | runs.due_shards(tx, now) | replays_due

    def ring(self, shards: Iterable[int]) -> None:
        """Tell the drains of these shards that are at work that there is more."""
        for shard in shards:
            if shard in self._bells:
                self._bells[shard].set()

    async def drain(self, fence: Fence) -> bool:
        """Do what is due on a shard; return whether more is. Raises DrainOvertaken."""
        if fence.shard == replaying.SHARD:
            await self.replayer.make(fence)
            return False
        drain = _Drain(self, fence)
        self._bells[fence.shard] = drain.bell
        try:
            return await drain.go()
        finally:
            if self._bells.get(fence.shard) is drain.bell:
                del self._bells[fence.shard]

    async def sweep(self) -> None:
        """Forget runs and replays that ended long enough ago, runs some thousands at a time."""
        before = to_ms(self.clock.now() - self.keep)
        forgotten = _SWEPT
        while forgotten == _SWEPT:
            forgotten = await self.db.run(lambda tx: runs.forget(tx, before, _SWEPT))
        await self.db.run(lambda tx: replays.forget(tx, before))

    @property
    def replayer(self) -> Replayer:
        """What makes replays."""
        return Replayer(self.db, self.clock)

    async def opened(self, wanted: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], Flow]:
        """Return these versions of flows, read."""
        missing = [each for each in sorted(set(wanted)) if each not in self._flows]
        if missing:
            found = await self.db.run_read(lambda tx: versions.documents(tx, missing))
            for key, document in found.items():
                flow = read_flow(document, FlowLanguage()).flow
                if flow is not None:  # it could be read when it was published
                    self._flows[key] = flow
        opened = {key: self._flows[key] for key in wanted if key in self._flows}
        for key in opened:
            self._flows.move_to_end(key)
        while len(self._flows) > _FLOWS_KEPT:
            self._flows.popitem(last=False)
        return opened


@dataclass(slots=True)
class _Drain:
    """One drain of one shard."""

    flows: Flows
    fence: Fence
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    _going: dict[asyncio.Task[None], RunRow | str] = field(default_factory=dict)
    _writer: GroupCommit[Change, Collection[int]] = field(init=False)

    def __post_init__(self) -> None:
        self._writer = GroupCommit(self._write, BATCH)

    async def go(self) -> bool:
        """Take what is due until nothing is, or time is up; return whether more is due."""
        ends_at = time.monotonic() + LONGEST_SECONDS
        try:
            while True:
                self.bell.clear()
                in_time = time.monotonic() < ends_at
                if in_time and len(self._going) <= AT_ONCE // 2:
                    await self._take()
                if not self._going:
                    return not in_time
                await self._wait()
        finally:
            await self._leave()

    async def _wait(self) -> None:
        """Wait until something ended, or the bell rings; let what ended be seen."""
        ring = asyncio.create_task(self.bell.wait())
        try:
            await asyncio.wait(
                [*self._going, ring],
                timeout=_GLANCE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            ring.cancel()
        for task in [each for each in self._going if each.done()]:
            del self._going[task]
            task.result()  # raises DrainOvertaken, if that is how it ended

    async def _leave(self) -> None:
        for task in self._going:
            task.cancel()
        await asyncio.gather(*self._going, return_exceptions=True)

    async def _take(self) -> None:
        """Begin what is due and is not on its way."""
        now = to_ms(self.flows.clock.now())
        busy = {each.id for each in self._going.values() if isinstance(each, RunRow)}
        keys = {
            (each.flow_id, each.order_key)
            for each in self._going.values()
            if isinstance(each, RunRow)
        }
        starting = {each for each in self._going.values() if isinstance(each, str)}
        shard, limit = self.fence.shard, AT_ONCE + len(busy)
        due, found = await self.flows.db.run_read(
            lambda tx: (triggers.due(tx, shard, now), runs.due(tx, shard, now, limit))
        )
        fresh = [
            each
            for each in found
            if each.id not in busy and (each.flow_id, each.order_key) not in keys
        ][: AT_ONCE - len(busy)]
        wanted = [(each.flow_id, each.version) for each in fresh]
        wanted += [(row.flow_id, version) for row, version in due]
        flows = await self.flows.opened(wanted)
        for row, version in due:
            if row.flow_id not in starting and (row.flow_id, version) in flows:
                self._begin_trigger(Due(row, flows[row.flow_id, version], version))
        await self._begin_runs(fresh, flows)

    def _begin_trigger(self, due: Due) -> None:
        task = asyncio.create_task(self._start(due))
        self._going[task] = due.trigger.flow_id

    async def _start(self, due: Due) -> None:
        try:
            await self.flows.starter.start(due, self.fence)
        except DrainOvertaken:
            raise
        except Exception:  # a fault of ours: it is tried again later
            log.exception("trigger failed", flow=due.flow.id)
            await self.flows.starter.note_fault(due, self.fence)

    async def _begin_runs(
        self, found: Sequence[RunRow], flows: Mapping[tuple[str, int], Flow]
    ) -> None:
        begun = [each.id for each in found if each.started_at is not None]
        known: Mapping[int, dict[str, steps.StepRow]] = {}
        if begun:
            known = await self.flows.db.run_read(lambda tx: steps.of_runs(tx, begun))
        carrier = Carrier(self.flows.caller, self.flows.run_sync, self.flows.clock, self._store)
        secrets = {key: await self._secrets(flow) for key, flow in flows.items()}
        taken: set[tuple[str, str]] = set()
        for run in found:
            key = (run.flow_id, run.version)
            if key not in flows or (run.flow_id, run.order_key) in taken:
                continue
            taken.add((run.flow_id, run.order_key))
            journey = Journey(run, flows[key], known.get(run.id, {}), secrets[key])
            self._going[asyncio.create_task(carrier.carry(journey))] = run

    async def _secrets(self, flow: Flow) -> Collection[str]:
        names = {each.connection for each in flow.all_steps() if isinstance(each, Action)}
        return await self.flows.secrets_of(sorted(names))

    async def _store(self, change: Change) -> bool:
        """Store a change of a run; return whether it may go on."""
        return change.run.id not in await self._writer.put(change)

    async def _write(self, changes: Sequence[Change]) -> Collection[int]:
        """Store changes; return the runs among them that a person has withdrawn meanwhile."""
        now = to_ms(self.flows.clock.now())
        many, grace = self.flows.pause_after

        def write(tx: sa.Connection) -> tuple[Collection[int], list[str]]:
            self.fence.check(tx)
            stand = runs.lock(tx, {each.run.id for each in changes})
            going = [each for each in changes if _may_go_on(each, stand)]
            steps.write(tx, [told for each in changes for told in _told(each, stand)])
            runs.begin(tx, [e.run.id for e in going if _begins(e)], now)
            standings = {e.run.id: e.standing for e in going if e.standing is not None}
            runs.stand(tx, standings, now)
            limits = (many, int(grace.total_seconds() * 1000))
            withdrawn = {each.run.id for each in changes} - {each.run.id for each in going}
            return withdrawn, runs.count_failures(tx, _ends(going), now, limits)

        withdrawn, paused = await self.flows.db.run(write)
        for flow_id in paused:
            log.warning("flow paused itself", flow=flow_id)
        return withdrawn


def _may_go_on(change: Change, stand: Stand) -> bool:
    """Whether a run is still as it was when it was taken up: open, and of the same version."""
    state, version = stand.get(change.run.id, ("", 0))  # none: its flow was deleted
    return state in runs.OPEN and version == change.run.version


def _told(change: Change, stand: Stand) -> list[tuple[int, str, StepRow]]:
    """Return the steps to store: of a run that was cancelled, those that had begun before."""
    kept = change.steps
    if not _may_go_on(change, stand):
        is_cancelled = stand.get(change.run.id, ("", 0))[0] == "cancelled"
        kept = tuple(each for each in kept if is_cancelled and _has_ended(each))
    return [(change.run.id, change.run.workspace_id, each) for each in kept]


def _has_ended(step: StepRow) -> bool:
    return step.outcome is not None and step.outcome.state is not State.STARTED


def _begins(change: Change) -> bool:
    return change.run.started_at is None or change.run.was_state is not None


def _ends(changes: Iterable[Change]) -> dict[str, tuple[int, bool]]:
    """Return, by flow, how many runs failed since the last one that did not, and if one did not."""
    ends: dict[str, tuple[int, bool]] = {}
    for each in changes:
        standing: Standing | None = each.standing
        if standing is None or standing.is_open or standing.state == "cancelled":
            continue
        failed, recovered = ends.get(each.run.flow_id, (0, False))
        has_failed = standing.state in runs.FAILED
        ends[each.run.flow_id] = (failed + 1, recovered) if has_failed else (0, True)
    return ends
