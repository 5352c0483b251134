"""Run a sync now: by the engine of this process, with progress that can be watched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from instep.bootstrap import Instep
from instep.cli.output import console
from instep.cli.person import who
from instep.core.errors import InstepError, SyncHalted
from instep.engine.host import running, worker_name
from instep.engine.sync_services import Status
from instep.store.owner import is_owned

_LOOK_SECONDS = 0.1


async def run_now(
    instep: Instep, name: str, *, quiet: bool, plan: str | None = None
) -> dict[str, Any]:
    """Run the sync once, or carry a plan out, and return the counts of the run.

    The engine that runs already does it, or one here. Raises SyncHalted if a brake was pulled.
    """
    if is_owned(instep.db):
        return await _ask(instep, name, lambda: None, quiet=quiet, plan=plan)
    async with running(instep.engine, worker_name(instep.engine, instep.settings.worker)) as jobs:
        counts = await _ask(instep, name, jobs.wake, quiet=quiet, plan=plan)
        await _post(instep, name)
        return counts


async def _post(instep: Instep, name: str) -> None:
    """Post what the run wrote to apps that only listen: nobody may be there to do it later."""
    sync = await instep.syncs.get(name)
    if instep.engine.outlets is not None:
        await instep.engine.outlets.settle({sync.a_connection, sync.b_connection})


async def _ask(
    instep: Instep, name: str, wake: Callable[[], None], *, quiet: bool, plan: str | None
) -> dict[str, Any]:
    if plan is not None:
        return await approve_and_wait(instep, name, wake, plan)
    return await request_and_wait(instep, name, wake, quiet=quiet)


async def request_and_wait(
    instep: Instep, name: str, wake: Callable[[], None], *, quiet: bool
) -> dict[str, Any]:
    """Make a sync due now and wait for the run; the engine runs here or elsewhere."""
    before = await instep.syncs.status(name)
    await instep.syncs.request_run(name, who(instep.settings))
    wake()
    return await wait_for_run(instep, name, before, quiet=quiet)


async def approve_and_wait(
    instep: Instep, name: str, wake: Callable[[], None], plan: str
) -> dict[str, Any]:
    """Approve a plan and wait until it is carried out; say also what of it was left alone."""
    await instep.plans.approve(plan, who(instep.settings), name)
    wake()
    while True:
        sync = await instep.syncs.get(
            name
        )  # before its run: one that rests does so once it is done
        run = await instep.plans.run_of(plan)
        if run is not None and run.state == "done":
            left = await instep.plans.left(plan)
            return {"run": run.id, **run.counts, "left": [_left(each) for each in left]}
        if sync.state != "active":
            raise SyncHalted(sync.sentence or "The sync was halted.", sync.reason or "halted")
        await asyncio.sleep(_LOOK_SECONDS)


def _left(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("record", "what", "sentence")}


async def wait_for_run(instep: Instep, name: str, before: Status, *, quiet: bool) -> dict[str, Any]:
    """Wait until a run newer than `before` has ended and nothing of it is still on its way."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task("Reading both sides …", total=None)
        while True:
            status = await instep.syncs.status(name)
            progress.update(task, **_progress(status))
            ended = _ended(status, before)
            if ended is not None:
                return ended
            await asyncio.sleep(_LOOK_SECONDS)


def _progress(status: Status) -> dict[str, Any]:
    """Return what the bar shows: how far it is, of how much is known to be written."""
    counts = status.latest.counts if status.latest else {}
    read = counts.get("read_a", 0) + counts.get("read_b", 0)
    written = sum(
        number for word, number in counts.items() if word.startswith(("created_", "updated_"))
    )
    waiting = sum(number for state, number in status.waiting.items() if state != "failed")
    said = f"read {read}, decided {counts.get('decided', 0)}, written {written}"
    return {"description": said, "completed": written, "total": written + waiting or None}


def _ended(status: Status, before: Status) -> dict[str, Any] | None:
    latest = status.latest
    if latest is None or latest.state == "running":
        return None
    if (
        before.latest is not None
        and latest.id == before.latest.id
        and before.latest.state != "running"
    ):
        return None
    if latest.state == "halted":
        raise SyncHalted(latest.sentence or "The sync was halted.", status.sync.reason or "halted")
    if latest.state == "failed":
        raise InstepError(latest.sentence or "The run failed.")
    return {"run": latest.id, **latest.counts}
