"""Writes what runs have to store: changes gather into transactions, under the drain's fence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa
import structlog

from instep.core.flow.outcomes import State
from instep.engine.flows.runs.journey import Change
from instep.engine.group_commit import GroupCommit
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import tallies
from instep.store.database import Database
from instep.store.flows import runs, steps
from instep.store.flows.runs import RunRow
from instep.store.flows.steps import StepRow, Written
from instep.store.shards import Fence

BATCH = 512
"""Changes that share a transaction, at most."""

LINGER = 0.004
"""Seconds that changes gather while many runs are on their way."""

Ends = dict[str, tuple[int, bool]]
"""By flow: how many runs failed since the last one that did not, and whether one did not."""

Stand = Mapping[int, tuple[str, int]]
"""The state and version of runs, by id."""

log = structlog.get_logger()


class Pen:
    """The writer of one drain. `pause_after` is how many failures in a row, for how long, pause a flow."""

    def __init__(
        self, db: Database, clock: Clock, fence: Fence, pause_after: tuple[int, timedelta]
    ) -> None:
        self._db = db
        self._clock = clock
        self._fence = fence
        many, grace = pause_after
        self._pause_after = (many, int(grace.total_seconds() * 1000))
        self._fine: set[str] = set()  # flows whose count of failures is known to be none
        self._gathered: GroupCommit[Change, Collection[int]] = GroupCommit(
            self._write, BATCH, LINGER
        )

    async def put(self, change: Change) -> bool:
        """Return, once a change is durable, whether its run may go on. Raises DrainOvertaken."""
        return change.run.id not in await self._gathered.put(change)

    async def _write(self, changes: Sequence[Change]) -> Collection[int]:
        """Store changes; return the runs among them that a person has withdrawn meanwhile."""
        now = to_ms(self._clock.now())

        def write(tx: sa.Connection) -> tuple[Collection[int], Ends, list[str]]:
            self._fence.check(tx)
            stand = runs.lock(tx, {each.run.id for each in changes})
            going = [each for each in changes if _may_go_on(each, stand)]
            steps.write(tx, [told for each in changes for told in _told(each, stand)])
            runs.begin(tx, [each.run.id for each in going if each.run.was_state is not None])
            runs.stand(tx, {e.run.id: e.standing for e in going if e.standing is not None}, now)
            tallies.count_runs(tx, _ended(going), now)
            steps.forget_outcomes(tx, [each.run.id for each in going if each.is_done])
            ends = self._counted(going)
            paused = runs.count_failures(tx, ends, now, self._pause_after)
            return {e.run.id for e in changes} - {e.run.id for e in going}, ends, paused

        withdrawn, ends, paused = await self._db.run(write)
        failing = {flow_id for flow_id, (failed, _) in ends.items() if failed}
        self._fine = (self._fine | ends.keys()) - failing
        for flow_id in paused:
            log.warning("flow paused itself", flow=flow_id)
        return withdrawn

    def _counted(self, changes: Iterable[Change]) -> Ends:
        """Return, by flow, how many runs failed since the last one that did not, and if one did not.

        Flows without failures, before and now, are left out.
        """
        ends: Ends = {}
        for each in changes:
            standing = each.standing
            if standing is None or standing.is_open or standing.state == "cancelled":
                continue
            failed, recovered = ends.get(each.run.flow_id, (0, False))
            has_failed = standing.state in runs.FAILED
            ends[each.run.flow_id] = (failed + 1, recovered) if has_failed else (0, True)
        return {
            flow_id: (failed, recovered)
            for flow_id, (failed, recovered) in ends.items()
            if failed or flow_id not in self._fine
        }


def _may_go_on(change: Change, stand: Stand) -> bool:
    """Whether a run is still as it was when it was taken up: open, and of the same version."""
    state, version = stand.get(change.run.id, ("", 0))  # none: its flow was deleted
    return state in runs.OPEN and version == change.run.version


def _ended(changes: Iterable[Change]) -> list[tuple[RunRow, str]]:
    standings = ((each.run, each.standing) for each in changes)
    return [(run, to.state) for run, to in standings if to is not None and not to.is_open]


def _told(change: Change, stand: Stand) -> list[Written]:
    """Return the steps to store: of a run that was cancelled, those that had begun before."""
    kept = change.steps
    if not _may_go_on(change, stand):
        is_cancelled = stand.get(change.run.id, ("", 0))[0] == "cancelled"
        kept = tuple(each for each in kept if is_cancelled and _has_ended(each))
    run = change.run
    return [Written(run.id, run.workspace_id, each, change.is_done) for each in kept]


def _has_ended(step: StepRow) -> bool:
    return step.outcome is not None and step.outcome.state is not State.STARTED
