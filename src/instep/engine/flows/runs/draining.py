"""The flows of this process: which shards are due, their drains, and the flows that were read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from instep.core.flow.model import Action, Flow
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.retention import What
from instep.engine.flows.actions.calling import Caller
from instep.engine.flows.runs import replaying
from instep.engine.flows.runs.carrying import Carrier, SyncRunner
from instep.engine.flows.runs.drain import Drain, Found
from instep.engine.flows.runs.journey import Journey
from instep.engine.flows.runs.pen import Pen
from instep.engine.flows.runs.replaying import Replayer
from instep.engine.flows.triggers.starting import Starter
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import retention
from instep.store.database import Database
from instep.store.flows import replays, runs, triggers, versions
from instep.store.shards import Fence
from instep.store.workspaces import DEFAULT_WORKSPACE

PAUSE_AFTER = 20
"""So many runs in a row have to fail before a flow pauses itself, and for so long:"""
GRACE = timedelta(hours=1)

_FLOWS_KEPT = 256
_SWEPT = 2_000

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
    _drains: dict[int, Drain] = field(default_factory=dict)

    def due_shards(self, tx: sa.Connection, now: int) -> set[int]:
        """Return the shards of flows that have something due."""
        replays_due = {replaying.SHARD} if self.replayer.is_due(tx) else set()
        return triggers.due_shards(tx, now) | runs.due_shards(tx, now) | replays_due

    def ring(self, shards: Iterable[int]) -> None:
        """Tell the drains of these shards that are at work that there is more."""
        for shard in shards:
            if shard in self._drains:
                self._drains[shard].ring()

    async def drain(self, fence: Fence) -> bool:
        """Do what is due on a shard; return whether more is. Raises DrainOvertaken."""
        if fence.shard == replaying.SHARD:
            await self.replayer.make(fence)
            return False
        pen = Pen(self.db, self.clock, fence, self.pause_after)
        carrier = Carrier(self.caller, self.run_sync, self.clock, pen.put)
        drain = Drain(self, fence, carrier, self.starter)
        self._drains[fence.shard] = drain
        try:
            return await drain.go()
        finally:
            if self._drains.get(fence.shard) is drain:
                del self._drains[fence.shard]

    async def sweep(self) -> None:
        """Forget runs and replays that ended long enough ago, runs some thousands at a time."""
        keep = await self.db.run_read(
            lambda tx: retention.keep(tx, DEFAULT_WORKSPACE, What.RUNS, self.keep)
        )
        before = to_ms(self.clock.now() - keep)
        forgotten = _SWEPT
        while forgotten == _SWEPT:
            forgotten = await self.db.run(lambda tx: runs.forget(tx, before, _SWEPT))
        await self.db.run(lambda tx: replays.forget(tx, before))

    @property
    def replayer(self) -> Replayer:
        """What makes replays."""
        return Replayer(self.db, self.clock)

    async def journeys(self, found: Sequence[Found]) -> Sequence[Journey]:
        """Return these runs ready to be carried on; one whose flow cannot be read is left alone."""
        flows = await self.opened({(run.flow_id, run.version) for run, _ in found})
        secrets = {key: await self._secrets(flow) for key, flow in flows.items()}
        return [
            Journey(run, flows[run.flow_id, run.version], known, secrets[run.flow_id, run.version])
            for run, known in found
            if (run.flow_id, run.version) in flows
        ]

    async def _secrets(self, flow: Flow) -> Collection[str]:
        names = {each.connection for each in flow.all_steps() if isinstance(each, Action)}
        return await self.secrets_of(sorted(names))

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
