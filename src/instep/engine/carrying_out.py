"""Carry out a stored plan as it was shown: nothing is read, nothing else is decided.

Each item is planned again from the records as they stand. Where that comes to the same, it is done;
where it does not, the item is stale and left to the next run. Delivery still reads every target
again that was not read just now, so what changed at the apps alone is seen there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from instep.engine.deciding import BATCH, count, plan_again
from instep.engine.reversals import reverse
from instep.engine.work import Work
from instep.store import decisions, plans, reviews, runs
from instep.store.batches import RecordKey
from instep.store.decisions import Decided
from instep.store.plans import Plan
from instep.store.runs import Run

CHANGED = "it changed since the preview; the next run decides about it"
BUSY = "a write for it is on its way; the next run decides about it"

_Found = Decided | str
"""What an item comes to now: what to store, or why it is stale."""


async def carry_out(work: Work, run: Run) -> None:
    """Carry out the next items of the run's plan; after the last one the run goes on to deliver.

    The items' states move with their effects, in one transaction. Raises UserError if the plan is
    not there any more.
    """

    def step(tx: sa.Connection) -> None:
        plan = plans.get(tx, work.sync.workspace_id, run.plan_id or "")
        rows = plans.planned(tx, plan.id, BATCH)
        if not rows:
            runs.advance(tx, run.id, "deliver")
            return
        found = _find(work, tx, plan, rows)
        done = [each for each in found.values() if isinstance(each, Decided)]
        decisions.store(tx, work.scope(run), done)
        plans.settle(tx, {item_id: _state(each) for item_id, each in found.items()})
        counts = count(done) + Counter(stale=len(rows) - len(done))
        runs.advance(tx, run.id, more=counts)

    await work.write(step)


def _state(found: _Found) -> tuple[str, str | None]:
    return ("stale", found) if isinstance(found, str) else ("done", None)


def _find(
    work: Work, tx: sa.Connection, plan: Plan, rows: Sequence[sa.Row[Any]]
) -> dict[int, _Found]:
    if plan.of_run is not None:
        return _find_undone(work, tx, plan.of_run, rows)
    return _find_previewed(work, tx, rows)


def _find_undone(
    work: Work, tx: sa.Connection, run_id: str, rows: Sequence[sa.Row[Any]]
) -> dict[int, _Found]:
    keys = {row.id: _undone_key(row) for row in rows}
    fresh = {each.key: each for each in reverse(work, tx, run_id, [*keys.values()])}
    found: dict[int, _Found] = {}
    for row in rows:
        side, _ = keys[row.id]
        now = fresh[keys[row.id]]
        same = now.print == (row.print_a if side == "a" else row.print_b)
        same = same and _is_shown(now.shown, row)
        found[row.id] = now.decided if now.decided is not None and same else CHANGED
    return found


def _undone_key(row: sa.Row[Any]) -> RecordKey:
    side: Any = json.loads(row.item)["side"]
    return side, row.a_id if side == "a" else row.b_id


def _find_previewed(
    work: Work, tx: sa.Connection, rows: Sequence[sa.Row[Any]]
) -> dict[int, _Found]:
    keys = {row.id: _keys(row) for row in rows}
    everybody = [key for each in keys.values() for key in each]
    # only who is still noticed was not decided since, and a pair is planned from the same end
    noticed = reviews.noticed(tx, work.sync.id, everybody)
    busy = reviews.effects_on(tx, work.sync.id, everybody, only_open=True)
    prints = plans.prints(tx, work.sync.id, everybody)
    fresh: dict[tuple[str | None, str | None], tuple[Decided, Decided]] = {}
    for ruled, calmed in plan_again(work, tx, [key for key in everybody if key in noticed]):
        fresh[ruled.item.a_id, ruled.item.b_id] = (ruled, calmed)
    found: dict[int, _Found] = {}
    for row in rows:
        # a person has looked: also a restless record is changed, where the preview said so
        now = [each for each in fresh.get((row.a_id, row.b_id), ()) if _is_shown(_json(each), row)]
        if any(key in busy for key in keys[row.id]):
            found[row.id] = BUSY
        elif now and _prints(row) == {key: prints.get(key) for key in keys[row.id]}:
            found[row.id] = now[0]
        else:
            found[row.id] = CHANGED
    return found


def _keys(row: sa.Row[Any]) -> list[RecordKey]:
    ends: list[tuple[Any, str | None]] = [("a", row.a_id), ("b", row.b_id)]
    return [(side, record_id) for side, record_id in ends if record_id is not None]


def _prints(row: sa.Row[Any]) -> dict[RecordKey, str | None]:
    stood = {"a": row.print_a, "b": row.print_b}
    return {key: stood[key[0]] for key in _keys(row)}


def _json(decided: Decided) -> Mapping[str, Any]:
    return decided.item.as_json()


def _is_shown(now: Mapping[str, Any], row: sa.Row[Any]) -> bool:
    """Whether an item is what the stored one shows."""
    shown: Any = json.loads(row.item)
    return bool(json.loads(json.dumps(now)) == shown)
