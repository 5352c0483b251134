"""Carry out a stored plan as it was shown: nothing is read, nothing else is decided.

Each item is planned again from the records as they stand. Where that comes to the same, it is done;
where it does not, the item is stale and left to the next run. Delivery still reads every target
again that was not read just now, so what changed at the apps alone is seen there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.plan import Item
from instep.engine.deciding import BATCH, count, plan_again
from instep.engine.reversals import reverse_again
from instep.engine.work import Work
from instep.store import decisions, plans, reviews, runs
from instep.store.batches import RecordKey
from instep.store.decisions import Decided
from instep.store.runs import Run

CHANGED = "it changed since the preview; the next run decides about it"
BUSY = "a write for it is on its way; the next run decides about it"


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What the items come to now: by their records' ids, and all there is to compare."""

    decided: Sequence[tuple[Decided, Any]]
    prints: dict[RecordKey, str]
    busy: frozenset[RecordKey]


async def carry_out(work: Work, run: Run) -> None:
    """Carry out the next items of the run's plan; after the last one the run goes on to deliver.

    The items' states move with their effects, in one transaction.
    """

    def step(tx: sa.Connection) -> None:
        plan_id = run.plan_id or ""
        rows = plans.planned(tx, plan_id, BATCH)
        if not rows:
            runs.advance(tx, run.id, "deliver")
            return
        matched = _match(work, tx, run, rows)
        done = [decided for decided in matched.values() if isinstance(decided, Decided)]
        decisions.store(tx, work.scope(run), done)
        plans.settle(
            tx,
            {
                item_id: ("stale", found) if isinstance(found, str) else ("done", None)
                for item_id, found in matched.items()
            },
        )
        runs.advance(tx, run.id, more=count(done) + _stale(len(rows) - len(done)))

    await work.write(step)
