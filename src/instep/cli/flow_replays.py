"""`instep run replay`: runs of flows done again, with progress that can be watched."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Annotated, Any, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from instep.bootstrap import Instep
from instep.cli import run_choice as choice
from instep.cli.options import AsJson
from instep.cli.output import FAILED, console, print_json, print_lines, print_pairs, print_table
from instep.cli.person import who
from instep.cli.session import use
from instep.core.errors import NeedsPerson
from instep.engine.flows.runs.replay_services import Preview, Progress
from instep.engine.flows.runs.run_services import Meant
from instep.engine.host import running, worker_name
from instep.store.flows.runs import FAILED as FAILED_STATES
from instep.store.owner import is_owned

_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 30.0
"""Apps may want hours: nobody watches for that."""

_LEFT = (
    "The rest goes on by itself while a server runs; that of a paused flow once it is resumed. See "
    "how far it is with: instep run replays"
)


def add_to(group: typer.Typer) -> None:
    """Add these commands to the group of runs."""
    group.command("replay")(replay)
    group.command("replays")(list_replays)


def replay(
    runs: choice.Keys = None,
    *,
    everything: choice.All = False,
    flow: choice.OfFlow = None,
    state: choice.InState = None,
    origin: choice.Origin = None,
    since: choice.Since = None,
    until: choice.Until = None,
    record: choice.OfRecord = None,
    text: choice.Text = None,
    of_replay: choice.OfReplay = None,
    start: Annotated[
        Literal["failed", "start"], typer.Option("--from", help="Where each begins again.")
    ] = "failed",
    version: Annotated[
        Literal["original", "newest"], typer.Option(help="Which version of the flow is done.")
    ] = "original",
    preview: Annotated[
        bool, typer.Option("--preview", help="Only say how many, and what cannot.")
    ] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="Watch it until nothing moved for so many seconds.")
    ] = _PATIENCE_SECONDS,
    yes: choice.Yes = False,
    as_json: AsJson = False,
) -> None:
    """Do runs again: from the step that failed, or all of it."""
    meant = Meant(
        flow=flow,
        states=tuple(state or ()),
        origin=origin,
        since=choice.moment(since),
        until=choice.moment(until),
        record=record,
        text=text,
        replay=of_replay,
        keys=tuple(runs or ()),
    )
    choice.named_or_all(meant, everything=everything)
    how = {"from_start": start == "start", "newest": version == "newest"}
    if preview or (everything and not yes):
        told: Preview = use(lambda instep: instep.replays.preview(meant, **how))
        _show(told, as_json=as_json, quiet=not preview)
        if preview:
            return
        can_ask = sys.stdin.isatty() and not as_json
        question = f"Do {told.runs} runs again?"
        choice.ask(question, "Look with --preview, then add --yes to do it.", can_ask=can_ask)
    done = use(lambda instep: _replay(instep, meant, how, wait, quiet=as_json))
    _tell(done, as_json=as_json)
    if any(done.states.get(each) for each in FAILED_STATES):
        raise typer.Exit(FAILED)


async def _replay(
    instep: Instep, meant: Meant, how: dict[str, bool], wait: float, *, quiet: bool
) -> Progress:
    """Begin a replay and watch it; the engine that runs already does it, or one here."""
    begun = await instep.replays.start(meant, person=who(instep.settings), **how)
    if not wait:
        return begun
    if is_owned(instep.db):
        return await _watch(instep, begun, wait, quiet=quiet)
    async with running(instep.engine, worker_name(instep.engine, instep.settings.worker)) as jobs:
        jobs.wake()
        return await _watch(instep, begun, wait, quiet=quiet)


async def _watch(instep: Instep, begun: Progress, wait: float, *, quiet: bool) -> Progress:
    """Show progress until no run goes on by itself soon, or nothing moved for `wait` seconds."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    told, moved_at = begun, time.monotonic()
    with Bar(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("Looking at runs …", total=None)
        while told.is_moving and time.monotonic() - moved_at < wait:
            await asyncio.sleep(_LOOK_SECONDS)
            now = await instep.replays.progress(begun.replay.id)
            if now != told:
                told, moved_at = now, time.monotonic()
            if told.replay.state != "making":
                ended = told.replay.taken - told.open
                bar.update(
                    task, description="Doing again", completed=ended, total=told.replay.taken
                )
    return told


def _show(told: Preview, *, as_json: bool, quiet: bool) -> None:
    if as_json and quiet:
        return
    if as_json:
        print_json(told.as_json())
        return
    print_pairs({"to be done again": told.runs})
    print_lines(f"{number} actions at {name}" for name, number in told.actions.items())
    print_lines(f"{number} cannot: {why}" for why, number in told.refused.items())


def _tell(done: Progress, *, as_json: bool) -> None:
    told = done.as_json()
    if as_json:
        print_json(told)
        return
    if not done.replay.taken and done.replay.sentence:
        raise NeedsPerson(f"None can be done again: {done.replay.sentence}")
    print_pairs({"replay": told["id"], **_numbers(told)})
    if not done.is_over:
        print_lines([_LEFT])


def _numbers(told: dict[str, Any]) -> dict[str, Any]:
    said = {"state": told["state"], "taken": told["taken"], **told["runs"]}
    if told["refused"]:
        said["refused"] = f"{told['refused']}: {told['why']}"
    return said


def list_replays(
    replay_id: Annotated[
        str | None, typer.Argument(metavar="[REPLAY]", help="One replay, by its id.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the latest replays, or one, with how far each is."""

    async def work(instep: Instep) -> list[Progress]:
        if replay_id is not None:
            return [await instep.replays.progress(replay_id)]
        return list(await instep.replays.list(limit))

    found = [each.as_json() for each in use(work)]
    if as_json:
        print_json({"replays": found})
        return
    columns = ("id", "state", "taken", "refused", "runs", "person", "made_at")
    rows = [
        [_states(each["runs"]) if name == "runs" else each[name] for name in columns]
        for each in found
    ]
    print_table("Replays", columns, rows, whole=1)


def _states(counted: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in counted.items())
