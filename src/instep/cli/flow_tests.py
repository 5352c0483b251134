"""`instep flow test`: what a flow would do, or does, with an item."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.flow_documents import is_file
from instep.cli.flow_input import read_document, read_item
from instep.cli.options import AsJson
from instep.cli.output import FAILED, print_json, print_lines
from instep.cli.session import use
from instep.core.errors import NeedsPerson, UserError
from instep.engine.flows.trying.trial_items import Source
from instep.engine.flows.trying.trial_walk import Sending
from instep.engine.flows.trying.trials import Tested, TrialWanted


def add_to(app: typer.Typer) -> None:
    """Add the command that tests."""
    app.command("test")(try_flow)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be tested, and how."""

    document: Any
    name: str
    version: int | None
    wanted: TrialWanted
    yes: bool


def try_flow(
    name: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A flow's name, or a file that holds one.")
    ],
    *,
    step: Annotated[str | None, typer.Option(help="Test this step alone, by its id.")] = None,
    version: Annotated[int | None, typer.Option(help="Test this published version.")] = None,
    item: Annotated[
        str | None, typer.Option(help="Begin with this: JSON, @FILE, or - for standard input.")
    ] = None,
    recent: Annotated[
        bool, typer.Option("--recent", help="Begin with a real item; never with a sample.")
    ] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Begin with an item that is made up.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing; so it is if nothing is said.")
    ] = False,
    read: Annotated[
        bool, typer.Option("--read", help="Really ask what only reads; write nothing.")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Really carry everything out, as a run does.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --send: do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Test a flow or one step, and show the exact requests. Without --send nothing is written."""
    if sum((dry_run, read, send)) > 1:
        raise UserError("Choose one of --dry-run, --read and --send.")
    if sum((item is not None, recent, sample)) > 1:
        raise UserError("Choose one of --item, --recent and --sample.")
    sending = Sending.EVERYTHING if send else Sending.READS if read else Sending.NOTHING
    source = Source.RECENT if recent else Source.SAMPLE if sample else Source.ANY
    given = None if item is None else read_item(item)
    wanted = TrialWanted(sending, source, given, item is not None, step, confirmed=True)
    document = read_document(name) if is_file(name) else None
    wish = _Wish(document, name, version, wanted, yes)
    tested: Tested = use(lambda instep: _tested(instep, wish))
    if as_json:
        print_json(tested.as_json())
    else:
        print_lines(_lines(tested))
    if tested.has_failed:
        raise typer.Exit(FAILED)


async def _tested(instep: Instep, wish: _Wish) -> Tested:
    document = wish.document
    if document is None:
        document = await instep.flows.document(wish.name, wish.version)
    if wish.wanted.sending is Sending.EVERYTHING and not wish.yes:
        _ask(await instep.trials.writes(document, wish.wanted.only))
    if wish.wanted.sending is Sending.EVERYTHING:
        await instep.people.audit.note("flow test", wish.name, {})
    return await instep.trials.test(document, wish.wanted)


def _ask(writes: Any) -> None:
    """Say what is written before it is, and ask."""
    if not writes:
        return
    what = f"This test writes: {'; '.join(writes)}."
    if not sys.stdin.isatty():
        raise NeedsPerson(f"{what} Add --yes if that is meant.")
    if not typer.confirm(f"{what} Go on?", err=True):
        raise NeedsPerson("Nothing was sent.")


_SENT = {
    Sending.NOTHING: "A dry run: nothing was sent.",
    Sending.READS: "What only reads was asked; nothing was written.",
    Sending.EVERYTHING: "A real test: everything was carried out.",
}


def _lines(tested: Tested) -> Iterator[str]:
    told = tested.as_json()
    yield _SENT[tested.sending]
    yield from (f"problem: {each}" for each in told["problems"])
    yield f"item: {_text(told['item'])}"
    yield f"  {told['whence']}"
    for number, step in enumerate(told["steps"], start=1):
        yield from _of_step(number, step)
    yield told["end"]


def _of_step(number: int, step: dict[str, Any]) -> Iterator[str]:
    title = f" ({step['title']})" if step["title"] else ""
    yield f"{number}. {step['place']}{title}: {step['kind']}, {step['state']}"
    for each in step["requests"]:
        yield f"     {each.get('method', '')} {each.get('url', '')}".rstrip()
        if each.get("body") is not None:
            yield f"       {_text(each['body'])}"
    if step["output"] is not None:
        made_up = " (a sample)" if step["made_up"] else ""
        yield f"     gives{made_up}: {_text(step['output'])}"
    if step["error"] is not None:
        yield f"     error: {step['error']}"
    for line in (step["pointed"] or "").splitlines():
        yield f"       {line}"
    for word in ("note", "cut"):
        if step[word] is not None:
            yield f"     {step[word]}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
