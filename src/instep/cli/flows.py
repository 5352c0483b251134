"""`instep flow`: flows, how they stand, starting and stopping. Documents: `cli.flow_documents`."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.flow_input import read_item
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines, print_pairs, print_table
from instep.cli.person import who
from instep.cli.session import use
from instep.core.errors import NeedsPerson
from instep.engine.flows import flow_told
from instep.store.flows.runs import MOST_COUNTED

app = typer.Typer(help="Flows: a trigger and the steps that follow it.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The flow's name.")]


@app.command("list")
def list_flows(*, as_json: AsJson = False) -> None:
    """List the flows and how they stand."""
    found = [flow_told.listed(each) for each in use(lambda instep: instep.flows.list())]
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("There is no flow yet: instep flow save FILE makes one.")
        return
    columns = ("name", "title", "state", "version", "runs", "what is wrong")
    print_table("Flows", columns, [_row(each) for each in found])


def _row(flow: dict[str, Any]) -> tuple[Any, ...]:
    wrong = flow["why"] or (flow["trigger"] or {}).get("wrong")
    draft = ", and a draft" if flow["has_draft"] and flow["version"] else ""
    version = f"{flow['version'] or 'draft'}{draft}"
    return (flow["name"], flow["title"], flow["state"], version, _counted(flow["runs"]), wrong)


def _counted(runs: dict[str, int]) -> str:
    return ", ".join(f"{_told(number)} {state}" for state, number in sorted(runs.items()))


def _told(number: int) -> str:
    return f"{number:,}" if number <= MOST_COUNTED else f"more than {MOST_COUNTED:,}"


@app.command("show")
def show(name: Name, *, as_json: AsJson = False) -> None:
    """Show how a flow stands, how its trigger fares, and its steps in words."""
    told = flow_told.shown(use(lambda instep: instep.flows.get(name)))
    if as_json:
        print_json(told)
    else:
        _print(told)


def _print(told: dict[str, Any]) -> None:
    trigger = told["trigger"] or {}
    pairs = {
        "flow": told["name"],
        "title": told["title"],
        "state": told["state"],
        "why": told["why"],
        "version": told["version"] or "none: it is a draft",
        "draft": "there is one" if told["has_draft"] and told["version"] else None,
        "starts": told["starts"] or "its document cannot be read: instep flow check says why",
        "last looked at": trigger.get("ok_at"),
        "last item": trigger.get("item_at"),
        "trigger": trigger.get("wrong"),
        "runs": _counted(told["runs"]),
    }
    print_pairs({name: value for name, value in pairs.items() if value})
    print_lines(told["steps"])


@app.command("versions")
def versions(name: Name, *, as_json: AsJson = False) -> None:
    """List a flow's published versions, newest first."""
    found = [flow_told.published(each) for each in use(lambda i: i.flows.history(name))]
    if as_json:
        print_json(found)
        return
    rows = [(each["version"], each["published_at"], each["person"]) for each in found]
    print_table(f"Versions of {name}", ("version", "published", "by"), rows)


@app.command("pause")
def pause(name: Name, *, as_json: AsJson = False) -> None:
    """Carry nothing more of a flow out; what arrives meanwhile is kept."""

    async def work(instep: Instep) -> None:
        await instep.flows.pause(name, who(instep.settings))

    use(work)
    _say(name, "paused", "What arrives is kept until: instep flow resume", as_json=as_json)


@app.command("resume")
def resume(name: Name, *, as_json: AsJson = False) -> None:
    """Let a paused flow go on, with what has arrived meanwhile."""
    use(lambda instep: instep.flows.resume(name))
    _say(name, "active", "It goes on.", as_json=as_json)


def _say(name: str, state: str, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"flow": name, "state": state})
    else:
        print_lines([f"{name}: {state}. {sentence}"])


@app.command("delete")
def delete(
    name: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget a flow with all its versions and runs."""
    told = flow_told.listed(use(lambda instep: instep.flows.get(name)))
    if not yes:
        _ask(told)
    use(lambda instep: instep.flows.delete(name))
    if as_json:
        print_json({"flow": name, "deleted": True})
    else:
        print_lines([f"{name}: deleted, with its versions and runs."])


def _ask(told: dict[str, Any]) -> None:
    runs = _counted(told["runs"]) or "none"
    what = f"{told['name']} is deleted with its versions and its runs ({runs})."
    if not sys.stdin.isatty():
        raise NeedsPerson(f"{what} Add --yes if that is meant.")
    if not typer.confirm(f"{what} Go on?", err=True):
        raise NeedsPerson("Nothing was deleted.")


@app.command("start")
def start(
    name: Name,
    *,
    item: Annotated[
        str | None, typer.Option(help="What it starts with: JSON, @FILE, or - for standard input.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start a run of a published flow by hand; the running server carries it out."""
    given = {} if item is None else read_item(item)

    async def work(instep: Instep) -> str:
        return await instep.flows.start(name, given, who(instep.settings))

    key = use(work)
    if as_json:
        print_json({"flow": name, "run": key})
    else:
        print_lines([f"{name}: the run {key} begins as soon as instep up or a worker is running."])
