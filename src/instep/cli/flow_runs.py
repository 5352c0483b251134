"""`instep run`: the runs of flows, and a person's word on them."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli import run_choice as choice
from instep.cli.options import AsJson
from instep.cli.output import print_json, print_lines, print_pairs, print_table
from instep.cli.person import who
from instep.cli.session import use
from instep.core.errors import UserError
from instep.engine.flows.runs.run_services import Meant, RunPage, Shown
from instep.settings import load_settings

app = typer.Typer(help="Runs of flows: what they did, and done again.", no_args_is_help=True)

Run = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, from the list.")]

_MOST_PAGES = 20
"""How many pages are looked through for a text before a person is asked to narrow it."""


@app.command("list")
def list_runs(
    *,
    flow: choice.OfFlow = None,
    state: choice.InState = None,
    origin: choice.Origin = None,
    since: choice.Since = None,
    until: choice.Until = None,
    record: choice.OfRecord = None,
    text: choice.Text = None,
    replay: choice.OfReplay = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many, newest first.")] = 50,
    before: Annotated[
        int | None, typer.Option(min=1, help="Those before this place: `next` of the page before.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first."""
    meant = Meant(
        flow=flow,
        states=tuple(state or ()),
        origin=origin,
        since=choice.moment(since),
        until=choice.moment(until),
        record=record,
        text=text,
        replay=replay,
    )
    found = use(lambda instep: _page(instep, meant, limit, before)).as_json()
    if as_json:
        print_json(found)
        return
    columns = ("id", "flow", "state", "step", "record", "created_at", "said")
    rows = [[each[name] for name in columns] for each in found["runs"]]
    print_table("Runs of flows", ("run", *columns[1:5], "started", "why"), rows, whole=1)
    if found["next"] is not None:
        print_lines([f"More: --before {found['next']}"])


async def _page(instep: Instep, meant: Meant, limit: int, before: int | None) -> RunPage:
    """Return a page that is as full as it can be: each stretch may hold few that are meant."""
    found = await instep.runs.list(meant, limit, before)
    for _ in range(_MOST_PAGES):
        if len(found.runs) >= limit or found.next is None:
            break
        more = await instep.runs.list(meant, limit - len(found.runs), found.next)
        found = RunPage([*found.runs, *more.runs], more.next)
    return found


@app.command("show")
def show(run: Run, *, as_json: AsJson = False) -> None:
    """Show one run: what started it, and each step with input, output, attempts and times."""
    shown: Shown = use(lambda instep: instep.runs.show(run))
    told = shown.as_json()
    if as_json:
        print_json(told)
        return
    steps, item = told.pop("steps"), told.pop("item")
    print_pairs({name: value for name, value in told.items() if value not in (None, 0)})
    print_lines([f"item  {_json(item)}"])
    for each in steps:
        print_lines(_in_words(each))


def _in_words(step: dict[str, Any]) -> list[str]:
    title = f" ({step['title']})" if step["title"] else ""
    tries = len(step["attempts"])
    attempts = f", {tries} attempts" if tries > 1 else ""
    said = [f"{step['number']}. {step['place']}{title}: {step['kind']}, {step['state']}{attempts}"]
    told = (("input", step["input"]), ("output", step["output"]))
    said += [f"   {name}  {_json(value)}" for name, value in told if value is not None]
    said += [
        f"   {each['began_at']} to {each['ended_at'] or 'now'}: {each['error'] or 'done'}"
        for each in step["attempts"]
    ]
    if not step["attempts"] and step["error"]:
        said.append(f"   {step['error']}")
    return [*said, f"   {step['cut']}"] if step["cut"] else said


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@app.command("counts")
def counts(*, flow: choice.OfFlow = None, as_json: AsJson = False) -> None:
    """Count the runs by state."""
    counted = dict(use(lambda instep: instep.runs.counts(flow)))
    if as_json:
        print_json(counted)
    else:
        print_pairs(counted)


@app.command("cancel")
def cancel(
    runs: choice.Keys = None,
    *,
    everything: choice.All = False,
    flow: choice.OfFlow = None,
    state: choice.InState = None,
    since: choice.Since = None,
    until: choice.Until = None,
    record: choice.OfRecord = None,
    text: choice.Text = None,
    replay: Annotated[
        str | None, typer.Option(help="Take this replay back: what has not begun again stays.")
    ] = None,
    yes: choice.Yes = False,
    as_json: AsJson = False,
) -> None:
    """End runs that are open: a step that has begun is finished, none begins after."""
    if replay is not None:
        _give_back(replay, as_json=as_json)
        return
    meant = Meant(
        flow=flow,
        states=tuple(state or ()),
        since=choice.moment(since),
        until=choice.moment(until),
        record=record,
        text=text,
        keys=tuple(runs or ()),
    )
    choice.named_or_all(meant, everything=everything)
    if everything and not yes:
        can_ask = sys.stdin.isatty() and not as_json
        choice.ask("End all open runs that are chosen?", "Add --yes to do it.", can_ask=can_ask)
    person = who(load_settings())
    _say("cancelled", use(lambda instep: instep.runs.cancel(meant, person)), as_json=as_json)


def _give_back(replay: str, *, as_json: bool) -> None:
    number = use(lambda instep: instep.replays.cancel(replay))
    _say("given_back", number, as_json=as_json)


@app.command("release")
def release(
    runs: choice.Keys = None,
    *,
    everything: choice.All = False,
    flow: choice.OfFlow = None,
    as_json: AsJson = False,
) -> None:
    """Let runs go on that wait for a connection to be renewed."""
    meant = choice.named_or_all(Meant(flow=flow, keys=tuple(runs or ())), everything=everything)
    _say("released", use(lambda instep: instep.runs.release(meant)), as_json=as_json)


@app.command("answer")
def answer(
    run: Run,
    *,
    happened: Annotated[bool, typer.Option("--happened", help="It was carried out.")] = False,
    not_happened: Annotated[bool, typer.Option("--not-happened", help="It was not.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether the step in doubt was carried out; the run then goes on by itself."""
    if happened == not_happened:
        raise UserError("Look into the app and say either --happened or --not-happened.")
    person = who(load_settings())
    told = use(lambda instep: instep.runs.answer(run, person, happened=happened)).as_json()
    if as_json:
        print_json(told)
    else:
        print_pairs({"run": told["id"], "state": told["state"]})


def _say(what: str, number: int, *, as_json: bool) -> None:
    if as_json:
        print_json({what: number})
    else:
        print_pairs({what.replace("_", " "): number})
