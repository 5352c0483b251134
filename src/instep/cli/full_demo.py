"""`instep demo --full`: contacts, tasks, notes, appointments, tags and businesses, with an undo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from instep.bootstrap import Instep
from instep.cli.full_story import KINDS, FullyTold, find_cast, furnish, tell_fully
from instep.cli.output import console, print_pairs, print_table
from instep.cli.runs import approve_and_wait, request_and_wait
from instep.cli.story import GHL, INSIGHTLY
from instep.engine.comparison import Comparison

_LOOK_SECONDS = 0.1


async def play(instep: Instep, wake: Callable[[], None], *, quiet: bool) -> FullyTold:
    """Tell the whole story in two connected apps; the engine runs already."""
    cast = await find_cast(instep)
    await furnish(cast, instep.engine.clock.now())

    async def run(name: str) -> Mapping[str, Any]:
        counts = await request_and_wait(instep, name, wake, quiet=quiet)
        await _settle(instep)
        return counts

    async def undo(run_id: str) -> Mapping[str, Any]:
        planned = await instep.plans.undo(run_id, items=0)
        name = (await instep.plans.get(planned.plan)).sync_id
        await approve_and_wait(instep, name, wake, planned.plan)
        await _settle(instep)
        return planned.counts

    return await tell_fully(instep, cast, run, undo)


async def _settle(instep: Instep) -> None:
    """Wait until no sync runs: one that was linked to may have woken another."""
    while True:
        now = instep.engine.clock.now().timestamp() * 1000
        stands = [await instep.syncs.status(sync.name) for sync in await instep.syncs.list()]
        busy = [
            each
            for each in stands
            if each.latest is not None
            and (each.latest.state == "running" or each.sync.due_at <= now)
        ]
        if not busy:
            return
        await asyncio.sleep(_LOOK_SECONDS)


def summary(instep: Instep, told: FullyTold) -> dict[str, Any]:
    """Return the figures of the story; `in_step` comes from reading both apps afresh."""
    counts = told.counts
    return {
        "in_step": all(each.in_step for each in told.comparisons.values()),
        "records": {name: _both(each) for name, each in told.comparisons.items()},
        "created": counts["created_a"] + counts["created_b"],
        "updated": counts["updated_a"] + counts["updated_b"],
        "matched": counts["matched"],
        "conflicts": counts["conflicts"],
        "second_run_writes": told.second_run_writes,
        "undo": {"restored": told.restored, "refused": told.refused},
        "api_calls": instep.calls_by_app(),
    }


def _both(compared: Comparison) -> dict[str, int]:
    return {
        GHL: compared.a,
        INSIGHTLY: compared.b,
        "agreed_to_differ": compared.agreed,
        "left_alone": compared.left_alone,
    }


def show(result: Mapping[str, Any]) -> None:
    """Show the figures for people."""
    rows = [(name, *result["records"][name].values()) for name in KINDS]
    columns = ("records", "GoHighLevel", "Insightly", "agreed to differ", "left alone")
    print_table("Both apps, read afresh", columns, rows)
    print_pairs({word: each for word, each in result.items() if word != "records"})
    undone = "restored exactly" if result["undo"]["restored"] else "NOT restored"
    console.print(f"The first runs were undone: the earlier state was {undone}.")
