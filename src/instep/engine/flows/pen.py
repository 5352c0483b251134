"""Writes what runs have to store: changes gather into transactions, under the drain's fence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import sqlalchemy as sa
import structlog

from instep.engine.flows.journey import Change
from instep.engine.group_commit import GroupCommit
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import runs, steps
from instep.store.flows.steps import Written
from instep.store.shards import Fence

BATCH = 512
"""Changes that share a transaction, at most."""

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
        self._gathered: GroupCommit[Change, None] = GroupCommit(self._write, BATCH)

    async def put(self, change: Change) -> None:
        """Return once a change is durable. Raises DrainOvertaken."""
        await self._gathered.put(change)

    async def _write(self, changes: Sequence[Change]) -> None:
        now = to_ms(self._clock.now())
        written = [
            Written(each.run.id, each.run.workspace_id, step, each.is_done)
            for each in changes
            for step in each.steps
        ]
        standings = {e.run.id: e.standing for e in changes if e.standing is not None}
        ends = self._counted(changes)

        def write(tx: sa.Connection) -> list[str]:
            self._fence.check(tx)
            steps.write(tx, written)
            runs.stand(tx, standings, now)
            done = [each.run.id for each in changes if each.is_done]
            if done:
                steps.forget_outcomes(tx, done)
            return runs.count_failures(tx, ends, now, self._pause_after) if ends else []

        for flow_id in await self._db.run(write):
            log.warning("flow paused itself", flow=flow_id)
        self._fine = (self._fine | ends.keys()) - {
            flow_id for flow_id, (failed, _) in ends.items() if failed
        }

    def _counted(self, changes: Iterable[Change]) -> dict[str, tuple[int, bool]]:
        """Return, by flow, how many runs failed since the last one that did not, and if one did not.

        Flows without failures, before and now, are left out.
        """
        ends: dict[str, tuple[int, bool]] = {}
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
