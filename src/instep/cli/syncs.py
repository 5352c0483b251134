"""`instep sync …`: preview, run, watch, pause and release syncs. Setting up: `cli.sync_setup`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli import history, undo
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines, print_pairs, print_table
from instep.cli.person import who
from instep.cli.runs import run_now
from instep.cli.session import use
from instep.core.brakes import Brakes
from instep.core.errors import NeedsPerson
from instep.engine.plan_services import Preview
from instep.engine.posting_services import Standing
from instep.engine.sync_services import Status
from instep.store.syncs import NEVER, Sync

app = typer.Typer(help="Syncs: standing rules that keep two apps equal.", no_args_is_help=True)

app.command("history")(history.history)
app.command("runs")(history.runs)
app.command("undo")(undo.undo)

Name = Annotated[str, typer.Argument(help="The sync's name.")]


@app.command("list")
def list_syncs(*, as_json: AsJson = False) -> None:
    """List the syncs and how they stand."""
    found = use(lambda instep: instep.syncs.list())
    if as_json:
        print_json([as_json_of(each) for each in found])
        return
    rows = [(each.name, each.canonical, each.state, each.sentence) for each in found]
    print_table("Syncs", ("name", "records", "state", "why"), rows)


@app.command("preview")
def preview(
    name: Name,
    *,
    items: Annotated[int, typer.Option(min=0, help="Show so many records.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="Show every record.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read both apps and show what a run would do, and why. Writes nothing to them.

    The plan is kept: sync run --plan carries out exactly this one.
    """
    shown = sys.maxsize if everything else items
    seen: Preview = use(lambda instep: instep.plans.preview(name, shown))
    if as_json:
        print_json(seen.as_json())
        return
    print_pairs({"plan": seen.plan, **seen.counts})
    rows = [
        (item["record"], item["what"], _changes(item), item["why"] or item["matched_by"])
        for item in seen.items
    ]
    print_table("What a run would do", ("record", "what", "changes", "why"), rows)
    print_lines(seen.write_only)


def _changes(item: Any) -> str:
    return "\n".join(
        f"{change['field']} on {change['side']}: {change['before']!r} → {change['after']!r}"
        for change in item["changes"][:5]
    )


@app.command("run")
def run(
    name: Name,
    *,
    plan: Annotated[
        str | None, typer.Option(help="Carry out this previewed plan, and nothing else.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a sync now and wait for its end."""

    async def work(instep: Instep) -> dict[str, Any]:
        return await run_now(instep, name, quiet=as_json, plan=plan)

    result = use(work)
    if as_json:
        print_json(result)
    else:
        print_pairs(result)


@app.command("status")
def status(name: Name, *, as_json: AsJson = False) -> None:
    """Say how a sync stands."""

    async def work(instep: Instep) -> tuple[Status, dict[str, Standing]]:
        return await instep.syncs.status(name), await instep.postings.standings()

    stands, posts = use(work)
    latest = stands.latest
    value = {
        **as_json_of(stands.sync),
        "links": stands.links,
        "posts": _posts(stands.sync, posts),
        "records": {f"{side} {state}": each for (side, state), each in stands.records.items()},
        "waiting": stands.waiting,
        "reads": stands.cadence.sentence,
        "write_only": [*stands.write_only],
        "next_poll": _time(stands.sync.poll_at),
        "next_reconciliation": _time(stands.sync.reconcile_at),
        "latest_run": None
        if latest is None
        else {
            "id": latest.id,
            "state": latest.state,
            "counts": latest.counts,
            "said": latest.sentence,
        },
    }
    if as_json:
        print_json(value)
    else:
        quiet = {"mapping", "write_only"}
        print_pairs({name: each for name, each in value.items() if name not in quiet})
        print_lines(stands.write_only)


def _posts(sync: Sync, standings: Mapping[str, Standing]) -> dict[str, Any]:
    """Return how the webhooks stand that go out to a side, for each side that has any."""
    sides = {"a": sync.a_connection, "b": sync.b_connection}
    found = {side: standings.get(connection_id) for side, connection_id in sides.items()}
    return {side: each.as_json() for side, each in found.items() if each is not None}


def _time(milliseconds: int) -> str:
    if milliseconds >= NEVER:
        return "when it is asked to"
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="minutes")


@app.command("pause")
def pause(name: Name, *, as_json: AsJson = False) -> None:
    """Stop a sync until it is released."""
    _show(use(lambda instep: instep.syncs.pause(name)), as_json=as_json)


@app.command("release")
def release(
    name: Name,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before a halted sync goes on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a paused or halted sync go on; says first what stopped it."""
    stopped = use(lambda instep: instep.syncs.get(name))
    if stopped.state == "halted" and not yes:
        _ask_to_release(stopped)
    _show(use(lambda instep: instep.syncs.release(name, who(instep.settings))), as_json=as_json)


def _ask_to_release(stopped: Sync) -> None:
    why = f"The sync {stopped.name} was stopped: {stopped.sentence or stopped.reason}"
    if not sys.stdin.isatty():
        raise NeedsPerson(f"{why} Add --yes if it may go on.")
    if not typer.confirm(f"{why}\nLet it go on?", err=True):
        raise NeedsPerson("Nothing was released.")


@app.command("reread")
def reread(name: Name, *, as_json: AsJson = False) -> None:
    """Let the next run read both sides completely, not only what changed."""

    async def work(instep: Instep) -> Sync:
        await instep.syncs.read_everything_again(name)
        return await instep.syncs.get(name)

    _show(use(work), as_json=as_json)


@app.command("brakes")
def brakes(
    name: Name,
    *,
    min_changes: Annotated[
        int | None, typer.Option(help="A run may always change so many records.")
    ] = None,
    max_share: Annotated[
        float | None,
        typer.Option(help="Or this share of the linked ones, 0 to 1, if that is more."),
    ] = None,
    per_record: Annotated[
        int | None, typer.Option(help="How often one record may change within an hour.")
    ] = None,
    min_deletes: Annotated[
        int | None, typer.Option(help="So many records may always be missing, or be deleted.")
    ] = None,
    max_delete_share: Annotated[
        float | None,
        typer.Option(help="Or this share of the linked ones, 0 to 1, if that is more."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what stops a sync, or change it."""
    said = {
        "min_changes": min_changes,
        "max_share": max_share,
        "per_record_per_hour": per_record,
        "min_deletes": min_deletes,
        "max_delete_share": max_delete_share,
    }
    changes: dict[str, Any] = {name: each for name, each in said.items() if each is not None}

    async def work(instep: Instep) -> Brakes:
        now = (await instep.syncs.get(name)).brakes
        wanted = replace(now, **changes)
        if wanted != now:
            await instep.syncs.set_brakes(name, wanted)
        return wanted

    value = asdict(use(work))
    if as_json:
        print_json(value)
    else:
        print_pairs(value)


def _show(sync: Sync, *, as_json: bool) -> None:
    if as_json:
        print_json(as_json_of(sync))
    else:
        console.print(f"{sync.name}: {sync.state}", highlight=False, markup=False)


def as_json_of(sync: Sync) -> dict[str, Any]:
    """Return a sync as every command shows it to programs."""
    return {
        "id": sync.id,
        "name": sync.name,
        "records": sync.canonical,
        "state": sync.state,
        "reason": sync.reason,
        "why": sync.sentence,
        "every_seconds": sync.every_seconds,
        "recipe": sync.recipe,
        "mapping": list(sync.mapping),
    }
