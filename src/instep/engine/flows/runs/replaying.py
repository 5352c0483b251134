"""Make replays: look at the runs that are meant, batch by batch, and take those that can be taken.

A batch and how far it got are one transaction, so that a kill leaves nothing half-done. The runs
that were taken begin when all are: those of one record then go in the order of what happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from instep.core.flow.model import Flow
from instep.core.flow.reading import read_flow
from instep.core.flow.replays import ahead, obstacle, refusal, without_stop
from instep.core.flow.spoken import FlowLanguage
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import replays, steps, versions
from instep.store.flows.listing import Span
from instep.store.flows.replays import Candidate, Replay, Wanted
from instep.store.flows.versions import FIRST_SHARD, SHARDS
from instep.store.shards import Fence

SHARD = FIRST_SHARD + SHARDS
"""The shard under which replays are made, behind those of flows."""

BATCH = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """A run that cannot be done again, and why."""

    run: Candidate
    why: str


@dataclass(frozen=True, slots=True)
class Replayer:
    """Makes replays. What it does is safe to be done again after a kill."""

    db: Database
    clock: Clock

    def is_due(self, tx: sa.Connection) -> bool:
        """Whether a replay is in the making."""
        return bool(replays.in_the_making(tx))

    async def make(self, fence: Fence) -> None:
        """Make all replays that are in the making. Raises DrainOvertaken."""
        for replay in await self.db.run_read(replays.in_the_making):
            while await self.db.run(lambda tx, each=replay: self._batch(tx, fence, each)):  # type: ignore[misc] # a lambda's default has no type
                pass

    def _batch(self, tx: sa.Connection, fence: Fence, known: Replay) -> bool:
        """Look at some runs; return whether there are more."""
        fence.check(tx)
        replay = replays.get(tx, known.workspace_id, known.id, lock=True)
        if replay.state != "making":
            return False
        now = self.clock.now()
        span = Span(above=replay.cursor, below=replay.last + 1, newest_first=False)
        chosen = replay.wanted.chosen
        found, following = replays.candidates(tx, replay.workspace_id, chosen, span, BATCH)
        taken, refused = sort_out(tx, replay.wanted, found, now)
        replays.take(tx, replay, taken, to_ms(now))
        cursor = replay.last if following is None else following
        replays.go_on(tx, replay, cursor, len(taken), [each.why for each in refused])
        if following is None:
            replays.begin(tx, replay, to_ms(now))
        return following is not None


def sort_out(
    tx: sa.Connection, wanted: Wanted, found: Sequence[Candidate], now: datetime
) -> tuple[list[Candidate], list[Refusal]]:
    """Part runs into those that can be done again and those that cannot."""
    told = {
        each.id: refusal(
            each.state, from_start=wanted.from_start, has_copy=each.was_state is not None
        )
        for each in found
    }
    if wanted.newest and not wanted.from_start:
        moved = [each for each in found if told[each.id] is None and each.version != each.newest]
        told.update(_obstacles(tx, moved, now))
    taken = [each for each in found if told[each.id] is None]
    return taken, [Refusal(each, why) for each in found if (why := told[each.id]) is not None]


def cost(tx: sa.Connection, wanted: Wanted, taken: Sequence[Candidate]) -> Counter[str]:
    """Count by connection the actions that these runs have before them when they are done again."""
    ends = {(each.flow_id, each.newest if wanted.newest else each.version) for each in taken}
    flows = {
        key: read_flow(document, FlowLanguage()).flow
        for key, document in versions.documents(tx, sorted(ends)).items()
    }
    done = {} if wanted.from_start else steps.done_actions(tx, [each.id for each in taken])
    counted: Counter[str] = Counter()
    for each in taken:
        flow = flows.get((each.flow_id, each.newest if wanted.newest else each.version))
        if flow is not None:
            counted += ahead(flow, done.get(each.id, ()))
    return counted


def _obstacles(
    tx: sa.Connection, moved: Sequence[Candidate], now: datetime
) -> Mapping[int, str | None]:
    """Say of runs why they cannot go on in the newest version of their flow; None: they can."""
    if not moved:
        return {}
    ends = {(each.flow_id, number) for each in moved for number in (each.version, each.newest)}
    found = versions.documents(tx, sorted(ends))
    flows = {key: read_flow(document, FlowLanguage()).flow for key, document in found.items()}
    known = steps.of_runs(tx, [each.id for each in moved])
    return {each.id: _obstacle(each, flows, known[each.id], now) for each in moved}


def _obstacle(
    run: Candidate,
    flows: Mapping[tuple[str, int], Flow | None],
    known: Mapping[str, steps.StepRow],
    now: datetime,
) -> str | None:
    old, new = (flows.get((run.flow_id, number)) for number in (run.version, run.newest))
    if old is None or new is None:
        return "A version of its flow cannot be read any more."
    outcomes = {place: step.outcome for place, step in known.items() if step.outcome is not None}
    left = without_stop(outcomes, run.place or "")
    return obstacle(old, new, run.item, left, now)
